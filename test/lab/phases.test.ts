/** Clients that go through phases: they hear nothing of the next one, and were stuck with ours. */

import { expect, test } from 'vitest';
import type { LabSettings } from '../../src/lab/state.ts';
import { LabWorld, type Ours, STATEMENT, UFES } from './lab-world.ts';

const DIALECTS = [UFES, STATEMENT];

/** So often each of them has voted on this topic, foreign ones aside. */
const votesOf = (world: LabWorld, peers: readonly Ours[]): readonly number[] =>
  peers.map(
    ({ client }) =>
      world.saidOn('voting').filter((it) => it['ClientID'] === client.clientID).length,
  );

/** Two of ours know of a third, which votes only seconds later: it was busy with its own phase. */
function withLateVoter(base: LabSettings, vote: 'highest' | 'lowest'): [LabWorld, readonly Ours[]] {
  const world = new LabWorld();
  const peers = [world.join(base), world.join(base)];
  const isText = base.dialect === 'ufes';
  const ClientID = isText ? 'late' : 7;
  world.pass(5_000);
  world.say('init', { ClientID });
  // Ours wait 15 s for its vote. What they repeat until then comes into the count as well.
  world.pass(17_900);
  const highest = isText ? 'zz' : 65_535;
  world.say('voting', { ClientID, VoteID: vote === 'highest' ? highest : isText ? '!' : 0 });
  for (const peer of peers) expect(peer.all('elected')).toHaveLength(1);
  return [world, peers];
}

test.each(DIALECTS)(
  'who voted much later than we hears all our votes before the first challenge ($dialect)',
  (base) => {
    const [world, peers] = withLateVoter(base, 'lowest');
    const before = votesOf(world, peers);
    world.pass(2_900);
    expect(votesOf(world, peers)).toEqual(before.map((count) => count + 1));
    expect(world.saidOn('challenge')).toHaveLength(0);
    world.pass(60_000);
    expect(world.saidOn('challenge').length).toBeGreaterThan(2);
    expect(votesOf(world, peers)).toEqual(before.map((count) => count + 1));
  },
);

test.each(DIALECTS)(
  'a winner that opens nothing is told our votes again, once ($dialect)',
  (base) => {
    const [world, peers] = withLateVoter(base, 'highest');
    const before = votesOf(world, peers);
    world.pass(7_000);
    expect(votesOf(world, peers)).toEqual(before);
    world.pass(60_000);
    expect(votesOf(world, peers)).toEqual(before.map((count) => count + 1));
  },
);

test('a winner that opens a challenge is not told them', () => {
  const [world, peers] = withLateVoter(UFES, 'highest');
  world.pass(4_000);
  world.say('challenge', { TransactionID: 0, Challenge: 8 });
  world.pass(60_000);
  expect(votesOf(world, peers)).toEqual([1, 1]);
});

test('who comes first waits a little for somebody whose spelling it may take', () => {
  const world = new LabWorld();
  world.join(UFES);
  world.pass(2_000);
  expect(world.saidOn('init')).toEqual([]);
  world.pass(500);
  expect(world.saidOn('init')).toHaveLength(1);
});

test('who comes later introduces itself at once, in the spelling that it hears', () => {
  const world = new LabWorld();
  const peer = world.join(STATEMENT);
  world.pass(1_000);
  world.say('init', { client_id: 7 });
  world.pass(10);
  expect(world.saidOn('init')).toEqual([{ client_id: 7 }, { client_id: peer.client.clientID }]);
});

/** One of ours with two others, of which `b` wins; both had voted before. */
function underAnother(): { world: LabWorld; peer: Ours; votes: () => number | undefined } {
  const world = new LabWorld();
  const peer = world.join(UFES);
  for (const ClientID of ['a', 'b']) world.say('init', { ClientID });
  world.say('voting', { ClientID: 'a', VoteID: '!' });
  world.say('voting', { ClientID: 'b', VoteID: 'zz' });
  world.pass(3_000);
  expect(peer.all('elected')).toMatchObject([{ controller: 'b' }]);
  return { world, peer, votes: () => votesOf(world, [peer])[0] };
}

test('who introduces itself when we have elected is told our vote once more', () => {
  const { world, votes } = underAnother();
  world.pass(1_000);
  world.say('init', { ClientID: 'stranger' });
  expect(votes()).toBe(1);
  world.say('init', { ClientID: 'a' });
  expect(votes()).toBe(2);
  world.pass(20_000);
  world.say('init', { ClientID: 'a' });
  expect(votes()).toBe(2);
});

test('once a challenge is open a vote is answered, at most three times, no introduction', () => {
  const { world, votes } = underAnother();
  world.say('challenge', { TransactionID: 0, Challenge: 8 });
  for (let time = 0; time < 10; time += 1) {
    world.pass(3_000);
    world.say('init', { ClientID: 'a' });
  }
  expect(votes()).toBe(1);
  for (let time = 0; time < 30; time += 1) {
    world.pass(3_000);
    world.say('voting', { ClientID: 'a', VoteID: '!' });
  }
  expect(votes()).toBe(4);
});
