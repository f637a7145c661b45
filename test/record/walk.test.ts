/** Forward and back through a recording, one sees at each place what one saw there before. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nodeHasher } from '../../src/node/crypto.ts';
import { LabOnlooker } from '../../src/record/lab-onlooker.ts';
import { advanceLab } from '../../src/record/lab-picture.ts';
import { OurOnlooker } from '../../src/record/onlooker.ts';
import { advance } from '../../src/record/picture-advance.ts';
import { Walk } from '../../src/record/walk.ts';
import { toyVerifier } from '../../src/sim/toy-crypto.ts';
import { World } from '../../src/sim/world.ts';
import { Ear } from './scene.ts';

function listen(): Ear {
  const world = new World({ seed: 5, hasher: nodeHasher, settings: { peers: 3 } });
  const ear = new Ear(world);
  for (let count = 0; count < 4; count += 1) world.start();
  world.run(90_000);
  world.inject('sd/init', new TextEncoder().encode('garbage'));
  world.run(10_000);
  return ear;
}

const ear = listen();
const { recording } = ear;

function walkAlong() {
  const onlooker = new OurOnlooker({
    prefix: 'sd',
    hasher: nodeHasher,
    verifier: toyVerifier(),
  });
  return new Walk(recording, onlooker, (picture, sighting) =>
    advance(picture, sighting, nodeHasher),
  );
}

test('at the end the picture is what a listener had', () => {
  const walk = walkAlong();
  expect(recording.length).toBeGreaterThan(600);
  walk.goTo(Number.POSITIVE_INFINITY);
  expect(walk.at).toBe(recording.length);
  expect(walk.picture).toEqual(ear.onlooker.picture);
  expect(walk.sighting?.recorded).toEqual(recording.at(-1));
});

test('whatever the way to a place, the picture there is the same', () => {
  const straight = new Map<number, string>();
  const first = walkAlong();
  for (let at = 0; at <= recording.length; at += 1) {
    first.goTo(at);
    straight.set(at, JSON.stringify(first.picture));
  }
  const walk = walkAlong();
  const places = fc.array(fc.integer({ min: -5, max: recording.length + 5 }), { maxLength: 8 });
  fc.assert(
    fc.property(places, (way) => {
      for (const place of way) {
        walk.goTo(place);
        expect(walk.at).toBe(Math.max(0, Math.min(recording.length, place)));
        expect(JSON.stringify(walk.picture)).toBe(straight.get(walk.at));
      }
    }),
    { numRuns: 30 },
  );
});

test('an empty recording has one place', () => {
  const onlooker = new LabOnlooker({ prefix: 'sd', dialect: 'ufes', seats: 2 });
  const walk = new Walk([], onlooker, advanceLab);
  walk.goTo(7);
  expect([walk.at, walk.length, walk.sighting]).toEqual([0, 0, null]);
});
