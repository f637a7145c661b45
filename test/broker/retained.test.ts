import { expect, it } from 'vitest';
import { Retained } from '../../broker/retained.ts';

const MIB = 1024 * 1024;
const ann = { user: 'ann', network: '10.0.0.1' };
const bob = { user: 'bob', network: '10.0.0.1' };
const here = { user: null, network: '127.0.0.1' };

function presence(index: number): string {
  return `sd/peer/00000000-0000-8000-8000-${String(index).padStart(12, '0')}`;
}

/** With what it made the broker forget. */
function open(): { readonly retained: Retained; readonly forgotten: string[] } {
  const forgotten: string[] = [];
  return { retained: new Retained((topic) => forgotten.push(topic)), forgotten };
}

it('ten thousand topics are retained, and again those that were cleared', () => {
  const { retained, forgotten } = open();
  for (let index = 0; index < 10_000; index += 1) {
    expect(retained.grants(`a/${index}`, 1, ann)).toBe(true);
  }
  expect(retained.grants('one more', 1, ann)).toBe(false);
  expect(retained.grants('a/7', 2, ann)).toBe(true);
  expect(retained.grants('a/7', 0, ann)).toBe(true);
  expect(retained.grants('one more', 1, ann)).toBe(true);
  expect(forgotten).toEqual([]);
});

it('a user that fills all topics makes room for others, the newest topic first', () => {
  const { retained, forgotten } = open();
  for (let index = 0; index < 10_000; index += 1) retained.grants(`a/${index}`, 1, ann);
  expect(retained.grants('sd/controller', 1, bob)).toBe(true);
  expect(forgotten).toEqual(['a/9999']);
  expect(retained.grants('a/9999', 1, ann)).toBe(false);
  expect(retained.setterOf('a/9999')).toBeNull();
  expect(retained.setterOf('sd/controller')).toBe('bob');
});

it('one user has 16 MiB of the 64, whatever came before on the same topic', () => {
  const { retained } = open();
  for (let time = 0; time < 3; time += 1) expect(retained.grants('a', 15 * MIB, ann)).toBe(true);
  expect(retained.grants('b', MIB, ann)).toBe(true);
  expect(retained.grants('c', 1, ann)).toBe(false);
  expect(retained.grants('a', 16 * MIB, ann)).toBe(false);
  expect(retained.grants('c', 16 * MIB, bob)).toBe(true);
  // A topic counts for the user who said last what is there.
  expect(retained.grants('c', 1, { ...bob, user: 'eve' })).toBe(true);
  expect(retained.grants('d', 16 * MIB, bob)).toBe(true);
  expect(retained.grants('a', 1, ann)).toBe(true);
  expect(retained.grants('e', 15 * MIB - 1, ann)).toBe(true);
  expect(retained.grants('f', 1, ann)).toBe(false);
});

it('the presence of a peer is forgotten a while after its connection ended', () => {
  const { retained, forgotten } = open();
  const [first, second] = [{}, {}];
  for (const [index, connection] of [first, second].entries()) {
    retained.grants(presence(index), 1, ann);
    retained.hold(presence(index), connection);
  }
  retained.grants('sd/controller', 1, ann);
  retained.hold('sd/controller', first);
  retained.leave(first, 1_000);
  retained.leave(second, 2_000);
  retained.expire(999);
  expect(forgotten).toEqual([]);
  // It has come back.
  retained.grants(presence(1), 1, ann);
  retained.hold(presence(1), {});
  retained.expire(5_000);
  expect(forgotten).toEqual([presence(0)]);
  expect(retained.setterOf(presence(1))).toBe('ann');
});

it('a mandate is retained beside 10,100 presences of the gone, of which the oldest goes', () => {
  const { retained, forgotten } = open();
  for (let index = 0; index < 10_100; index += 1) {
    const connection = {};
    expect(retained.grants(presence(index), 500, here)).toBe(true);
    retained.hold(presence(index), connection);
    retained.leave(connection, index);
  }
  expect(forgotten).toHaveLength(100);
  expect(retained.grants('sd/controller', 2_000, here)).toBe(true);
  expect(forgotten).toHaveLength(101);
  expect(forgotten.at(-1)).toBe(presence(100));
});

it('presences of those that are here do not go for it', () => {
  const { retained, forgotten } = open();
  const connection = {};
  for (let index = 0; index < 10_000; index += 1) {
    retained.grants(presence(index), 1, here);
    retained.hold(presence(index), connection);
  }
  expect(retained.grants('sd/controller', 1, here)).toBe(false);
  expect(forgotten).toEqual([]);
  retained.leave(connection, 0);
  expect(retained.grants('sd/controller', 1, here)).toBe(true);
});

it('presences of the gone make room for bytes, too: of that user where it has its share', () => {
  const { retained, forgotten } = open();
  for (const [index, setter] of [ann, bob].entries()) {
    const connection = {};
    retained.grants(presence(index), 15 * MIB, setter);
    retained.hold(presence(index), connection);
    retained.leave(connection, index);
  }
  expect(retained.grants('a', 2 * MIB, bob)).toBe(true);
  expect(forgotten).toEqual([presence(1)]);
  // Not its own, while that is what is being said.
  expect(retained.grants(presence(0), 17 * MIB, ann)).toBe(false);
  expect(forgotten).toEqual([presence(1)]);
});

it('an empty payload clears a presence at once, and nothing of it is left to expire', () => {
  const { retained, forgotten } = open();
  const connection = {};
  retained.grants(presence(1), 1, ann);
  retained.hold(presence(1), connection);
  expect(retained.grants(presence(1), 0, ann)).toBe(true);
  retained.hold(presence(1), connection);
  retained.leave(connection, 0);
  retained.expire(1);
  expect(forgotten).toEqual([]);
});
