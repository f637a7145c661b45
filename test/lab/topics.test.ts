/** Some clients vote on `election`, others on `voting`: ours answer where they are heard. */

import { expect, test } from 'vitest';
import { LabWorld, type Ours, STATEMENT, UFES } from './lab-world.ts';

const votesOf = (world: LabWorld, { client }: Ours, word: string): number =>
  world.saidOn(word).filter((it) => it['ClientID'] === client.clientID).length;

test.each([
  [['election'], 0, 1],
  [['voting'], 1, 0],
  [['election', 'voting'], 1, 1],
])('a ufes peer votes where others vote: on %j', (words, onVoting, onElection) => {
  const world = new LabWorld();
  const peer = world.join({ ...UFES, peers: 2 });
  world.say('init', { ClientID: 'a' });
  for (const word of words) world.say(word, { ClientID: 'a', VoteID: 'z' });
  world.pass(6_000);
  expect(votesOf(world, peer, 'voting')).toBe(onVoting);
  expect(votesOf(world, peer, 'election')).toBe(onElection);
  expect(peer.all('elected')).toMatchObject([{ controller: 'a', votes: 2 }]);
});

test('the same vote on both topics is one message', () => {
  const world = new LabWorld();
  const peer = world.join({ ...UFES, peers: 3 });
  for (const word of ['election', 'voting']) world.say(word, { ClientID: 'a', VoteID: '!' });
  world.say('election', { ClientID: 'b', VoteID: '!' });
  // Our vote is the third, and nothing is doubtful: no further wait.
  world.pass(3_000);
  expect(peer.all('elected')).toMatchObject([{ isSelf: true, votes: 3 }]);
});

test('who votes on the other topic after us is told our vote there', () => {
  const world = new LabWorld();
  const peer = world.join({ ...UFES, peers: 2 });
  world.say('init', { ClientID: 'a' });
  // Nobody waits for it longer than 15 s.
  world.pass(20_000);
  expect(votesOf(world, peer, 'voting')).toBe(1);
  world.say('election', { ClientID: 'a', VoteID: 'z' });
  world.pass(1_500);
  expect(votesOf(world, peer, 'election')).toBe(1);
});

test('a peer of ours alone says its vote where the dialect has it', () => {
  const ufes = new LabWorld();
  const one = ufes.join({ ...UFES, peers: 2 });
  ufes.join({ ...UFES, peers: 2 });
  ufes.pass(6_000);
  expect([votesOf(ufes, one, 'voting'), votesOf(ufes, one, 'election')]).toEqual([1, 0]);
  const world = new LabWorld();
  const two = world.join({ ...STATEMENT, peers: 2 });
  world.say('init', { ClientID: 1 });
  world.say('election', { ClientID: 1, VoteID: 0 });
  world.pass(6_000);
  expect(votesOf(world, two, 'voting')).toBe(votesOf(world, two, 'election'));
});
