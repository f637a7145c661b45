import { expect, test } from 'vitest';
import { LabWorld, UFES } from './lab-world.ts';

const GARBAGE: readonly [string, unknown, string][] = [
  ['init', '[1,2]', 'not-an-object'],
  ['init', '7', 'not-an-object'],
  ['init', 'null', 'not-an-object'],
  ['init', '{"ClientID"', 'not-json'],
  ['init', { ClientID: null }, 'nameless'],
  ['init', {}, 'malformed'],
  ['init', { ClientID: 7 }, 'malformed'],
  ['init', { ClientID: { a: 1 } }, 'malformed'],
  ['voting', { ClientID: 'a' }, 'malformed'],
  ['voting', { ClientID: 'a', VoteID: 3 }, 'malformed'],
  ['challenge', { TransactionID: 0 }, 'malformed'],
  ['challenge', { TransactionID: 0, Challenge: 1.5 }, 'malformed'],
  ['challenge', { TransactionID: 0, Challenge: -1 }, 'malformed'],
  ['challenge', { TransactionID: 0, Challenge: 80 }, 'unplayable'],
  ['solution', { TransactionID: 0, ClientID: 'a', Solution: [] }, 'malformed'],
  ['result', { TransactionID: 0, Result: 'win' }, 'malformed'],
  ['init', `{"ClientID":"${'x'.repeat(70_000)}"}`, 'too-large'],
  ['init', `{"ClientID":"a","deep":${'['.repeat(20)}${']'.repeat(20)}}`, 'too-deep'],
  ['peer/x', { ClientID: 'x', State: 4 }, 'malformed'],
];

test.each(GARBAGE)('on %s, %#: a message is refused as %s', (word, said, code) => {
  const world = new LabWorld();
  const peer = world.join(UFES);
  world.say(word, said);
  world.say(word, said);
  world.pass(1_500);
  expect(peer.all('refused')).toMatchObject([{ code, count: 2 }]);
  expect(peer.all('joined')).toHaveLength(0);
});

test('what is no UTF-8, and what the broker has kept, is refused', () => {
  const world = new LabWorld();
  world.say('challenge', { TransactionID: 3, Challenge: 8 }, true);
  const peer = world.join(UFES);
  world.broker.publish('sd/init', Uint8Array.of(0xff, 0xfe));
  world.pass(2_000);
  expect(peer.all('refused').map((it) => it.code)).toEqual(['retained', 'not-utf8']);
  expect(peer.all('challenge')).toHaveLength(0);
});
