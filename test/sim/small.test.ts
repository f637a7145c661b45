import { describe, expect, it } from 'vitest';
import type { Message } from '../../src/domain/message.ts';
import { nodeHasher } from '../../src/node/crypto.ts';
import { checkersOf } from '../../src/sim/checkers/all.ts';
import type { Checker } from '../../src/sim/checkers/fact.ts';
import { search } from '../../src/sim/small/search.ts';
import { SmallWorld } from '../../src/sim/small/world.ts';
import { oneBlock, oneElection, type Start } from '../../src/sim/small/worlds.ts';

const checkers = checkersOf(nodeHasher);

function look({ world, start }: Start, most: number, judges = checkers): ReturnType<typeof search> {
  return search(world, start, { checkers: judges, most });
}

describe('every state of a small world', () => {
  it.each([1, 2, 3])('of one election keeps what must hold, lot %i', (seed) => {
    const finding = look(oneElection(nodeHasher, seed, 1), 20_000);
    expect(finding).toMatchObject({ violation: null, states: 20_000 });
  });

  it.each([1, 2, 3])('of one block and two controllers does so, too, lot %i', (seed) => {
    const finding = look(oneBlock(nodeHasher, seed, 1), 20_000);
    expect(finding).toMatchObject({ violation: null, states: 20_000 });
  });
});

/** A made-up invariant, to see how the search tells of one that is broken. */
const never = (isDone: (message: Message) => boolean): readonly Checker[] => [
  {
    name: 'never',
    states: 'Nobody ever says this.',
    begin: () => ({
      see: (fact) => (fact.kind === 'said' && isDone(fact.message) ? 'Somebody says it.' : null),
    }),
  },
];

describe('the search', () => {
  it('tells the shortest way to a violation', () => {
    const judges = never(({ kind }) => kind === 'mandate');
    const { violation } = look(oneElection(nodeHasher, 1, 0), 100_000, judges);
    // Two suspect and one of them reveals late; then the winner hears the vote of the other.
    expect(violation?.steps.length).toBeGreaterThanOrEqual(6);
    expect(violation?.steps.at(-1)).toMatch(/^p\d: hear vote \d+ of term 1 of /);
  });

  it('comes to a block that a second controller takes over', () => {
    const judges = never((message) => message.kind === 'proposal' && message.term === 2);
    expect(look(oneBlock(nodeHasher, 1, 0), 200_000, judges).violation?.name).toBe('never');
  });

  it('comes to restarts', () => {
    const judges = never(({ kind }) => kind === 'heartbeat');
    const { violation } = look(oneElection(nodeHasher, 1, 1), 10, judges);
    expect(violation).not.toBeNull();
  });

  it('says so when it has looked at everything', () => {
    const bounds = { terms: 1, blocks: 0, crashes: 1 };
    const world = new SmallWorld({ hasher: nodeHasher, peers: 1, seed: 1, bounds });
    const finding = search(world, world.begin(), { checkers, most: 1_000 });
    expect(finding).toMatchObject({ isComplete: true, violation: null });
    expect(finding.states).toBeGreaterThan(3);
  });
});
