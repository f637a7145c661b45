import { beforeEach, expect, it } from 'vitest';
import type { Delivery, Link } from '../../src/client/link.ts';
import type { Commitment, Member, Message, Presence } from '../../src/domain/message.ts';
import { compareText, type Term, UNFOUNDED, type VoteID } from '../../src/domain/names.ts';
import { makeRoster } from '../../src/domain/roster.ts';
import { nodeHasher } from '../../src/node/crypto.ts';
import { toyIdentity, toySigner } from '../../src/sim/toy-crypto.ts';
import { payloadOf } from '../../src/wire/envelope.ts';
import { presenceTopicOf } from '../../src/wire/topics.ts';
import { type Peer, SmallWorld } from './small-world.ts';

const LEFT = 2_000;
const RULES = 'peers=3 difficulty=fixed:4';

let world = new SmallWorld();
beforeEach(() => {
  world = new SmallWorld();
});

function presenceOf({ clientID, publicKey }: Member, fields: Partial<Presence>): Presence {
  return {
    kind: 'presence',
    clientID,
    publicKey,
    incarnation: 1,
    peers: 3,
    known: 1,
    roster: null,
    network: null,
    rules: RULES,
    state: 'ready',
    ...fields,
  };
}

/** What peers that came and went have left on the broker; some of it is no presence at all. */
function leaveBehind(): void {
  const states = ['ready', 'lost', 'disconnected'] as const;
  for (let count = 0; count < LEFT; count += 1) {
    const self = toyIdentity(nodeHasher.sha256(`gone ${count}`), nodeHasher);
    const state = states[count % 3] ?? 'lost';
    const rules = count % 5 === 0 ? { rules: 'peers=7 difficulty=fixed:4' } : {};
    const topic = presenceTopicOf('sd', self.clientID);
    const presence = presenceOf(self, { state, ...rules });
    const text =
      count % 7 === 0 ? 'garbage' : payloadOf(presence, topic, toySigner(self.publicKey));
    world.broker.publish(topic, new TextEncoder().encode(text), true);
  }
  world.broker.flush();
}

/** What a subscriber to these topics is handed when it comes: all that is kept there. */
function keptOn(...filters: string[]): Map<string, string> {
  const kept = new Map<string, string>();
  const link: Link = world.broker.link(filters);
  link.connect(
    { topic: 'nowhere', text: '' },
    {
      onConnected: () => undefined,
      onDisconnected: () => undefined,
      onDelivery: ({ topic, payload }: Delivery) =>
        kept.set(topic, new TextDecoder().decode(payload)),
    },
  );
  world.broker.flush();
  void link.close();
  world.broker.flush();
  return kept;
}

const topicOf = ({ self }: Peer): string => presenceTopicOf('sd', self.clientID);
const isFounded = ({ client }: Peer): boolean => client.view().network !== null;

function found(): void {
  for (let count = 0; count < 3; count += 1) world.start();
  world.runUntil(() => world.peers.every(isFounded));
}

it('founds beside what is left of others as soon as beside nothing, and hears none of it', () => {
  found();
  world.run(5_000);
  const alone = world.peers.map(({ notes, handed }) => ({ notes: [...notes], handed }));

  world = new SmallWorld();
  leaveBehind();
  found();
  world.run(5_000);
  expect(world.peers.map(({ notes, handed }) => ({ notes, handed }))).toEqual(alone);
});

it('takes no heartbeat that a broker has kept for a sign of life', () => {
  const self = toyIdentity(nodeHasher.sha256('gone'), nodeHasher);
  const { clientID } = self;
  const network = makeRoster([self], RULES, nodeHasher).digest;
  const textOn = (topic: string, message: Message): string =>
    payloadOf(message, topic, toySigner(self.publicKey));
  const keep = (topic: string, message: Message): void =>
    world.broker.publish(topic, new TextEncoder().encode(textOn(topic, message)), true);
  const term = 1 as Term;
  const vote = textOn('sd/voting', {
    ...{ kind: 'vote', clientID, term, voteID: 'f'.repeat(16) as VoteID, controllerID: clientID },
    ...{ draw: network, drawn: '8', roster: network, transactionID: UNFOUNDED },
  });
  // The mandate names the key.
  keep('sd/controller', { kind: 'mandate', clientID, term, votes: [vote], members: [self] });
  keep('sd/heartbeat', {
    ...{ kind: 'heartbeat', clientID, incarnation: 1, beat: 1, term, controllerID: clientID },
    ...{ transactionID: UNFOUNDED, network, state: 'ready', hashRate: 0 },
  });
  world.broker.flush();
  for (let count = 0; count < 3; count += 1) world.start();
  // So long a kept mandate is given to show that its network lives; a network that speaks, longer.
  world.runUntil(() => world.peers.every(isFounded), 17_000);
  for (const { client } of world.peers) expect(client.view().refusals.retained).toBe(1);
});

it('keeps nothing on the broker of a peer that left, and all hear that it went', async () => {
  found();
  const [first, second] = world.peers;
  if (first === undefined || second === undefined) throw new Error('There are three.');
  world.run(2_000);
  expect(keptOn('sd/peer/+').size).toBe(3);
  const left = first.client.leave();
  world.run(3_000);
  await left;
  expect(keptOn('sd/peer/+').has(topicOf(first))).toBe(false);
  expect(second.notes).toContainEqual(
    expect.objectContaining({ kind: 'left', peer: first.self.clientID }),
  );
  expect(first.said.at(-1)?.fields).toMatchObject({ State: 'disconnected' });
});

