/** Reads the texts that a message carries as evidence, and what it claims they are. */

import type { Acknowledgement, Block, Enveloped, Member, Vote } from '../domain/message.ts';
import type { ClientID, PublicKey } from '../domain/names.ts';
import type { Batch } from '../domain/transaction.ts';
import type { Signed } from './envelope.ts';
import type { Reader } from './reader.ts';

/** A vote or an acknowledgement inside another message; its signature is still to be checked. */
export type Exhibit = Signed & {
  readonly text: string;
  readonly message: Vote | Acknowledgement;
  /** "Vote 3", counted from 1, for people. */
  readonly label: string;
  readonly publicKey: PublicKey;
};

/** All of a message's evidence, its signatures unchecked, or what is wrong with it. */
export type Evidence =
  | { readonly ok: true; readonly exhibits: readonly Exhibit[] }
  | { readonly ok: false; readonly problem: string };

const nothing: Evidence = { ok: true, exhibits: [] };

type Carried = { readonly kind: 'vote' | 'acknowledgement'; readonly texts: readonly string[] };

type KeyOf = (clientID: ClientID) => PublicKey | null;

/** The members whose keys `message` brings along, its sender's own among them where it is there. */
export function membersIn(message: Enveloped): readonly Member[] {
  if (message.kind === 'mandate') return message.members;
  if (message.kind === 'answer')
    return 'founding' in message
      ? message.founding.members
      : admittedIn('blocks' in message ? message.blocks : []);
  if (message.kind === 'proposal') return admittedIn([message.block]);
  if (message.kind === 'result') return message.result === 1 ? admittedIn([message.block]) : [];
  const others = message.kind === 'commitment' ? (message.members ?? []) : [];
  if (!('publicKey' in message) || message.publicKey === undefined) return others;
  return [{ clientID: message.clientID, publicKey: message.publicKey }, ...others];
}

/** The batches that it carries; their transactions are signed, too. */
export function batchesIn(message: Enveloped): readonly Batch[] {
  if (message.kind === 'batch') return [message.transactions];
  return message.kind === 'answer' && 'blocks' in message ? (message.batches ?? []) : [];
}

/** Members admitted by blocks: the seals of later ones are by them, too. */
function admittedIn(blocks: readonly Block[]): readonly Member[] {
  return blocks.flatMap(({ change }) => {
    const [, clientID, publicKey] = /^admit (\S+) (\S+)$/.exec(change ?? '') ?? [];
    if (clientID === undefined || publicKey === undefined) return [];
    return [{ clientID: clientID as ClientID, publicKey: publicKey as PublicKey }];
  });
}

/**
 * The evidence of `message` in order: a mandate's or founding's votes, or the acknowledgements of
 * its seals one after another. `keyOf` is asked for the signers of seals.
 */
export function evidenceOf(message: Enveloped, keyOf: KeyOf, reader: Reader): Evidence {
  const problem = countProblem(message);
  if (problem !== null) return { ok: false, problem };
  const { kind, texts } = carriedBy(message);
  if (texts.length === 0) return nothing;
  const keys = new Map(membersIn(message).map((member) => [member.clientID, member.publicKey]));
  const signerKey = (signer: ClientID): PublicKey | null =>
    keys.get(signer) ?? (kind === 'vote' ? null : keyOf(signer));
  const voters = new Set<ClientID>();
  const exhibits: Exhibit[] = [];
  for (const [index, text] of texts.entries()) {
    const label = `${kind === 'vote' ? 'Vote' : 'Acknowledgement'} ${index + 1}`;
    const read = reader.exhibit(kind, text);
    if (!read.ok) return { ok: false, problem: `${label} ${read.problem}.` };
    const wrong = voteProblem(message, read.message, voters);
    if (wrong !== null) return { ok: false, problem: `${label} ${wrong}.` };
    const { message: exhibit, signed, signature } = read;
    const publicKey = signerKey(exhibit.clientID);
    if (publicKey === null) {
      const lack = kind === 'vote' ? 'who is no member' : 'whose key is not known';
      return { ok: false, problem: `${label} is by ${exhibit.clientID}, ${lack}.` };
    }
    exhibits.push({ message: exhibit, text, signed, signature, label, publicKey });
  }
  return { ok: true, exhibits };
}

function carriedBy(message: Enveloped): Carried {
  if (message.kind === 'mandate') return { kind: 'vote', texts: message.votes };
  if (message.kind === 'result' && message.result === 1) {
    return { kind: 'acknowledgement', texts: message.seal };
  }
  if (message.kind === 'answer') {
    if ('founding' in message) return { kind: 'vote', texts: message.founding.votes };
    const seals = 'seals' in message ? message.seals : [];
    return { kind: 'acknowledgement', texts: seals.flat() };
  }
  return { kind: 'vote', texts: noTexts };
}

const noTexts: readonly string[] = [];

/** A founding takes the votes of all (PROTOCOL 5.5). */
function countProblem(message: Enveloped): string | null {
  if (message.kind !== 'answer' || !('founding' in message)) return null;
  const { members, votes } = message.founding;
  return votes.length === members.length
    ? null
    : `A founding of ${members.length} members has ${votes.length} votes.`;
}

/**
 * What is wrong with a vote as part of `message`; nothing more is asked of an acknowledgement here,
 * as only the ledger knows what it should say.
 */
function voteProblem(
  message: Enveloped,
  exhibit: Vote | Acknowledgement,
  voters: Set<ClientID>,
): string | null {
  if (exhibit.kind !== 'vote') return null;
  if (voters.has(exhibit.clientID)) return `is a second one by ${exhibit.clientID}`;
  voters.add(exhibit.clientID);
  if (message.kind !== 'mandate') return null;
  if (exhibit.term !== message.term) return `is of term ${exhibit.term}`;
  if (exhibit.controllerID !== message.clientID) return `is for ${exhibit.controllerID}`;
  return null;
}
