/** A charge against a client of the labs, which can be named only by what it calls itself. */

import type { LabMessage, Name } from '../../lab/message.ts';
import type { LabRuleName } from './lab-rules.ts';
import type { Place } from './testimony.ts';

export type LabCharge = {
  readonly rule: LabRuleName;
  /** Null where nobody can be named: challenges and results do not say who the controller is. */
  readonly who: Name | null;
  readonly what: string;
  readonly subject: string;
  /** Of an earlier message; null where it is the one just heard. */
  readonly place: Place | null;
};

export type LabSaid = Place & { readonly message: LabMessage };

/** As for our own dialect: see `Judge`. */
export interface LabJudge {
  judge(said: LabSaid): LabCharge | null;
  learn(said: LabSaid): void;
  /** What came to light about earlier messages. */
  settle?(at: number): readonly LabCharge[];
}

export function labCharge(
  rule: LabRuleName,
  who: Name | null,
  what: string,
  subject: string = what,
): LabCharge {
  return { rule, who, what, subject, place: null };
}

/** Eight characters tell UUIDs apart. */
export function shortLab(name: Name): string {
  const text = String(name).replace(/\p{C}/gu, '?');
  return /^[0-9a-f]{8}-/.test(text) ? text.slice(0, 8) : text.slice(0, 40);
}
