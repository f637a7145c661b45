/** Blocks: their preimage, their digest, and what makes one the next in a ledger (PROTOCOL 7). */

import type { Work } from '../domain/contract.ts';
import type { Hasher } from '../domain/crypto.ts';
import type { Block, Challenge } from '../domain/message.ts';
import type { ClientID, Digest, TransactionID, WorkID } from '../domain/names.ts';

/** What is fixed when a challenge is opened: a block without miner and solution. */
export type Opening = Omit<Block, 'clientID' | 'solution'>;

/** The preimage up to the miner's name: the same for all miners and under every controller. */
export function openingText(opening: Opening): string {
  const { transactionID, parent, root, time, challenge } = opening;
  return `sortition:${transactionID}:${parent}:${root}:${time}:${challenge}:`;
}

/** What one miner searches: its own name is in the header, so nobody else tries the same texts. */
export function workOf(opening: Opening, miner: ClientID): Work {
  const header = `${openingText(opening)}${miner}:`;
  return {
    id: header as WorkID,
    transactionID: opening.transactionID,
    algorithm: 'sha256',
    header,
    bits: opening.challenge,
  };
}

/** The text whose SHA-256 is the block's digest. */
export function preimageOf(block: Block): string {
  return `${openingText(block)}${block.clientID}:${block.solution}`;
}

export function digestOf(block: Block, hasher: Hasher): Digest {
  return hasher.sha256(preimageOf(block));
}

export function openingOf(challenge: Challenge): Opening {
  const { transactionID, parent, root, time } = challenge;
  return { transactionID, parent, root, time, challenge: challenge.challenge };
}

/** Leading zero bits of a digest in hex. */
export function zeroBits(digest: string): number {
  const zeros = digest.search(/[^0]/);
  if (zeros < 0) return digest.length * 4;
  return zeros * 4 + Math.clz32(Number.parseInt(digest.charAt(zeros), 16)) - 28;
}

/** Where a ledger ends, and what the next block must answer. */
export type Tip = {
  readonly height: TransactionID;
  readonly parent: Digest;
  readonly bits: number;
};

/** What is wrong with `opening` as the next one after `tip`, in words; null if nothing is. */
export function problemOfOpening(opening: Opening, tip: Tip, hasher: Hasher): string | null {
  if (opening.transactionID !== tip.height)
    return `it is block ${opening.transactionID} where ${tip.height} comes next`;
  if (opening.parent !== tip.parent) return 'it does not hang on the last block';
  if (opening.challenge !== tip.bits)
    return `its challenge is ${opening.challenge} bits where the rule says ${tip.bits}`;
  return opening.root === emptyRoot(hasher) ? null : 'it carries a batch, which nobody here knows';
}

/** What is wrong with `block` as the next one after `tip`, in words; null if nothing is. */
export function problemOfBlock(block: Block, tip: Tip, hasher: Hasher): string | null {
  const problem = problemOfOpening(block, tip, hasher);
  if (problem !== null) return problem;
  const bits = zeroBits(digestOf(block, hasher));
  return bits < block.challenge
    ? `its digest has ${bits} zero bits where ${block.challenge} are needed`
    : null;
}

/** Root of a block that carries nothing: SHA-256 of the empty text. */
export function emptyRoot(hasher: Hasher): Digest {
  return hasher.sha256('');
}
