import { expect, test } from 'vitest';
import { nodeHasher } from '../../src/node/crypto.ts';
import { World } from '../../src/sim/world.ts';

test('a controller that is started again learns that it is one no more', () => {
  const world = new World({
    seed: 5,
    hasher: nodeHasher,
    settings: { peers: 3, difficulty: 'fixed:8' },
  });
  for (let count = 0; count < 3; count += 1) world.start();
  world.run(3_000);
  const controller = world.controller();
  if (controller === null) throw new Error('There is a controller after 3 s.');
  world.kill(controller);
  const before = world.told.length;
  world.restart(controller);
  world.run(400);
  const told = world.told.slice(before).filter(({ peer }) => peer === controller.name);
  const ofTerm = told.map(({ note }) => note).filter((note) => 'term' in note && note.term === 1);
  expect(ofTerm).toContainEqual({ kind: 'stepped-down', term: 1, why: 'restarted' });
  expect(ofTerm.map(({ kind }) => kind)).not.toContain('mandate');
});
