/** How ours learn the spelling of other clients, and from whom they do not. */

import { expect, test } from 'vitest';
import { DIALECTS } from '../../src/lab/dialect.ts';
import { readLab } from '../../src/lab/reading.ts';
import {
  COMMON_CLIENT_KEYS,
  learnTongue,
  spellingFor,
  type Tongue,
} from '../../src/lab/spelling.ts';
import { LabWorld, type Ours, STATEMENT, UFES } from './lab-world.ts';

const keysOf = (said: Readonly<Record<string, unknown>> | undefined): readonly string[] =>
  Object.keys(said ?? {});

/** What this peer has said on a topic, by whatever key it says who it is. */
const saidBy = (world: LabWorld, peer: Ours, word: string): readonly (readonly string[])[] =>
  world
    .saidOn(word)
    .filter((it) => Object.values(it).includes(peer.client.clientID))
    .map(keysOf);

const THEIR_KEYS: readonly [string, readonly string[]][] = [
  ['ClientID', ['VoteID', 'TransactionID', 'Challenge', 'Solution', 'Result']],
  ['ClientId', ['VoteId', 'TransactionId', 'Challenge', 'Solution', 'Result']],
  ['clientId', ['voteId', 'transactionId', 'challenge', 'solution', 'result']],
  ['clientID', ['voteID', 'transactionID', 'challenge', 'solution', 'result']],
  ['client_id', ['vote_id', 'transaction_id', 'challenge', 'solution', 'result']],
  ['CLIENT_ID', ['VOTE_ID', 'TRANSACTION_ID', 'CHALLENGE', 'SOLUTION', 'RESULT']],
  ['clientid', ['voteid', 'transactionid', 'challenge', 'solution', 'result']],
  ['client', ['vote', 'transaction', 'challenge', 'solution', 'result']],
  ['ID', ['Vote', 'TransactionID', 'Challenge', 'Solution', 'Result']],
  ['id', ['vote', 'transactionId', 'challenge', 'solution', 'result']],
];

test.each(THEIR_KEYS)('with %s go %j', (client, others) => {
  const [voteKey, transactionKey = '', ...rest] = others;
  const tongues: Tongue[] = [];
  learnTongue(tongues, { client: [client] });
  const { vote, transaction, challenge } = spellingFor(tongues);
  expect(vote).toEqual([voteKey]);
  // Until one such key was heard, the labs' own is said, too.
  expect(transaction).toEqual([...new Set([transactionKey, 'TransactionID'])]);
  expect(challenge).toEqual([...new Set([rest[0], 'Challenge'])]);
  learnTongue(tongues, { client: [client], transaction: [transactionKey] });
  const known = spellingFor(tongues);
  expect(known.transaction).toEqual([transactionKey]);
  expect([known.challenge, known.solution, known.result]).toEqual(rest.map((key) => [key]));
});

test('who spells its names alone in another way is answered so', () => {
  const tongues: Tongue[] = [];
  learnTongue(tongues, { client: ['clientId'], transaction: ['TransactionID'] });
  const { vote, challenge, result } = spellingFor(tongues);
  expect([vote, challenge, result]).toEqual([['voteId'], ['Challenge'], ['Result']]);
});

test.each(THEIR_KEYS)(
  'a challenge, a solution and a result with %s are understood',
  (client, rest) => {
    const [, transaction = '', challenge = '', solution = '', result = ''] = rest;
    const read = (word: string, fields: object) =>
      readLab(DIALECTS.ufes, word, new TextEncoder().encode(JSON.stringify(fields)));
    expect(read('challenge', { [transaction]: '3', [challenge]: 8 })).toMatchObject({
      message: { transactionID: 3, raw: '3', challenge: 8 },
    });
    expect(read('solution', { [transaction]: 3, [client]: 'a', [solution]: 'x' })).toMatchObject({
      message: { transactionID: 3, clientID: 'a', solution: 'x' },
    });
    const fields = { [client]: 'a', [transaction]: 3, [solution]: 'x', [result]: true };
    expect(read('result', fields)).toMatchObject({ message: { clientID: 'a', result: 1 } });
  },
);

test('of two keys for one field the surest is read', () => {
  const read = (fields: object) =>
    readLab(DIALECTS.ufes, 'init', new TextEncoder().encode(JSON.stringify(fields)));
  expect(read({ id: 'x', clientId: 'a' })).toMatchObject({ message: { clientID: 'a' } });
  expect(read({ clientId: 'x', ClientID: 'a' })).toMatchObject({ message: { clientID: 'a' } });
});

test('two of ours cast their first vote as somebody else spells its introduction', () => {
  const world = new LabWorld();
  const peers = [world.join(UFES), world.join(UFES)];
  world.pass(5_000);
  world.say('init', { ID: 'a' });
  world.pass(20_000);
  for (const peer of peers) expect(saidBy(world, peer, 'voting')[0]).toEqual(['ID', 'Vote']);
});

test('the key of a vote that was heard counts more than what its introduction tells', () => {
  const world = new LabWorld();
  const peer = world.join({ ...UFES, peers: 2 });
  world.say('init', { ID: 'a' });
  world.say('voting', { ID: 'a', VoteID: '!' });
  world.pass(2_000);
  expect(saidBy(world, peer, 'voting')[0]).toEqual(['ID', 'VoteID']);
});

test('what one of ours says teaches another nothing', () => {
  const world = new LabWorld();
  const first = world.join({ ...UFES, peers: 5 });
  world.say('init', { clientId: 'a' });
  world.pass(10);
  const second = world.join({ ...UFES, peers: 5 });
  world.pass(5_000);
  expect(saidBy(world, first, 'init')).toEqual([['clientId']]);
  expect(saidBy(world, second, 'init')).toEqual([['ClientID']]);
  world.pass(11_000);
  expect(saidBy(world, first, 'init').at(-1)).toEqual(['clientId']);
  world.say('init', { clientId: 'a' });
  world.pass(11_000);
  expect(saidBy(world, second, 'init').at(-1)).toEqual(['clientId']);
});

