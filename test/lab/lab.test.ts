import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { DIALECTS } from '../../src/lab/dialect.ts';
import { LabWorld, type Ours, STATEMENT, UFES } from './lab-world.ts';

const foreign = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${index}-foreign`);

function zeroBits(text: string): number {
  const digest = createHash('sha1').update(text).digest('hex');
  return 160 - BigInt(`0x${digest}`).toString(2).length;
}

/** So long ours wait with their vote after the last of another kind. */
const ROOM_MS = 2_500;

/** A world in which a foreign peer wins the election of three. */
function obeying(settings = UFES): { world: LabWorld; peer: Ours } {
  const world = new LabWorld();
  const peer = world.join(settings);
  const isText = settings.dialect === 'ufes';
  world.say('init', { ClientID: isText ? 'a' : 1 });
  world.say('init', { ClientID: isText ? 'b' : 2 });
  world.say('voting', { ClientID: isText ? 'a' : 1, VoteID: isText ? '0' : 0 });
  world.say('voting', { ClientID: isText ? 'b' : 2, VoteID: isText ? 'zzz' : 65_535 });
  world.pass(ROOM_MS);
  expect(peer.all('elected')).toMatchObject([{ controller: isText ? 'b' : 2, isSelf: false }]);
  return { world, peer };
}

/** A world in which this peer wins the election of three. */
function governing(settings = UFES): { world: LabWorld; peer: Ours } {
  const world = new LabWorld();
  const peer = world.join(settings);
  const isText = settings.dialect === 'ufes';
  for (const name of [1, 2]) {
    const clientID = isText ? `p${name}` : name;
    world.say('voting', { ClientID: clientID, VoteID: isText ? '!' : 0 });
  }
  world.pass(ROOM_MS);
  expect(peer.all('elected')).toMatchObject([{ isSelf: true }]);
  return { world, peer };
}

test.each([UFES, STATEMENT])('three of ours elect one and solve challenges ($dialect)', (base) => {
  const world = new LabWorld();
  const peers = [1, 2, 3].map(() => world.join({ ...base, challenges: 3 }));
  world.pass(40_000);
  const elected = peers.map((peer) => peer.all('elected')[0]?.controller);
  expect(new Set(elected).size).toBe(1);
  expect(world.saidOn('result').filter((it) => it['Result'] === 1)).toHaveLength(3);
  expect(peers.filter((peer) => peer.all('finished').length === 1)).toHaveLength(1);
  for (const { Solution } of world.saidOn('solution')) {
    expect(zeroBits(String(Solution))).toBeGreaterThanOrEqual(8);
  }
});

test('the last of ten ufes peers starts two minutes late, and is elected with the others', () => {
  const world = new LabWorld();
  const settings = { ...UFES, peers: 10 };
  const peers = Array.from({ length: 9 }, () => world.join(settings));
  world.pass(120_000);
  expect(peers[0]?.all('waiting').at(-1)).toMatchObject({ lack: 'peers', known: 9, wanted: 10 });
  peers.push(world.join(settings));
  world.pass(15_000);
  expect(new Set(peers.map((peer) => peer.all('elected')[0]?.controller)).size).toBe(1);
  for (const peer of peers) expect(peer.all('elected')).toHaveLength(1);
  // Each has voted once, for the others count messages.
  const voters = world.saidOn('voting').map((it) => it['ClientID']);
  expect(voters).toHaveLength(10);
  expect(new Set(voters).size).toBe(10);
});

test('a ufes peer introduces itself every 10 s at most, a reconnection notwithstanding', () => {
  const world = new LabWorld();
  const peer = world.join(UFES);
  for (let time = 0; time < 20; time += 1) {
    world.say('init', { ClientID: `p${time}` });
    if (peer.link !== null) world.broker.cut(peer.link);
    world.pass(3_000);
  }
  const times = world.heard.filter((it) => it.word === 'init' && !it.text.includes('"p'));
  expect(times.length).toBeGreaterThan(3);
  const gaps = times.slice(1).map((it, index) => it.at - (times[index]?.at ?? 0));
  for (const gap of gaps) expect(gap).toBeGreaterThanOrEqual(10_000);
});

test('introductions go on until N votes, not N names, have come', () => {
  const world = new LabWorld();
  const peer = world.join(UFES);
  for (const ClientID of foreign(2)) world.say('init', { ClientID });
  world.pass(35_000);
  expect(world.saidOn('init').length).toBeGreaterThan(4);
  expect(peer.all('waiting').at(-1)).toMatchObject({ lack: 'votes', silent: foreign(2) });
  for (const ClientID of foreign(2)) world.say('voting', { ClientID, VoteID: '0' });
  const said = world.saidOn('init').length;
  world.pass(60_000);
  expect(world.saidOn('init')).toHaveLength(said);
});

test('of equal votes the higher ClientID wins', () => {
  const world = new LabWorld();
  const peer = world.join({ ...UFES, peers: 2 });
  world.say('voting', { ClientID: 'y', VoteID: 'zz' });
  world.say('voting', { ClientID: 'x', VoteID: 'zz' });
  expect(peer.all('elected')).toMatchObject([{ controller: 'y' }]);
});

test('a statement peer repeats the same vote on both topics until the election is over', () => {
  const world = new LabWorld();
  const peer = world.join(STATEMENT);
  world.say('init', { ClientID: 1 });
  world.say('init', { ClientID: 2 });
  // Until then those might have voted first.
  world.pass(22_000);
  const votes = world.saidOn('voting');
  expect(votes.length).toBeGreaterThanOrEqual(3);
  expect(new Set(votes.map((it) => it['VoteID'])).size).toBe(1);
  expect(world.saidOn('election')).toHaveLength(votes.length);
  world.say('election', { ClientID: 1, VoteID: 10 });
  world.say('voting', { ClientID: 1, VoteID: 10 });
  expect(peer.all('elected')).toHaveLength(0);
  world.say('election', { ClientID: 2, VoteID: 65_535 });
  expect(peer.all('elected')).toMatchObject([{ controller: 2, votes: 3 }]);
  const said = world.saidOn('voting').length;
  world.pass(7_000);
  expect(world.saidOn('voting')).toHaveLength(said);
});

test('votes compare as numbers in statement, and as texts in ufes', () => {
  expect(DIALECTS.statement.compare(9, 10)).toBeLessThan(0);
  expect(DIALECTS.ufes.compare('9', '10')).toBeGreaterThan(0);
});

test.each([UFES, STATEMENT])('a winner waits 2 s before its first challenge ($dialect)', (base) => {
  const { world } = governing(base);
  // And one second first, in which it says its vote once more.
  world.pass(2_900);
  expect(world.saidOn('challenge')).toHaveLength(0);
  world.pass(200);
  expect(world.saidOn('challenge')).toHaveLength(1);
  expect(world.saidOn('challenge')[0]?.['TransactionID']).toBe(0);
});

test('as controller it answers wrong and late solutions with 0, and a winner once', () => {
  const { world, peer } = governing();
  world.pass(3_100);
  world.say('solution', { TransactionID: 0, ClientID: 'p1', Solution: 'wrong' });
  let good = 0;
  while (zeroBits(String(good)) < 8) good += 1;
  world.say('solution', { TransactionID: '0', ClientID: 'p2', Solution: good });
  world.say('solution', { TransactionID: 0, ClientID: 'p1', Solution: String(good) });
  world.say('solution', { TransactionID: 7, ClientID: 'p1', Solution: 'x' });
  expect(world.saidOn('result')).toEqual([
    { ClientID: 'p1', TransactionID: 0, Solution: 'wrong', Result: 0 },
    // As it was said: as a text, and as a number.
    { ClientID: 'p2', TransactionID: '0', Solution: good, Result: 1 },
    { ClientID: 'p1', TransactionID: 0, Solution: String(good), Result: 0 },
    { ClientID: 'p1', TransactionID: 7, Solution: 'x', Result: 0 },
  ]);
  const reasons = peer.all('solution-refused').map((it) => it.reason);
  expect(reasons).toEqual(['invalid', 'late', 'unknown-transaction']);
});

test('another controller is noticed, and its challenge not taken', () => {
  const { world, peer } = governing();
  world.pass(3_100);
  world.say('challenge', { TransactionID: 40, Challenge: 9 });
  expect(peer.all('other-controller')).toMatchObject([{ transactionID: 40 }]);
  expect(peer.all('challenge')).toHaveLength(1);
});

test('a miner says one true solution, and is told what came of it', () => {
  const { world, peer } = obeying();
  world.say('challenge', { TransactionID: '1', Challenge: '8', Extra: true });
  world.say('challenge', { TransactionID: 1, Challenge: 8 });
  world.pass(1_000);
  expect(world.saidOn('solution')).toMatchObject([{ TransactionID: '1' }]);
  world.say('result', { TransactionID: 1, Solution: peer.all('found')[0]?.solution, Result: true });
  expect(peer.all('result')).toMatchObject([{ transactionID: 1, isOwn: true }]);
  world.say('result', { ClientID: 'a', TransactionID: 1, Solution: 'x', Result: 1 });
  expect(peer.all('result')).toHaveLength(1);
});

test('2 means too late, and any other number but 0 a win', () => {
  const { world, peer } = obeying(STATEMENT);
  world.say('challenge', { TransactionID: 1, Challenge: 2 });
  world.say('result', { ClientID: 1, TransactionID: 1, Solution: 'x', Result: 7 });
  expect(peer.all('result')).toMatchObject([{ miner: 1 }]);
  world.say('challenge', { TransactionID: 2, Challenge: 2 });
  world.pass(1_000);
  const [found] = peer.all('found');
  world.say('challenge', { TransactionID: 3, Challenge: 2 });
  const ours = { ClientID: peer.client.clientID, TransactionID: 2, Solution: found?.solution };
  world.say('result', { ...ours, Result: 2 });
  expect(peer.all('solution-refused')).toMatchObject([{ reason: 'late', isOwn: true }]);
  world.pass(1_000);
  // A result after the next challenge does not stop that one.
  expect(peer.all('found')).toHaveLength(2);
});

test.each(['lost', 'disconnected'])('a controller that is %s is said to be gone', (State) => {
  const { world, peer } = obeying();
  world.say('peer/b', { ClientID: 'b', State });
  world.pass(120_000);
  expect(peer.all('controller-gone')).toMatchObject([{ controller: 'b', how: State }]);
});

test('the will of a controller of ours tells the others', () => {
  const world = new LabWorld();
  const peers = [1, 2].map(() => world.join({ ...UFES, peers: 2 }));
  world.pass(5_000);
  const isController = (peer: Ours): boolean => peer.all('elected')[0]?.isSelf === true;
  const controller = peers.find(isController);
  const miner = peers.find((peer) => !isController(peer));
  controller?.client.kill();
  if (controller?.link) world.broker.cut(controller.link);
  world.pass(10);
  expect(miner?.all('controller-gone')).toMatchObject([{ how: 'lost' }]);
});

test('a controller that says nothing is said to be silent, or not to answer', () => {
  const { world, peer } = obeying();
  world.pass(61_000);
  expect(peer.all('controller-gone')).toMatchObject([{ how: 'silent' }]);
  world.say('challenge', { TransactionID: 0, Challenge: 8 });
  world.pass(16_000);
  expect(peer.all('controller-gone').map((it) => it.how)).toEqual(['silent', 'unanswered']);
  // Said once more, for it may be the solution that was lost.
  expect(world.saidOn('solution')).toHaveLength(2);
});

test('a challenge is given up in time, by a miner and by a controller', () => {
  const settings = { ...UFES, giveUpMs: 60_000, mines: false };
  const miner = obeying(settings);
  miner.world.say('challenge', { TransactionID: 0, Challenge: 8 });
  miner.world.pass(61_000);
  expect(miner.peer.all('gave-up')).toMatchObject([{ transactionID: 0, afterMs: 60_000 }]);
  const controller = governing(settings);
  controller.world.pass(65_000);
  const challenges = controller.world.saidOn('challenge').map((it) => it['TransactionID']);
  expect(challenges).toEqual([0, 1]);
});

test('a vote that the broker lost is said again, and a solution after a lost connection', () => {
  const { world, peer } = obeying();
  world.say('challenge', { TransactionID: 0, Challenge: 8 });
  if (peer.link !== null) world.broker.cut(peer.link);
  world.pass(600);
  expect(peer.all('found')).toHaveLength(1);
  world.pass(1_000);
  expect(world.saidOn('solution')).toHaveLength(1);
});
