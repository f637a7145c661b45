/** What an examination of a broker or a service found out, and what that means for peers. */

/** Everything that is looked at of a broker, in the order in which it is told. */
export const CHECKS = [
  'reachable',
  'login',
  'version',
  'mqtt-5',
  'round-trip',
  'qos-1',
  'order',
  'same-order',
  'overlap',
  'payload',
  'topic-names',
  'retained',
  'will',
  'will-takeover',
  'will-frozen',
  'peers',
  'clock',
  'rights',
  'cleaned-up',
] as const;

export type CheckName = (typeof CHECKS)[number];

/** Of a web service that work comes from, likewise. */
export const SOURCE_CHECKS = [
  'source-answer',
  'source-task',
  'source-previous',
  'source-zeroes',
  'source-steady',
  'source-submit',
] as const;

export type SourceCheckName = (typeof SOURCE_CHECKS)[number];

/** `fair` works, but slower or with care; `bad` does not work; `unknown` could not be found out. */
export type Grade = 'good' | 'fair' | 'bad' | 'unknown';

export type Facts = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

/** Sentences without a capital and without a full stop, as notes are told. */
export type Finding<Name extends string = CheckName> = {
  readonly check: Name;
  readonly grade: Grade;
  readonly found: string;
  readonly meaning: string;
  readonly advice: string | null;
  /** The same for programs; times in milliseconds, sizes in bytes. */
  readonly facts: Facts;
};

/** What an examination answers; whoever asked knows which check it is. */
export type Result = Omit<Finding, 'check'>;

/** How many milliseconds, for people: `0.4 ms`, `12 ms`, `3.2 s`. */
export function formatMs(ms: number): string {
  if (ms >= 1_000) return `${(ms / 1_000).toFixed(1)} s`;
  return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
}
