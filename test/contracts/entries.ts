/** Entries as a peer of three seats would record them, in true order and with true digests. */

import type { Entry } from '../../src/domain/contract.ts';
import type { Block, Member } from '../../src/domain/message.ts';
import type {
  ClientID,
  Digest,
  PublicKey,
  Term,
  TransactionID,
  UnixMs,
  VoteID,
} from '../../src/domain/names.ts';
import { makeRoster } from '../../src/domain/roster.ts';
import { type Batch, textOf } from '../../src/domain/transaction.ts';
import { digestOf, zeroBits } from '../../src/ledger/block.ts';
import { changeText } from '../../src/ledger/change.ts';
import { merkleRoot } from '../../src/ledger/merkle.ts';
import { type Rules, rulesOf } from '../../src/ledger/rules.ts';
import { nodeHasher } from '../../src/node/crypto.ts';
import { toyIdentity, toySigner } from '../../src/sim/toy-crypto.ts';
import { signTransaction } from '../../src/wire/transaction.ts';
import { id } from '../names.ts';

export const hasher = nodeHasher;
export const rules: Rules = rulesOf({ peers: 3, difficulty: 'fixed:2' });

const named = (digit: string) => toyIdentity(digit.repeat(64), hasher);
const members: readonly Member[] = ['1', '2', '3'].map(named);
const nameOf = (index: number): ClientID => members[index]?.clientID ?? id('nobody');
const ann = nameOf(0);
const bob = nameOf(1);
const eve = nameOf(2);

/** The number of the block that removes a member. */
const CHANGE = 3;

/** The number of the block that carries something, and what. */
export const LOADED = 4;
export const batch: Batch = ['hello', 'world'].map((message, nonce) =>
  textOf(signTransaction({ message, nonce }, toySigner(members[0]?.publicKey as PublicKey))),
);
const blocks: Block[] = [];

/** Block `number` of their ledger, mined by ann; block 3 removes eve, block 4 has a batch. */
export function block(number: number): Block {
  const made = blocks[number];
  if (made !== undefined) return made;
  const network = makeRoster(members, rules.text, hasher).digest;
  const parent = number === 0 ? network : digestOf(block(number - 1), hasher);
  const next = number === CHANGE ? changing(number, parent) : mined(number, parent);
  blocks[number] = next;
  return next;
}

const commonOf = (number: number, parent: Digest) => ({
  transactionID: number as TransactionID,
  parent,
  time: (1_000 + number) as UnixMs,
});

function changing(number: number, parent: Digest): Block {
  const change = changeText({ kind: 'remove', clientID: eve });
  return {
    ...commonOf(number, parent),
    root: hasher.sha256(change),
    challenge: 0,
    clientID: ann,
    solution: '',
    change,
  };
}

function mined(number: number, parent: Digest): Block {
  for (let nonce = 0; ; nonce += 1) {
    const candidate: Block = {
      ...commonOf(number, parent),
      root: merkleRoot(number === LOADED ? batch : [], hasher),
      challenge: 2,
      clientID: ann,
      solution: nonce.toString(16),
    };
    if (zeroBits(digestOf(candidate, hasher)) >= 2) return candidate;
  }
}

const term = (number: number): Term => number as Term;

/** A founding, an election, another controller, and so many blocks. */
export function entriesOfALife(height: number): readonly Entry[] {
  const voteID = '0123456789abcdef' as VoteID;
  const controllerID = bob;
  const begin: readonly Entry[] = [
    { kind: 'incarnation', incarnation: 1_000 },
    { kind: 'voted', term: term(1), controllerID, voteID, founding: members },
    { kind: 'founded', founding: { members, votes: ['one', 'two', 'three'] } },
    { kind: 'obeyed', term: term(1), controllerID },
    { kind: 'term', term: term(2) },
    { kind: 'incarnation', incarnation: 1_001 },
    { kind: 'voted', term: term(3), controllerID, voteID, founding: null },
    { kind: 'obeyed', term: term(4), controllerID },
  ];
  const ledger = Array.from({ length: height }, (_, number): readonly Entry[] => {
    const digest = digestOf(block(number), hasher);
    const seal = [`ack of ${number}`, `another ack of ${number}`];
    const load = number === LOADED ? { batch } : {};
    return [
      { kind: 'accepted', term: term(4), block: block(number), digest, ...load },
      { kind: 'sealed', block: block(number), digest, seal, ...load },
    ];
  });
  return [...begin, ...ledger.flat()];
}
