/** What ten processes say becomes one story, in which everything happens once. */

import { expect, test } from 'vitest';
import type { Said } from '../../src/cli/fleet-said.ts';
import { describeFact, type Fact } from '../../src/cli/start-fact.ts';
import { triedBy, triedFor } from '../../src/cli/start-peers.ts';
import type { Story } from '../../src/cli/start-story.ts';
import type { Digest, TransactionID } from '../../src/domain/names.ts';
import {
  at,
  challenge,
  DIED,
  election,
  founded,
  KILLED,
  mandate,
  nameOf,
  progress,
  result,
  rosterOf,
  started,
  storyOf,
} from './start-saying.ts';

/** All peers say the same. */
function allSay(story: Story, count: number, said: Said): readonly Fact[] {
  return Array.from({ length: count }, (_, index) => story.hear(index + 1, said)).flat();
}

const kinds = (facts: readonly Fact[]): readonly string[] => facts.map(({ kind }) => kind);

test('what all peers say is told once', () => {
  const story = storyOf(3);
  const said = [founded(3), mandate(1, 2), challenge(0), result(0, 1), challenge(1)];
  const facts = said.flatMap((one) => allSay(story, 3, one));
  expect(kinds(facts)).toEqual(['gathered', 'mandate', 'challenge', 'result', 'challenge']);
  expect(story.terms).toBe(1);
  expect(story.controller).toBe(nameOf(2));
  expect(story.rows.map(({ wins }) => wins)).toEqual([1, 0, 0]);
});

test('a new controller goes on with the same challenge, and its term is told', () => {
  const story = storyOf(3);
  allSay(story, 3, founded(3));
  allSay(story, 3, mandate(1, 2));
  allSay(story, 3, challenge(0));
  expect(story.end(2, KILLED, at(25)).map(describeFact)).toEqual([
    'the controller 22222222 (process 1002) was killed; 2 others have not ended',
  ]);
  expect(story.controllerPlace).toBeNull();
  const said = [election(2, 100), mandate(2, 3, 350), challenge(0, 2)];
  const lines = said.flatMap((one) => allSay(story, 3, one)).map(describeFact);
  expect(lines).toEqual([
    'election of term 2: the controller is lost',
    '33333333 is controller of term 2, by 3 votes, after 250 ms',
    'challenge 0 goes on under term 2',
  ]);
  expect(story.terms).toBe(2);
  expect(story.controllerPlace).toBe(3);
  expect(story.hopeless()).toBeNull();
});

test('a late mandate of an older term changes nothing', () => {
  const story = storyOf(3);
  allSay(story, 3, mandate(2, 3));
  expect(story.hear(1, mandate(1, 2))).toEqual([]);
  expect(story.controller).toBe(nameOf(3));
});

test('without a majority of members nothing can be decided, whoever observes', () => {
  const story = storyOf(3);
  story.add(4, 1004, at(0));
  allSay(story, 3, founded(3));
  story.end(1, KILLED, at(50));
  expect(story.hopeless()).toBeNull();
  story.end(2, DIED, at(51));
  expect(story.hopeless()).toEqual({ kind: 'no-majority', living: 1, needed: 2 });
});

test('before the founding everybody is needed', () => {
  const story = storyOf(3);
  expect(story.hopeless()).toBeNull();
  story.end(3, DIED, at(2));
  expect(story.hopeless()).toEqual({ kind: 'no-founding', living: 2, needed: 3 });
});

test('who dies of an error is told with its last words', () => {
  const story = storyOf(3);
  expect(story.end(3, DIED, at(2)).map(describeFact)).toEqual([
    '33333333 (process 1003) ended with exit code 3: no luck; 2 others have not ended',
  ]);
});

test('who leaves when the run is over is not told', () => {
  const story = storyOf(3);
  story.close();
  expect(story.end(3, DIED, at(2))).toEqual([]);
  expect(allSay(story, 2, election(2, 100))).toEqual([]);
});

test('a result is checked, and a wrong one is told as wrong', () => {
  const story = storyOf(3);
  const digest = '0'.repeat(64) as Digest;
  const [fact] = story.hear(1, { ...result(0, 1), digest });
  expect(fact && describeFact(fact)).toMatch(/^result 0 is wrong: the SHA-256 of its preimage is /);
  expect(story.hasFailed).toBe(true);
});

test('two blocks of one number are a contradiction, told once', () => {
  const story = storyOf(3);
  story.hear(1, result(0, 1));
  expect(kinds(story.hear(2, result(0, 1, 1)))).toEqual(['contradiction']);
  expect(story.hear(3, result(0, 1, 1))).toEqual([]);
  expect(story.hasFailed).toBe(true);
});

