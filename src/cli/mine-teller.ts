/** Tells people, or programs, how mining goes. */

import { formatCount, formatRate, formatSeconds } from '../client/describe.ts';
import { countOf } from '../domain/count-of.ts';
import { printable } from './line-format.ts';
import { Bar } from './mine-bar.ts';
import type { Listener, Outcome, Plan } from './mine-run.ts';

export type MineTeller = Listener & {
  /** Before each block. */
  readonly begin: (block: string) => void;
  readonly end: (outcome: Outcome) => void;
  /** Nothing is shown any more that is not a line. */
  readonly release: () => void;
};

const MOST_SHOWN = 72;

/** An object a line. */
export function tellPrograms(plan: Plan): MineTeller {
  const tell = (fact: object): void => write(JSON.stringify(fact));
  return {
    begin: (block) => tell({ kind: 'started', block, ...plan }),
    onProgress: (progress) => tell({ kind: 'progress', ...progress }),
    onNear: (near) => tell({ kind: 'near', ...near }),
    end: (outcome) => tell(outcome),
    release: () => {},
  };
}

/** Lines, with a bar below them on a terminal. */
export function tellPeople(plan: Plan): MineTeller {
  const bar = new Bar(plan);
  return {
    begin: (block) => {
      write(describePlan(plan, block));
      bar.show({ tried: 0, elapsedMs: 0, perSecond: 0, perWorker: [] });
    },
    onProgress: (progress) => bar.show(progress),
    onNear: ({ worker, nonce, digest }) =>
      bar.aside(() => write(`near miss  worker ${worker}, nonce ${nonce}, digest ${digest}`)),
    end: (outcome) => {
      bar.hide();
      for (const line of describeOutcome(plan, outcome)) write(line);
    },
    release: () => bar.hide(),
  };
}

export function describePlan(plan: Plan, block: string): string {
  const { algorithm, bits, from, to, workers } = plan;
  const shown = printable(block);
  const text = shown.length > MOST_SHOWN ? `${shown.slice(0, MOST_SHOWN)}…` : shown;
  return (
    `block      ${text}\n` +
    `search     ${algorithm}, ${describeZeros(bits)}, about ${formatCount(2 ** bits)} tries; ` +
    `nonces from ${from} to ${to - 1}, ${countOf(workers, 'worker')}`
  );
}

export function describeOutcome(plan: Plan, outcome: Outcome): readonly string[] {
  const { from, to, bits, workers } = plan;
  const { tried, elapsedMs } = outcome;
  const rate = elapsedMs > 0 ? `, ${formatRate((tried / elapsedMs) * 1000)}` : '';
  const sum = `${countOf(tried, 'hash', 'hashes')} in ${formatSeconds(elapsedMs)}${rate}`;
  switch (outcome.kind) {
    case 'found':
      return [
        `nonce      ${outcome.nonce}`,
        `worker     ${outcome.worker} of ${workers}`,
        `digest     ${outcome.digest}`,
        `tried      ${sum}`,
      ];
    case 'exhausted':
      return [
        `No nonce from ${from} to ${to - 1} gives ${describeZeros(bits)}: all are tried (${sum}).`,
      ];
    case 'stopped':
      return [`Stopped before anything was found: ${sum}.`];
  }
}

/** As digits of a digest in hexadecimal, where they are whole. */
export function describeZeros(bits: number): string {
  return bits % 4 === 0 ? countOf(bits / 4, 'zero') : countOf(bits, 'zero bit');
}

function write(line: string): void {
  process.stdout.write(`${line}\n`);
}
