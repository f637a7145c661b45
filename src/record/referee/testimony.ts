/** A message as the rules see it, and what they may say of it. */

import type { Acknowledgement, Enveloped, Vote } from '../../domain/message.ts';
import type { ClientID } from '../../domain/names.ts';
import type { RuleName } from './rules.ts';

/** Where in a recording something stands: which message it is, from 1, and when it came. */
export type Place = { readonly number: number; readonly at: number };

/** Well-formed, and signed by whom it says. */
export type Said = Place & {
  readonly message: Enveloped;
  readonly text: string;
  /** As it was delivered; a subscriber may have asked for less than it was said with. */
  readonly qos: 0 | 1 | 2;
  readonly retained: boolean;
  /** It stood inside another message, and may be much older than that. */
  readonly isInside: boolean;
  /** The same text on the same topic was heard before: it says nothing new. */
  readonly isRepeat: boolean;
  /** What the texts inside it say, checked likewise; empty where some could not be checked. */
  readonly evidence: readonly Inside[];
  /** What is wrong with those texts; null if nothing is. */
  readonly flaw: Charge | null;
};

/** A vote or an acknowledgement inside another message. */
export type Inside = { readonly message: Vote | Acknowledgement; readonly text: string };

export type Charge = {
  readonly rule: RuleName;
  /** Null where nobody can be named. */
  readonly who: ClientID | null;
  /** Goes on a sentence that begins with who it was: `voted twice in term 2`. */
  readonly what: string;
  /** Charges of one rule against one peer with the same subject are told once. */
  readonly subject: string;
  /** Of an earlier message; null where it is the one just heard. */
  readonly place: Place | null;
};

/** A vote or acknowledgement that was heard as evidence, by itself. */
export function insideOf({ number, at, qos }: Said, { message, text }: Inside): Said {
  const rest = { retained: false, isInside: true, isRepeat: false, evidence: [], flaw: null };
  return { number, at, qos, message, text, ...rest };
}

/** Watches over some rules. Each message that breaks none is learnt by all judges. */
export interface Judge {
  /** What `said` breaks; null if nothing. Nobody believes it then. */
  judge(said: Said): Charge | null;
  learn(said: Said): void;
  /** What came to light about earlier messages by `at`; at infinity the recording is over. */
  settle?(at: number): readonly Charge[];
}

/** A charge about the message just heard. */
export function charge(
  rule: RuleName,
  who: ClientID | null,
  what: string,
  subject: string = what,
): Charge {
  return { rule, who, what, subject, place: null };
}

/** As people are shown a name. */
export function short(clientID: ClientID): string {
  return clientID.slice(0, 8);
}
