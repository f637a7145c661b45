/** Visits a network as somebody who only looks on, until some work is done there. */

import type { Command } from 'commander';
import { describe } from '../client/describe.ts';
import type { Entry } from '../domain/contract.ts';
import type { Note } from '../domain/note.ts';
import type { Rules } from '../ledger/rules.ts';
import { connectionOf } from './connection-settings.ts';
import { Ending } from './ending.ts';
import { Observer } from './observer.ts';
import { remark } from './remark.ts';
import type { VisitValues } from './visit-settings.ts';
import { Wishes } from './wishes.ts';

export type VisitHooks = {
  readonly onEntry?: (entry: Entry, rules: Rules) => void;
  readonly onNote?: (note: Note) => void;
};

/** As a shell shows it for Ctrl-C. */
const EXIT_INTERRUPTED = 130;

/**
 * Does `work` once we have all blocks, and says goodbye. A wish to end ends it early, with nothing
 * but the exit code. Throws a `WorldError` where nobody answers, or the broker does not want us.
 */
export async function visit(
  command: Command,
  values: VisitValues,
  hooks: VisitHooks,
  work: (observer: Observer) => Promise<void>,
): Promise<void> {
  const ending = new Ending();
  const line = new ReadingLine();
  new Wishes(() => ending.leave()).watchOutput();
  const observer = await Observer.open(command, values, connectionOf(command, values), {
    onNote: (note) => {
      line.hear(note);
      hooks.onNote?.(note);
    },
    onFatal: (error) => ending.fail(error),
    onTrouble: (sentence) => {
      line.hide();
      remark(sentence);
    },
    onRules: () => {},
    onEntry: hooks.onEntry,
  });
  const all = observer.catchUp(values.within).then(() => {
    line.hide();
    return work(observer);
  });
  try {
    const end = await Promise.race([all.then(() => 'done' as const), ending.come]);
    if (end === 'done') return;
    if (end !== null) throw end;
    process.exitCode = EXIT_INTERRUPTED;
    // Whatever it was about to say is of no interest any more.
    all.catch(() => {});
  } finally {
    line.hide();
    await observer.close();
  }
}

/** Back to the first column, and the line is empty (ECMA-48 section 8.3.41, EL). */
const CLEAR_LINE = '\r\u001B[K';

/** A line on the terminal behind the standard error, while a long ledger is read. */
class ReadingLine {
  readonly #isLive: boolean = process.stderr.isTTY === true;
  #isShown = false;

  hear(note: Note): void {
    if (note.kind === 'synced') this.hide();
    if (!this.#isLive || note.kind !== 'syncing') return;
    this.#isShown = true;
    process.stderr.write(`${CLEAR_LINE}${describe(note)}`);
  }

  hide(): void {
    if (this.#isShown) process.stderr.write(CLEAR_LINE);
    this.#isShown = false;
  }
}
