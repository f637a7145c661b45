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
  /** Worth knowing, and no violation: no text demands it, or it is not proven. */
  readonly isRemark?: boolean;
  /** The others act on the message whatever is wrong with it, so the referee must know it, too. */
  readonly isHeeded?: boolean;
};

/**
 * By which keys a payload says who it is from, and the vote, and on which topic it votes; none
 * where that is not known.
 */
export type LabKeys = {
  readonly client: readonly string[];
  readonly vote: readonly string[];
  readonly topic: readonly string[];
};

export type LabSaid = Place & { readonly message: LabMessage; readonly keys: LabKeys };

/** As for our own dialect: see `Judge`. */
export interface LabJudge {
  judge(said: LabSaid): LabCharge | null;
  learn(said: LabSaid): void;
  /** What came to light about earlier messages; `isOver`: nothing more will be heard. */
  settle?(at: number, isOver: boolean): readonly LabCharge[];
}

export function labCharge(
  rule: LabRuleName,
  who: Name | null,
  what: string,
  subject: string = what,
): LabCharge {
  return { rule, who, what, subject, place: null };
}

/** A charge that does not count. */
export function labRemark(...args: Parameters<typeof labCharge>): LabCharge {
  return { ...labCharge(...args), isRemark: true };
}

/** Eight characters tell UUIDs apart. */
export function shortLab(name: Name): string {
  const text = String(name).replace(/\p{C}/gu, '?');
  return /^[0-9a-f]{8}-/.test(text) ? text.slice(0, 8) : text.slice(0, 40);
}
