import fc from 'fast-check';
import { expect, it } from 'vitest';
import { FairPlaces, networkOf } from '../../src/domain/fair-places.ts';

/** Takes places for `x1`, `x2` … as in `crowd(places, 'x', 3)`; the group is the letter. */
function crowd(places: FairPlaces<string>, group: string, count: number, from = 1): void {
  for (let at = from; at < from + count; at += 1) places.take(`${group}${at}`, group);
}

it('while there is room, one address may have all places', () => {
  const places = new FairPlaces<string>(10);
  for (let at = 1; at <= 10; at += 1)
    expect(places.take(`x${at}`, 'x')).toEqual({ isIn: true, instead: null });
});

it('when full, a newcomer takes a place of the address that has the most', () => {
  const places = new FairPlaces<string>(10);
  crowd(places, 'a', 2);
  crowd(places, 'x', 5);
  crowd(places, 'b', 3);
  expect(places.take('c1', 'c')).toEqual({ isIn: true, instead: 'x1' });
  expect(places.take('a3', 'a')).toEqual({ isIn: true, instead: 'x2' });
});

it('there, those go first that have proved nothing, then those that came last', () => {
  const places = new FairPlaces<string>(4);
  crowd(places, 'x', 4);
  for (const holder of ['x1', 'x3', 'x4']) places.prove(holder);
  expect(places.take('a1', 'a')).toEqual({ isIn: true, instead: 'x2' });
  expect(places.take('b1', 'b')).toEqual({ isIn: true, instead: 'x4' });
});

it('one that comes again is refused if its address has the most, and no other goes', () => {
  const places = new FairPlaces<string>(10);
  crowd(places, 'x', 9);
  crowd(places, 'a', 1);
  for (let at = 1; at <= 9; at += 1) places.prove(`x${at}`);
  expect(places.take('x10', 'x')).toEqual({ isIn: false });
  expect(places.take('a2', 'a')).toEqual({ isIn: true, instead: 'x9' });
  for (let time = 0; time < 100; time += 1) expect(places.take('x9', 'x').isIn).toBe(false);
});

it('a newcomer takes the place of a silent one of its own address', () => {
  const places = new FairPlaces<string>(3);
  crowd(places, 'x', 3);
  places.prove('x1');
  expect(places.take('x4', 'x')).toEqual({ isIn: true, instead: 'x2' });
});

it('where each address has one place, only those go that have proved nothing', () => {
  const places = new FairPlaces<string>(3);
  for (const group of ['a', 'b', 'c']) crowd(places, group, 1);
  places.prove('a1');
  expect(places.take('d1', 'd')).toEqual({ isIn: true, instead: 'b1' });
  for (const holder of ['c1', 'd1']) places.prove(holder);
  expect(places.take('e1', 'e')).toEqual({ isIn: false });
});

it('a place that was left is free, and one that is taken twice is one', () => {
  const places = new FairPlaces<string>(2);
  crowd(places, 'a', 1);
  crowd(places, 'a', 1);
  places.take('b1', 'b');
  places.leave('b1');
  places.leave('never came');
  expect(places.take('c1', 'c')).toEqual({ isIn: true, instead: null });
});

it('there are never too many, and one that is proven goes to a smaller address alone', () => {
  const comings = fc.array(fc.tuple(fc.nat({ max: 5 }), fc.boolean()), { maxLength: 200 });
  fc.assert(
    fc.property(comings, (list) => {
      const places = new FairPlaces<number>(8);
      const inside = new Map<number, { readonly group: number; readonly isProven: boolean }>();
      const count = (group: number): number =>
        [...inside.values()].filter((it) => it.group === group).length;
      for (const [holder, [group, isProven]] of list.entries()) {
        const taking = places.take(holder, String(group));
        if (!taking.isIn) continue;
        // A place is lost if all are taken, and none before that.
        expect(taking.instead === null).toBe(inside.size < 8);
        const loser = inside.get(taking.instead ?? -1);
        if (loser?.isProven) expect(count(loser.group)).toBeGreaterThanOrEqual(count(group) + 2);
        inside.delete(taking.instead ?? -1);
        inside.set(holder, { group, isProven });
        if (isProven) places.prove(holder);
        expect(inside.size).toBeLessThanOrEqual(8);
      }
    }),
  );
});

it.each([
  ['192.168.1.17', '192.168.1.17'],
  ['::ffff:192.168.1.17', '192.168.1.17'],
  ['::FFFF:c0a8:0111', '192.168.1.17'],
  ['0:0:0:0:0:ffff:127.0.0.1', '127.0.0.1'],
  ['::1', '0:0:0:0::/64'],
  ['2001:db8:1:2:aaaa::1', '2001:db8:1:2::/64'],
  ['2001:DB8:1:2::', '2001:db8:1:2::/64'],
  ['2001:db8::1:2:3:4', '2001:db8:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['', ''],
])('%j is of the network %j', (address, network) => {
  expect(networkOf(address)).toBe(network);
});
