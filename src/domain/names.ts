/** The nouns of the network, each a type of its own so that two of them cannot be swapped. */

declare const name: unique symbol;
type Named<Base, Name extends string> = Base & { readonly [name]: Name };

/** Name of a peer: a UUID version 8 made of its public key; peers sort by it. */
export type ClientID = Named<string, 'ClientID'>;

/** Raw Ed25519 public key, 32 bytes in base64url (43 characters). */
export type PublicKey = Named<string, 'PublicKey'>;

/** Key on P-256: the 91 bytes of its SubjectPublicKeyInfo in base64url (122 characters). */
export type P256Key = Named<string, 'P256Key'>;

/** What signs transactions: a peer's own key, or one on P-256. */
export type SignerKey = PublicKey | P256Key;

/** The same bytes as transactions spell them: 64 or 182 lower-case hex digits. */
export type AccountKey = Named<string, 'AccountKey'>;

/** SHA-256 in 64 lower-case hex digits: of a block, a roster, a network, a commitment. */
export type Digest = Named<string, 'Digest'>;

/** 32 random bytes in 64 lower-case hex digits: the secret half of a peer's share in a draw. */
export type Nonce = Named<string, 'Nonce'>;

/** A peer's drawn number, 16 lower-case hex digits. Compared as text. */
export type VoteID = Named<string, 'VoteID'>;

/** Number of an election. A term has at most one controller. 0: before the first one. */
export type Term = Named<number, 'Term'>;

/** Number of a block, from 0; a peer's height is that of its next one, or -1 (`UNFOUNDED`). */
export type TransactionID = Named<number, 'TransactionID'>;

/** Milliseconds of a clock that never goes back; only differences mean anything. */
export type Instant = Named<number, 'Instant'>;

/** Milliseconds since 1970 of a wall clock, which may jump; used for block times only. */
export type UnixMs = Named<number, 'UnixMs'>;

/** Names a piece of mining work: equal exactly where header and difficulty are equal. */
export type WorkID = Named<string, 'WorkID'>;

/** Names a quest: SHA-256, in hex, of all that it asks for, whoever asks. */
export type QuestID = Named<string, 'QuestID'>;

/** Pairs a command with its reply. */
export type RequestID = Named<string, 'RequestID'>;

/** Height of a peer that knows no network yet. */
export const UNFOUNDED: TransactionID = -1 as TransactionID;

/** The block number that comes after `height`. */
export function nextTransaction(height: TransactionID): TransactionID {
  return (height + 1) as TransactionID;
}

/** Orders by code units, alike on every machine (`localeCompare` is not). */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
