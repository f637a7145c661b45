/** What became of one message, for somebody who looks on. */

import { type Message, senderOf } from '../domain/message.ts';
import type { ClientID } from '../domain/names.ts';
import type { Refusal, RefusalCode } from '../domain/refusal.ts';
import type { LabMessage, LabRefusal, Name } from '../lab/message.ts';
import type { Recorded } from './recording.ts';

/** Which check a message did not pass. */
export type Check = 'schema' | 'signature' | 'flood' | 'rule';

export type Sighting<Said = Message, Fault = Refusal, Who = ClientID> = {
  readonly recorded: Recorded;
  /** By its topic; null where that is none of the protocol. */
  readonly kind: string | null;
  /** Whom it says it is from; proven unless its schema or its signature is at fault. */
  readonly from: Who | null;
  /** Null where it cannot be read, or was not: one of too many presences that a broker kept. */
  readonly message: Said | null;
  /** What the texts inside it say; empty unless all of them hold. */
  readonly evidence: readonly Said[];
  /** Null where nothing is wrong with it. */
  readonly fault: { readonly check: Check; readonly refusal: Fault } | null;
};

/** A listener sees what solutions are worth, which a peer of the labs leaves to the controller. */
export type LabFault =
  | LabRefusal
  | { readonly code: 'wrong-solution'; readonly bits: number; readonly needed: number }
  /** Right, and of no use: its challenge is won, or another right one came before it. */
  | { readonly code: 'late-solution' | 'second-solution'; readonly transactionID: number };

export type LabSighting = Sighting<LabMessage, LabFault, Name>;
export type AnySighting = Sighting | LabSighting;

/** Who says a message; null for a transaction, which anybody may pass on. */
export function speakerOf(message: Message): ClientID | null {
  return message.kind === 'transaction' ? null : senderOf(message);
}

/** Looks on at a network: hears everything, remembers what it needs, and says nothing. */
export interface Onlooker<Seen extends AnySighting, Shown> {
  /** How the network stands, by what was heard; plain data that goes on changing. */
  readonly picture: Shown;
  hear(recorded: Recorded): Seen;
}

/** What any network that delays and repeats brings about; nobody's fault. */
const ORDINARY: ReadonlySet<string> = new Set<RefusalCode | LabFault['code']>([
  'stale-term',
  'stale-transaction',
  'stale-incarnation',
  'stale-beat',
  'stale-request',
  'late-solution',
  'second-solution',
]);

export function isOrdinary({ code }: Refusal | LabFault): boolean {
  return ORDINARY.has(code);
}

const CHECKS: Readonly<Partial<Record<RefusalCode | LabFault['code'], Check>>> = {
  'unknown-topic': 'schema',
  'too-large': 'schema',
  'not-utf8': 'schema',
  'not-json': 'schema',
  'not-an-object': 'schema',
  'too-deep': 'schema',
  malformed: 'schema',
  'wrong-topic': 'schema',
  nameless: 'schema',
  'wrong-name': 'signature',
  'unknown-sender': 'signature',
  forged: 'signature',
  'forged-evidence': 'signature',
  'too-many': 'flood',
};

export function checkOf({ code }: Refusal | LabFault): Check {
  return CHECKS[code] ?? 'rule';
}
