/** Blocks: their preimage, their digest, and what makes one the next in a ledger (PROTOCOL 7). */

import type { Work } from '../domain/contract.ts';
import type { Hasher } from '../domain/crypto.ts';
import type { Block, Challenge } from '../domain/message.ts';
import type { AccountKey, ClientID, Digest, WorkID } from '../domain/names.ts';
import { emptyBatch } from '../domain/transaction.ts';
import { merkleRoot } from './merkle.ts';

/** What is fixed when a challenge is opened: a block without miner and solution. */
export type Opening = Omit<Block, 'clientID' | 'reward' | 'solution' | 'change'>;

/** The preimage up to the miner's name: the same for all miners and under every controller. */
export function openingText(opening: Opening): string {
  const { transactionID, parent, root, time, challenge } = opening;
  return `sortition:${transactionID}:${parent}:${root}:${time}:${challenge}:`;
}

/** What one miner searches: its own name is in the header, so nobody else tries the same texts. */
export function workOf(opening: Opening, miner: ClientID, reward?: AccountKey): Work {
  const header = `${openingText(opening)}${minerText(miner, reward)}:`;
  return {
    id: header as WorkID,
    transactionID: opening.transactionID,
    algorithm: 'sha256',
    header,
    bits: opening.challenge,
  };
}

/** Hashed with the solution, so that nobody else can claim it or its reward. */
function minerText(miner: ClientID, reward: AccountKey | undefined): string {
  return reward === undefined ? miner : `${miner}:${reward}`;
}

/** The text whose SHA-256 is the block's digest. */
export function preimageOf(block: Block): string {
  return `${openingText(block)}${minerText(block.clientID, block.reward)}:${block.solution}`;
}

export function digestOf(block: Block, hasher: Hasher): Digest {
  return hasher.sha256(preimageOf(block));
}

export function openingOf(challenge: Challenge): Opening {
  const { transactionID, parent, root, time } = challenge;
  return { transactionID, parent, root, time, challenge: challenge.challenge };
}

/** What was open when this block was found. */
export function openingOfBlock(block: Block): Opening {
  const { transactionID, parent, root, time, challenge } = block;
  return { transactionID, parent, root, time, challenge };
}

/** Leading zero bits of a digest in hex. */
export function zeroBits(digest: string): number {
  const zeros = digest.search(/[^0]/);
  if (zeros < 0) return digest.length * 4;
  return zeros * 4 + Math.clz32(Number.parseInt(digest.charAt(zeros), 16)) - 28;
}

/** Root of a block that carries nothing: SHA-256 of the empty text. */
export function emptyRoot(hasher: Hasher): Digest {
  return merkleRoot(emptyBatch, hasher);
}

/** Whether a block of this opening has a batch to be held beside it. */
export function carriesBatch(block: Opening & Pick<Block, 'change'>, hasher: Hasher): boolean {
  return block.change === undefined && block.root !== emptyRoot(hasher);
}