it('hears at once of a member that crashes, whatever else the broker keeps', () => {
  leaveBehind();
  found();
  world.run(2_000);
  const controller = world.controller();
  if (controller === undefined) throw new Error('There is a controller.');
  world.crash(controller);
  // Without its will, it would take them fifteen seconds of silence.
  world.runUntil(() => world.controller() !== undefined, 3_000);
  expect(keptOn(topicOf(controller)).get(topicOf(controller))).toContain('"State":"lost"');
});

it('says its presence again when it is cleared, but not each time', () => {
  found();
  world.run(2_000);
  const [peer] = world.peers;
  if (peer === undefined) throw new Error('There are three.');
  const presences = (): number => peer.said.filter(({ topic }) => topic.startsWith('peer/')).length;
  const before = presences();
  for (let count = 0; count < 200; count += 1) {
    world.broker.publish(topicOf(peer), new Uint8Array(), true);
    world.run(100);
  }
  expect(presences() - before).toBeGreaterThanOrEqual(3);
  expect(presences() - before).toBeLessThanOrEqual(4);
  world.run(6_000);
  expect(keptOn(topicOf(peer)).get(topicOf(peer))).toContain('"State":"ready"');
  expect(peer.notes.filter(({ kind }) => kind === 'refused')).toEqual([]);
});

it('says its mandate again when it is cleared', () => {
  found();
  world.run(2_000);
  world.broker.publish('sd/controller', new Uint8Array(), true);
  world.broker.flush();
  expect(keptOn('sd/controller').size).toBe(0);
  world.run(6_000);
  expect(keptOn('sd/controller').size).toBe(1);
});

it('finds neither a fault nor an absence in an empty payload, on any topic', () => {
  found();
  world.run(2_000);
  const [, second] = world.peers;
  if (second === undefined) throw new Error('There are three.');
  const topics = ['init', 'heartbeat', 'voting', 'controller', 'result', 'sync', 'transaction'];
  for (const topic of [...topics.map((word) => `sd/${word}`), topicOf(second)])
    for (const isRetained of [true, false])
      world.broker.publish(topic, new Uint8Array(), isRetained);
  world.run(4_000);
  for (const { notes } of world.peers)
    expect(notes.filter(({ kind }) => kind === 'refused' || kind === 'left')).toEqual([]);
});

it('still hears its member when it comes back to a broker full of others', () => {
  leaveBehind();
  found();
  world.run(2_000);
  world.broker.stop();
  world.run(1_000);
  world.broker.start();
  world.run(20_000);
  for (const { client, handed } of world.peers) {
    expect(client.view().role).not.toBe('observer');
    expect(handed).toBeLessThan(LEFT);
  }
});

it('shows an onlooker the Rules and the network of peers that speak, and no leftovers', () => {
  leaveBehind();
  found();
  world.run(2_000);
  // Even if somebody has cleared what would have told it at once.
  world.broker.publish('sd/controller', new Uint8Array(), true);
  world.broker.flush();
  const viewer = world.start(undefined, { isQuiet: true });
  world.runUntil(() => isFounded(viewer), 6_000);
  expect(viewer.handed).toBeLessThan(10);
  expect(viewer.said.every(({ topic }) => topic === 'sync')).toBe(true);

  const stranger = world.start(undefined, { isQuiet: true, difficulty: 'fixed:5' });
  world.run(8_000);
  expect(stranger.notes).toContainEqual(
    expect.objectContaining({ kind: 'network-found', rules: RULES }),
  );
});

it('founds beside a stranger that vouches for a roster of ghosts', () => {
  for (let count = 0; count < 3; count += 1) world.start();
  const names = world.peers.map(({ self }) => self);
  const [victim] = names;
  if (victim === undefined) throw new Error('There are three.');
  const [stranger, ghost] = ['stranger', 'ghost'].map((name) =>
    toyIdentity(nodeHasher.sha256(name), nodeHasher),
  );
  if (stranger === undefined || ghost === undefined) throw new Error('There are two.');
  const members = [victim, stranger, ghost].sort((a, b) => compareText(a.clientID, b.clientID));
  const roster = makeRoster(members, RULES, nodeHasher).digest;
  const commit = nodeHasher.sha256('anything');
  // At every moment of the founding, in a term that is open to all.
  for (let passed = 0; passed < 2_000 && !world.peers.every(isFounded); passed += 20) {
    const commitment: Commitment = {
      ...{ kind: 'commitment', clientID: stranger.clientID, term: 1 as Term, roster, commit },
      ...{ publicKey: stranger.publicKey, members },
    };
    const text = payloadOf(commitment, 'sd/commit', toySigner(stranger.publicKey));
    world.broker.publish('sd/commit', new TextEncoder().encode(text));
    world.run(20);
  }
  expect(world.peers.map(({ client }) => client.view().role)).not.toContain('unfounded');
  for (const { notes } of world.peers)
    expect(notes).toContainEqual(
      expect.objectContaining({
        kind: 'founded',
        isMember: true,
        members: expect.arrayContaining(names.map(({ clientID }) => clientID)),
      }),
    );
});