test('ours alone say the keys of the labs', () => {
  const world = new LabWorld();
  for (let count = 0; count < 3; count += 1) world.join(STATEMENT);
  world.pass(20_000);
  const keys = new Set(world.heard.flatMap(({ text }) => keysOf(JSON.parse(text))));
  const labs = ['ClientID', 'VoteID', 'TransactionID', 'Challenge', 'Solution', 'Result'];
  expect([...keys].sort()).toEqual(labs.sort());
});

test('in a network that spells otherwise, a challenge is mined and answered in its keys', () => {
  const world = new LabWorld();
  const peer = world.join({ ...UFES, peers: 2 });
  world.say('init', { clientId: 'a' });
  world.say('voting', { clientId: 'a', voteId: 'zz' });
  world.pass(2_000);
  world.say('challenge', { transactionId: 0, challenge: 8 });
  world.pass(1_000);
  const [solution] = saidBy(world, peer, 'solution');
  expect(solution).toEqual(['transactionId', 'clientId', 'solution']);
  const { clientID } = peer.client;
  const text = peer.all('found')[0]?.solution;
  world.say('result', { clientId: clientID, transactionId: 0, solution: text, result: 1 });
  expect(peer.all('result')).toMatchObject([{ isOwn: true }]);
});

test('as controller it says challenges and results in the keys of those who mine', () => {
  const world = new LabWorld();
  const peer = world.join({ ...UFES, peers: 2 });
  world.say('init', { client_id: 'a' });
  world.say('voting', { client_id: 'a', vote_id: '!' });
  world.pass(5_000);
  expect(peer.all('elected')).toMatchObject([{ isSelf: true }]);
  const [challenge] = world.saidOn('challenge').map(keysOf);
  expect(challenge).toEqual(['transaction_id', 'TransactionID', 'challenge', 'Challenge']);
  world.say('solution', { transaction_id: 0, client_id: 'a', solution: 'x' });
  expect(keysOf(world.saidOn('result')[0])).toEqual([
    ...['client_id', 'transaction_id', 'solution', 'result'],
  ]);
});

test('where two spellings are heard, one message has both, so that nobody counts it twice', () => {
  const world = new LabWorld();
  const peer = world.join(UFES);
  world.say('init', { clientId: 'a' });
  world.say('init', { ClientID: 'b' });
  world.say('voting', { clientId: 'a', voteId: '!' });
  world.say('voting', { ClientID: 'b', VoteID: '!' });
  world.pass(3_000);
  expect(saidBy(world, peer, 'voting')).toEqual([['clientId', 'ClientID', 'voteId', 'VoteID']]);
});

test('who hears nobody of another kind for long says its name under all keys at once', () => {
  const world = new LabWorld();
  const peer = world.join(UFES);
  world.pass(12_000);
  expect(saidBy(world, peer, 'init')).toEqual([['ClientID']]);
  world.pass(3_000);
  expect(saidBy(world, peer, 'init')[1]).toEqual([...COMMON_CLIENT_KEYS]);
  world.say('init', { id: 'a' });
  world.pass(11_000);
  expect(saidBy(world, peer, 'init').at(-1)).toEqual(['id']);
});

test('a vote in keys that somebody turns out not to read is said again in its own', () => {
  const world = new LabWorld();
  const peer = world.join({ ...UFES, peers: 2 });
  world.say('init', { ID: 'a' });
  // So long ours waits for its vote.
  world.pass(15_500);
  expect(saidBy(world, peer, 'voting')).toEqual([['ID', 'Vote']]);
  world.say('voting', { ID: 'a', vote_id: 'zz' });
  expect(peer.all('elected')).toMatchObject([{ controller: 'a' }]);
  world.pass(1_100);
  expect(saidBy(world, peer, 'voting')).toEqual([
    ['ID', 'Vote'],
    ['ID', 'vote_id'],
  ]);
  world.pass(60_000);
  expect(saidBy(world, peer, 'voting')).toHaveLength(2);
});

test('nobody votes before it has introduced itself, with a second between', () => {
  const world = new LabWorld();
  const peer = world.join(UFES);
  world.pass(500);
  // Two of ours that know N already: it could vote at once.
  for (const name of ['a', 'b']) {
    world.say('init', `{"ClientID":"${name}"}\t`);
    world.say('voting', `{"ClientID":"${name}","VoteID":"!"}\t`);
  }
  world.pass(10_000);
  const times = (word: string): readonly number[] =>
    world.heard
      .filter((it) => it.word === word && it.text.includes(String(peer.client.clientID)))
      .map(({ at }) => at);
  const [introduced = 0] = times('init');
  expect(introduced).toBeGreaterThan(2_000);
  expect(times('voting')).toHaveLength(1);
  expect(times('voting')[0]).toBeGreaterThanOrEqual(introduced + 1_000);
});

test('a vote waits until those of another kind have voted, and a while longer', () => {
  const world = new LabWorld();
  const peer = world.join(UFES);
  for (const ClientID of ['a', 'b']) world.say('init', { ClientID });
  world.say('voting', { ClientID: 'a', VoteID: '!' });
  world.pass(4_000);
  expect(saidBy(world, peer, 'voting')).toHaveLength(0);
  world.say('voting', { ClientID: 'b', VoteID: '!' });
  world.pass(2_400);
  expect(saidBy(world, peer, 'voting')).toHaveLength(0);
  world.pass(200);
  expect(saidBy(world, peer, 'voting')).toHaveLength(1);
});
