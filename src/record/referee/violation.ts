/** What a referee says, in either dialect, and what it has looked at. */

import type { Recorded } from '../recording.ts';
import type { Rule } from './rules.ts';

export type Violation = {
  /** `R03`. */
  readonly rule: string;
  /** Of docs/protocol.md. */
  readonly section: string;
  /** A ClientID, or what a client of a lab calls itself; null where nobody can be named. */
  readonly peer: string | null;
  /** Without a capital and without a full stop: `peer 7f2a0c11 voted twice in term 2`. */
  readonly sentence: string;
  /** The number of the message that shows it, from 1, and when it came, in Unix milliseconds. */
  readonly message: number;
  readonly time: number;
  /** Something worth knowing that breaks no rule, or is not proven: it does not count. */
  readonly isRemark?: true;
};

/** What there was to judge, by name: `mandates`, `draws`, `seals` and others. */
export type Checked = Readonly<Record<string, number>>;

export type Tally = {
  /** Messages under the prefix; of them, those that were read, signed and judged. */
  readonly messages: number;
  readonly judged: number;
  /** From the first message to the last. */
  readonly ms: number;
  readonly peers: number;
  readonly rules: number;
  readonly checked: Checked;
  /** Violations that came again, or beyond the first thousand of a rule: they were not told. */
  readonly repeated: number;
};

export interface Arbiter {
  readonly rules: readonly Rule[];
  /** What this message brings to light, each violation once. */
  hear(recorded: Recorded): readonly Violation[];
  /**
   * The recording is over: what waited for more is judged by what there is. `at`: when that was, in
   * Unix milliseconds, for somebody who listened until then; a file ends with its last message.
   */
  end(at?: number): readonly Violation[];
  /** What was looked at so far. */
  readonly tally: Tally;
}

/** `R03 peer 7f2a0c11 voted twice in term 2 (PROTOCOL 6.6)`. */
export function describeViolation({ rule, sentence, section }: Violation): string {
  return `${rule} ${sentence} (PROTOCOL ${section})`;
}
