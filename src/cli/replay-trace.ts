/** Drives heads again with their traces, shows each turn, and says whether they decide the same. */

import {
  describeEffect,
  describeEvent,
  labWords,
  ourWords,
  type Words,
} from '../client/describe-turn.ts';
import type { Effect, Event } from '../domain/contract.ts';
import { countOf } from '../domain/count-of.ts';
import { nodeHasher } from '../node/crypto.ts';
import { piecesOf } from '../node/file-pieces.ts';
import { WorldError } from '../node/world-error.ts';
import { describeBadLine } from '../record/describe-bad-line.ts';
import { LineCutter } from '../record/lines.ts';
import { Replay, type Replayed } from '../record/replay.ts';
import {
  type AnyEffect,
  isTraceHead,
  type TracedTurn,
  type TraceHead,
  type TraceLine,
  TraceReader,
} from '../record/trace.ts';
import { EXIT } from './exit.ts';
import { formatLine, type LineLook, printable, wantsColour } from './line-format.ts';
import { readVersion } from './version.ts';

export type TraceShow = {
  readonly isJson: boolean;
  /** Otherwise only what came of it. */
  readonly showsTurns: boolean;
};

/** What came of one trace. */
export type TraceOutcome = {
  readonly path: string;
  readonly peer: string;
  readonly version: string;
  /** How many turns decide the same, up to the first that does not. */
  readonly turns: number;
  /** Why that is not all of the trace, in words; null if it is. */
  readonly problem: string | null;
  /** The trace ends in the midst of a line: its peer was stopped, which is no fault of its head. */
  readonly isTorn: boolean;
};

/** Throws a `WorldError` `trace-malformed` where there is no head to begin with. */
export function replayTrace(path: string, show: TraceShow): TraceOutcome {
  const lines = linesOf(path);
  const first = lines.next();
  const { head, replay } = begin(path, first.done ? null : first.value);
  const peer = peerIn(head);
  const outcome = { path, peer, version: head.version, isTorn: false };
  let turns = 0;
  for (const line of lines) {
    if (line.kind === 'bad') {
      const isTorn = line.fault.code === 'torn';
      const problem = isTorn ? null : `line ${line.number} ${describeBadLine(line.fault)}`;
      return { ...outcome, turns, problem, isTorn };
    }
    if (line.kind === 'head') throw malformed(path, 'it has two heads');
    const replayed = replay.take(line.turn, line.text);
    if (show.showsTurns) showTurn(line.turn, line.number, replayed, head, show.isJson);
    if (replayed.kind !== 'same') {
      const problem = `turn ${line.number - 1} ${problemOf(replayed)}`;
      return { ...outcome, turns, problem };
    }
    turns += 1;
  }
  return { ...outcome, turns, problem: null };
}

/** Whether a file begins as a trace does, be it a good one or not. */
export function isTrace(path: string): boolean {
  const cutter = new LineCutter();
  for (const piece of piecesOf(path)) {
    for (const line of cutter.push(piece)) return line.ok && isTraceHead(line.text);
  }
  for (const line of cutter.end()) return line.ok && isTraceHead(line.text);
  return false;
}

/** Whose trace a file is; null where it is none. */
export function peerOfTrace(path: string): string | null {
  for (const line of linesOf(path)) return line.kind === 'head' ? peerIn(line.head) : null;
  return null;
}

/** Says what came of a trace. */
export function tellOutcome(outcome: TraceOutcome, isJson: boolean): void {
  if (isJson) {
    write(JSON.stringify({ kind: 'replayed', ...outcome }));
    return;
  }
  const { path, peer, turns, problem, version, isTorn } = outcome;
  const number = countOf(turns, 'turn');
  const torn = isTorn ? ', and a torn last line' : '';
  const wasOther = version === readVersion() ? '' : `; it was written by version ${version}`;
  const result =
    problem === null
      ? `${number}, decided the same byte for byte${torn}`
      : `${number} decided the same, then ${problem}${wasOther}`;
  write(printable(`${path}: ${peer}, ${result}`));
}

