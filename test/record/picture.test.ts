/** A picture of a network is drawn from messages alone: the story is told in picture.txt. */

import { expect, test } from 'vitest';
import { assert } from '../../src/domain/assert.ts';
import { nodeHasher } from '../../src/node/crypto.ts';
import { newPicture } from '../../src/record/picture.ts';
import { advance } from '../../src/record/picture-advance.ts';
import { World } from '../../src/sim/world.ts';
import { runScript } from '../script.ts';
import { commands, Ear, type Scene } from './scene.ts';

test('what a listener knows of a network, step by step', async () => {
  const scene: Scene = { world: null, told: 0, ear: null, overheard: [] };
  await runScript<Scene>(new URL('picture.txt', import.meta.url), commands, scene);
});

/** A world that loses and repeats messages, with somebody who listens. */
function badWorld(seed: number): { world: World; ear: Ear } {
  const nemesis = { loss: 0.1, repeat: 0.2, delayMs: [0, 60] } as const;
  const world = new World({ seed, hasher: nodeHasher, nemesis, settings: { peers: 3 } });
  const ear = new Ear(world);
  for (let count = 0; count < 4; count += 1) world.start();
  world.runUntil(() => world.controller() !== null, 60_000);
  world.run(15_000);
  const controller = world.controller();
  if (controller !== null) world.kill(controller);
  world.run(45_000);
  return { world, ear };
}

test.each([1, 2, 3, 4, 5, 6])(
  'nobody is accused in a bad world of honest peers, seed %d',
  (seed) => {
    const { world, ear } = badWorld(seed);
    const { picture } = ear.onlooker;
    expect(picture.results.length).toBeGreaterThan(3);
    // Keys that were never heard, and words of a controller whose mandate was lost, are no offence.
    const excused = ['unknown-sender', 'forged-evidence', 'not-a-member'];
    expect(Object.keys(picture.refusals).filter((code) => !excused.includes(code))).toEqual([]);
    const controller = world.controller();
    assert(controller !== null, 'The world has recovered.');
    expect(picture.controller).toMatchObject({ clientID: controller.self.clientID, isAlive: true });
    expect(picture.term).toBe(world.view(controller).term);
    expect(picture.network).toBe(world.view(controller).network);
    expect(picture.draw?.isRecomputed).not.toBe(false);
  },
);

test('the same sightings give the same picture again, and a clone of it goes on alike', () => {
  const { ear } = badWorld(7);
  const again = newPicture();
  const middle = Math.floor(ear.sightings.length / 2);
  for (const sighting of ear.sightings.slice(0, middle)) advance(again, sighting, nodeHasher);
  const clone = structuredClone(again);
  for (const sighting of ear.sightings.slice(middle)) {
    advance(again, sighting, nodeHasher);
    advance(clone, sighting, nodeHasher);
  }
  expect(again).toEqual(ear.onlooker.picture);
  expect(clone).toEqual(again);
});
