/** Whether a second vote counts, which clients of the labs see in two ways. */

import { expect, test } from 'vitest';
import { LabWorld, type Ours, UFES } from './lab-world.ts';

/** Five votes, of which the first client says two; nobody counts alike who counts voters. */
function withSecondVote(): { world: LabWorld; peer: Ours } {
  const world = new LabWorld();
  const peer = world.join({ ...UFES, peers: 4 });
  world.say('voting', { ClientID: 'a', VoteID: '5' });
  world.say('voting', { ClientID: 'a', VoteID: '5' });
  world.say('voting', { ClientID: 'b', VoteID: '6' });
  world.say('voting', { ClientID: 'c', VoteID: '4' });
  world.say('voting', { ClientID: 'late', VoteID: 'zzz' });
  return { world, peer };
}

test('a ufes peer counts vote messages in the order of the broker, up to N', () => {
  const { world, peer } = withSecondVote();
  world.pass(2_000);
  world.say('challenge', { TransactionID: 0, Challenge: 8 });
  expect(peer.all('elected')).toMatchObject([{ controller: 'b', vote: '6', votes: 4 }]);
});

test('where their winner opens no challenge, or somebody votes on, voters are counted', () => {
  const quiet = withSecondVote();
  quiet.world.pass(5_000);
  expect(quiet.peer.all('elected')).toMatchObject([{ controller: 'late', votes: 4 }]);
  const world = new LabWorld();
  const peer = world.join({ ...UFES, peers: 4 });
  for (let time = 0; time < 5; time += 1) {
    world.say('voting', { ClientID: 'a', VoteID: '!' });
    world.pass(2_000);
  }
  expect(peer.all('elected')).toEqual([]);
  world.say('voting', { ClientID: 'b', VoteID: '!' });
  world.say('voting', { ClientID: 'c', VoteID: 'zz' });
  // At once with our vote, which waits 2.5 s; who doubts waits for 4 s more.
  world.pass(2_600);
  expect(peer.all('elected')).toMatchObject([{ controller: 'c', votes: 4 }]);
  expect(world.saidOn('voting').at(-1)?.['ClientID']).toBe(peer.client.clientID);
});

test('a vote that answers an introduction counts once more, as those clients count', () => {
  const world = new LabWorld();
  const peer = world.join({ ...UFES, peers: 4 });
  world.say('voting', { ClientID: 'a', VoteID: 'y' });
  world.pass(2_000);
  world.say('init', { ClientID: 'b' });
  world.pass(100);
  world.say('voting', { ClientID: 'a', VoteID: 'y' });
  world.say('voting', { ClientID: 'b', VoteID: 'x' });
  world.say('voting', { ClientID: 'c', VoteID: 'x' });
  world.pass(3_000);
  world.say('challenge', { TransactionID: 0, Challenge: 8 });
  expect(peer.all('elected')).toMatchObject([{ controller: 'a', votes: 4 }]);
  expect(world.saidOn('voting')).toHaveLength(5);
});
