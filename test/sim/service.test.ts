/** Work from a false service: what it sees, and what a world makes of that. */

import { describe, expect, it } from 'vitest';
import type { Digest, QuestID, UnixMs } from '../../src/domain/names.ts';
import type { Find, Submitted } from '../../src/domain/task.ts';
import { nodeHasher } from '../../src/node/crypto.ts';
import { Agenda } from '../../src/sim/agenda.ts';
import { Body, trueClock } from '../../src/sim/body.ts';
import { FalseService } from '../../src/sim/false-service.ts';
import { live } from '../../src/sim/life.ts';
import { problemOfService, serviceBitsOf } from '../../src/sim/moods.ts';
import { planLife, withoutBad } from '../../src/sim/plan.ts';
import { World } from '../../src/sim/world.ts';

describe('a false service', () => {
  const find: Find = {
    key: 'a'.repeat(64) as QuestID,
    timestamp: 1_767_225_600_071 as UnixMs,
    nonce: 19,
    // Of test/scripts/service.txt, where the network finds it.
    digest: '0092a8f8f4332281' as Digest,
  };

  it('notices what is no find', () => {
    const agenda = new Agenda();
    const service = new FalseService(nodeHasher, 8);
    const source = service.open(new Body(agenda, trueClock));
    const answers: Submitted[] = [];
    source.submit(find, (answer) => answers.push(answer));
    while (agenda.step(1_000)) {
      // It answers.
    }
    expect(answers).toMatchObject([{ kind: 'rejected' }]);
    expect(service.wrong).toEqual([find]);
    expect(service.taken).toEqual([]);
  });
});

describe('a world with a service', () => {
  const town = (): World => {
    const settings = { peers: 3, mineWhen: 'transactions' } as const;
    const world = new World({ seed: 4, hasher: nodeHasher, serviceBits: 8, settings });
    for (let count = 0; count < 3; count += 1) world.start();
    world.runUntil(() => world.controller() !== null, 10_000);
    return world;
  };

  it('is well while finds come, and not without', () => {
    const world = town();
    expect(problemOfService(world, () => false)).toBeNull();
    if (world.service !== null) world.service.mood = 'down';
    expect(problemOfService(world, () => false)).toMatchObject({ name: 'liveness' });
  });

  it('is not well where a find is none', () => {
    const world = town();
    world.service?.wrong.push({} as Find);
    expect(problemOfService(world, () => false)).toMatchObject({ name: 'L4' });
  });

  it('lives among others', () => {
    let taken = 0;
    for (let seed = 1; seed <= 30; seed += 1) {
      if (serviceBitsOf(seed) === undefined) continue;
      const { world, violation } = live(planLife(seed, withoutBad), nodeHasher);
      expect(violation).toBeNull();
      taken += world.service?.taken.length ?? 0;
    }
    expect(taken).toBeGreaterThan(20);
  });
});
