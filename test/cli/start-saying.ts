/** Peers that say what a test wants them to, for the story of a run. */

import { createHash } from 'node:crypto';
import type { Ending } from '../../src/cli/fleet-process.ts';
import type { Said } from '../../src/cli/fleet-said.ts';
import { Story } from '../../src/cli/start-story.ts';
import type { Block } from '../../src/domain/message.ts';
import type { ClientID, Digest, Term, TransactionID, UnixMs } from '../../src/domain/names.ts';
import { digestOf, preimageOf, zeroBits } from '../../src/ledger/block.ts';
import { nodeHasher } from '../../src/node/crypto.ts';

export const at = (ms: number): UnixMs => ms as UnixMs;

export const nameOf = (place: number): ClientID =>
  `${String(place).repeat(8)}-0000-8000-8000-000000000000` as ClientID;

export const KILLED: Ending = { how: 'killed', code: null, signal: 'SIGKILL', lastWords: '' };
export const DIED: Ending = { how: 'died', code: 3, signal: null, lastWords: 'one\nno luck' };

/** A story of `count` peers that have all said who they are. */
export function storyOf(count: number): Story {
  const story = new Story(count);
  for (let place = 1; place <= count; place += 1) {
    story.add(place, 1000 + place, at(0));
    story.hear(place, started(place));
  }
  return story;
}

export const started = (place: number): Said => ({
  time: at(1),
  kind: 'started',
  peer: nameOf(place),
  pid: 1000 + place,
  url: 'mqtt://127.0.0.1:1883',
  version: '0',
  threads: 1,
});

export const founded = (count: number): Said => ({
  time: at(5),
  kind: 'founded',
  network: 'f'.repeat(64) as Digest,
  members: Array.from({ length: count }, (_, index) => nameOf(index + 1)),
  isMember: true,
});

export const rosterOf = (
  transactionID: number,
  change: 'remove' | 'admit',
  member: number,
  members: readonly number[],
): Said => ({
  time: at(60),
  kind: 'roster',
  change,
  transactionID: transactionID as TransactionID,
  member: nameOf(member),
  members: members.map(nameOf),
});

export const mandate = (term: number, place: number, time = 10): Said => ({
  time: at(time),
  kind: 'mandate',
  term: term as Term,
  controller: nameOf(place),
  votes: 3,
  isSelf: false,
});

export const election = (term: number, time: number): Said => ({
  time: at(time),
  kind: 'election',
  term: term as Term,
  suspicion: 'lost',
});

export const challenge = (
  transactionID: number,
  term = 1,
  preimage = `p${transactionID}`,
): Said => ({
  time: at(20),
  kind: 'challenge',
  term: term as Term,
  transactionID: transactionID as TransactionID,
  bits: 4,
  expected: 16,
  preimage,
});

export const progress = (transactionID: number, tried: number): Said => ({
  time: at(30),
  kind: 'progress',
  transactionID: transactionID as TransactionID,
  tried,
  perSecond: 100,
  expected: 16,
  elapsedMs: 10,
});

/** A true result of four zero bits; another `salt` makes another block of the same number. */
export function result(
  transactionID: number,
  place: number,
  salt = 0,
): Extract<Said, { kind: 'result' }> {
  const opening = {
    transactionID: transactionID as TransactionID,
    parent: 'a'.repeat(64) as Digest,
    root: createHash('sha256').update(String(salt)).digest('hex') as Digest,
    time: at(20),
    challenge: 4,
    clientID: nameOf(place),
  };
  let nonce = 0;
  let block: Block = { ...opening, solution: '0' };
  while (zeroBits(digestOf(block, nodeHasher)) < 4) {
    nonce += 1;
    block = { ...opening, solution: nonce.toString(16) };
  }
  const digest = digestOf(block, nodeHasher);
  const about = { block, digest, preimage: preimageOf(block), transactions: 0 };
  return { time: at(40), kind: 'result', ...about, elapsedMs: 2_345, isOwn: false };
}
