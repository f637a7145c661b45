import { describe, expect, it } from 'vitest';
import { nodeHasher } from '../../src/node/crypto.ts';
import { PERSONALITIES, plainBroker } from '../../src/sim/personality.ts';
import { type Inhabitant, World } from '../../src/sim/world.ts';

const heartbeatMs = 1_000;

function town(personality = plainBroker): { world: World; first: Inhabitant } {
  const settings = { peers: 3, heartbeatMs };
  const world = new World({ seed: 3, hasher: nodeHasher, personality, settings });
  for (let count = 0; count < 3; count += 1) world.start();
  world.runUntil(() => world.controller() !== null, 10_000);
  world.run(2_000);
  const first = world.controller();
  if (first === null) throw new Error('There is a controller.');
  return { world, first };
}

/** Another process with the key of `peer`, and nothing that it has written down. */
function copy(world: World, { self }: Inhabitant): Inhabitant {
  return world.start({ self, hasOldKey: true });
}

function toldBy(world: World, { name }: Inhabitant): readonly string[] {
  return world.told
    .filter(({ peer }) => peer === name)
    .map(({ note }) => (note.kind === 'idle' ? `idle: ${note.idle.reason}` : note.kind));
}

describe('a second peer with our name', () => {
  it('waits, tells its people so, and takes part when the first one has ended', () => {
    const { world, first } = town();
    const { term, height } = world.view(first);
    const second = copy(world, first);
    world.run(30_000);
    expect(toldBy(world, second)).toContain('idle: name-in-use');
    // The first one governs on, and no peer took the other one's messages for its own.
    expect(world.view(first)).toMatchObject({ role: 'controller', term });
    expect(world.view(first).height).toBeGreaterThan(height);
    expect(world.view(second)).toMatchObject({ network: null });

    world.kill(first);
    world.run(10_000);
    expect(world.view(second).network).not.toBeNull();
    expect(world.view(second).height).toBeGreaterThan(height);
  });

  it('may end while it waits, and no peer takes that for the end of the first one', () => {
    const { world, first } = town();
    const { term } = world.view(first);
    const second = copy(world, first);
    world.run(3_000);
    world.kill(second);
    world.run(30_000);
    expect(world.view(first)).toMatchObject({ role: 'controller', term });
  });

  it('takes part while the first one is frozen, which ends when it goes on, and says why', () => {
    const { world, first } = town();
    world.freeze(first);
    const second = copy(world, first);
    world.run(10_000);
    expect(world.view(second).network).not.toBeNull();
    const before = world.told.length;
    world.thaw(first);
    world.run(10_000);
    const later = world.told.slice(before).filter(({ peer }) => peer === first.name);
    const refused = later.flatMap(({ note }) => (note.kind === 'refused' ? note.code : []));
    expect(refused).toContain('second-peer-with-our-name');
    expect(toldBy(world, second)).not.toContain('idle: name-in-use');
  });

  it('is none where all that answers is an old recording', () => {
    // A broker that keeps nothing: there the newcomer cannot know that the others have ended.
    const { world, first } = town(PERSONALITIES.rabbitmq);
    const texts: { topic: string; payload: Uint8Array }[] = [];
    const { network } = world;
    const broadcast = network.broadcast.bind(network);
    network.broadcast = (delivery, from) => {
      if (new TextDecoder().decode(delivery.payload).includes(first.self.clientID))
        texts.push({ topic: delivery.topic, payload: delivery.payload });
      broadcast(delivery, from);
    };
    const second = copy(world, first);
    world.run(5_000);
    world.kill(second);
    world.kill(first);
    world.run(1_000);
    const third = copy(world, first);
    const recorded = [...texts];
    for (let round = 0; round < 50; round += 1)
      world.agenda.plan(100 * round, () => {
        for (const { topic, payload } of recorded) world.inject(topic, payload);
      });
    world.run(5_000);
    expect(recorded.length).toBeGreaterThan(5);
    expect(toldBy(world, third)).not.toContain('idle: name-in-use');
    expect(world.view(third).network).not.toBeNull();
  });
});

describe('a peer that starts again', () => {
  it('takes part at once where the broker knows that it had ended', () => {
    const { world, first } = town();
    world.kill(first);
    const at = world.agenda.now;
    world.restart(first);
    world.run(100);
    const said = world.told.find(
      ({ peer, at: when, note }) => peer !== first.name && when > at && note.kind === 'joined',
    );
    expect(said).toBeDefined();
  });
});