test('a result is known to all when all who are connected have it', () => {
  const story = storyOf(3);
  const zero = 0 as TransactionID;
  for (const place of [1, 2]) story.hear(place, { time: at(2), kind: 'connected' });
  story.hear(1, result(0, 1));
  expect(story.isKnownToAll(zero)).toBe(false);
  story.hear(2, result(0, 1));
  expect(story.isKnownToAll(zero)).toBe(true);
});

test('what peers tried for the open challenge adds up', () => {
  const story = storyOf(3);
  allSay(story, 3, challenge(0));
  story.hear(1, progress(0, 5));
  story.hear(1, progress(0, 7));
  story.hear(2, progress(0, 4));
  expect(triedFor(story.rows, 0 as TransactionID)).toBe(11);
  expect(story.open?.transactionID).toBe(0);
  story.hear(2, result(0, 1));
  expect(story.open).toBeNull();
});

test('a peer mines from its progress or a new challenge on, until it says why it does not', () => {
  const story = storyOf(3);
  const idleOf = (): string | undefined => story.rows[0]?.idle?.reason;
  story.hear(1, challenge(0));
  expect(idleOf()).toBeUndefined();
  story.hear(1, { time: at(31), kind: 'idle', idle: { reason: 'governing' } });
  story.hear(1, challenge(1));
  expect(idleOf()).toBe('governing');
  story.hear(1, progress(1, 5));
  expect(idleOf()).toBeUndefined();
});

test('who is admitted votes, and who is removed does not', () => {
  const story = storyOf(3);
  story.add(4, 1004, at(0));
  story.hear(4, started(4));
  allSay(story, 3, founded(3));
  story.end(1, KILLED, at(50));
  const removed = rosterOf(1, 'remove', 1, [2, 3]);
  const admitted = rosterOf(2, 'admit', 4, [2, 3, 4]);
  expect([removed, admitted].flatMap((said) => allSay(story, 4, said)).map(describeFact)).toEqual([
    '11111111 is removed: 2 members',
    '44444444 is admitted: 3 members',
  ]);
  // A late teller of the older change.
  expect(story.hear(4, removed)).toEqual([]);
  story.end(2, KILLED, at(60));
  expect(story.hopeless()).toBeNull();
  story.end(3, KILLED, at(61));
  expect(story.hopeless()).toEqual({ kind: 'no-majority', living: 1, needed: 2 });
});

test('who misses a majority is named, and hides nobody who misses one later', () => {
  const story = storyOf(3);
  allSay(story, 3, founded(3));
  allSay(story, 3, mandate(1, 2));
  const alone = (present: number): Said => ({
    kind: 'no-quorum',
    time: at(40),
    present,
    needed: 2,
    of: 3,
  });
  const said = [...story.hear(2, alone(1)), ...story.hear(2, alone(1)), ...story.hear(1, alone(0))];
  expect(said.map(describeFact)).toEqual([
    '22222222: no quorum: 1 of 3 are here, 2 are needed',
    '11111111: no quorum: 0 of 3 are here, 2 are needed',
  ]);
});

test('10,000 results cost 1,000 outcomes, and all of them are counted and compared', () => {
  const story = storyOf(3);
  const results = Array.from({ length: 16 }, (_, number) => result(number, 1 + (number % 3)));
  const numbered = (number: number): Extract<Said, { kind: 'result' }> => {
    const some = results[number % 16] ?? result(0, 1);
    return { ...some, block: { ...some.block, transactionID: number as TransactionID } };
  };
  for (let number = 0; number < 10_000; number += 1) {
    allSay(story, 3, challenge(number));
    allSay(story, 3, progress(number, 5));
    expect(allSay(story, 3, numbered(number)).length).toBe(1);
  }
  expect(story.results.outcomes).toHaveLength(1_000);
  expect(story.results.outcomes[0]?.transactionID).toBe(9_000);
  expect(story.results.count).toBe(10_000);
  expect(story.rows.map(triedBy)).toEqual([50_000, 50_000, 50_000]);
  expect(story.rows.reduce((sum, { wins }) => sum + wins, 0)).toBe(10_000);
  // Who comes late tells all of them once more.
  expect(story.hear(3, numbered(0))).toEqual([]);
  expect(story.hear(3, challenge(0))).toEqual([]);
  const other = { ...numbered(1), digest: 'b'.repeat(64) as Digest };
  expect(kinds(story.hear(3, other))).toEqual(['contradiction']);
});