/** Throws where somebody decides otherwise now. */
export function demandSame(outcomes: readonly TraceOutcome[]): void {
  const different = outcomes.filter(({ problem }) => problem !== null);
  const [first] = different;
  if (first === undefined) return;
  const others = different.length - 1;
  const more = others === 0 ? '' : ` (and ${others} more ${others === 1 ? 'trace' : 'traces'})`;
  throw new WorldError(`The trace ${first.path} does not replay: ${first.problem}${more}.`, {
    code: 'replay-differs',
    facts: { path: first.path, traces: different.length },
    exitCode: EXIT.failed,
  });
}

function* linesOf(path: string): Generator<TraceLine> {
  const reader = new TraceReader();
  for (const piece of piecesOf(path)) yield* reader.push(piece);
  yield* reader.end();
}

function begin(path: string, first: TraceLine | null): { head: TraceHead; replay: Replay } {
  if (first === null) throw malformed(path, 'it is empty');
  if (first.kind === 'bad') throw malformed(path, `its first line ${describeBadLine(first.fault)}`);
  if (first.kind === 'turn') throw malformed(path, 'it has no head');
  const { head } = first;
  try {
    return { head, replay: new Replay(head, nodeHasher) };
  } catch (error) {
    throw malformed(path, `no head can be made of its settings (${wordsOf(error)})`);
  }
}

/** Settings that nobody would write break what our own code takes for granted. */
function wordsOf(error: unknown): string {
  const words = error instanceof Error ? error.message : String(error);
  return words.replace(/^Bug in sortition: /, '').replace(/\.$/, '');
}

function malformed(path: string, problem: string): WorldError {
  return new WorldError(`${path} is no trace that can be replayed: ${problem}.`, {
    code: 'trace-malformed',
    facts: { path, problem },
  });
}

/** In a dialect names are drawn by lot, later. */
function peerIn({ dialect, settings }: TraceHead): string {
  return dialect === null ? String(settings.self?.clientID) : `a peer of ${dialect}`;
}

function problemOf(replayed: Exclude<Replayed, { kind: 'same' }>): string {
  return replayed.kind === 'different'
    ? 'decides otherwise'
    : `is impossible (${replayed.problem.replace(/\.$/, '')})`;
}

const INDENT = ' '.repeat(13);

function showTurn(
  turn: TracedTurn,
  line: number,
  replayed: Replayed,
  { dialect }: TraceHead,
  isJson: boolean,
): void {
  const now = replayed.kind === 'different' ? { now: replayed.effects } : {};
  if (isJson) {
    const isSame = replayed.kind === 'same';
    write(JSON.stringify({ kind: 'turn', turn: line - 1, ...turn, isSame, ...now }));
    return;
  }
  // The compiler cannot see that all turns of a trace are of one dialect.
  const words = (dialect === null ? ourWords : labWords) as Words<unknown, unknown>;
  const text = saidOf(() => describeEvent(turn.event as Event<unknown>, words));
  const look: LineLook = { isColoured: wantsColour(process.stdout), columns: null };
  write(formatLine({ text, tone: 'plain' }, turn.unix, look));
  const tell = (effects: readonly AnyEffect[], mark: string): void => {
    for (const effect of effects) {
      const said = saidOf(() => describeEffect(effect as Effect<unknown, unknown>, words));
      write(`${INDENT}${mark} ${printable(said)}`);
    }
  };
  tell(turn.effects, replayed.kind === 'different' ? '  then:' : ' ');
  if (replayed.kind === 'different') tell(replayed.effects, '   now:');
}

/** Whoever changed a trace may have left holes in it. */
function saidOf(describe: () => string): string {
  try {
    return describe();
  } catch {
    return 'something that is no word of a head';
  }
}

function write(line: string): void {
  process.stdout.write(`${line}\n`);
}
