import { describe, expect, it } from 'vitest';
import type { Message } from '../../src/domain/message.ts';
import { nodeHasher } from '../../src/node/crypto.ts';
import { checkersOf } from '../../src/sim/checkers/all.ts';
import type { Checker } from '../../src/sim/checkers/fact.ts';
import { search } from '../../src/sim/small/search.ts';
import { SmallWorld } from '../../src/sim/small/world.ts';
import { oneBlock, oneElection, type Start } from '../../src/sim/small/worlds.ts';

const checkers = checkersOf(nodeHasher);

const any = Number.POSITIVE_INFINITY;

function look({ world, start }: Start, most: number, judges = checkers): ReturnType<typeof search> {
  return search(world, start, { checkers: judges, most });
}

describe('every state of a small world', () => {
  it.each([1, 2, 3])('of one election keeps what must hold, lot %i', (seed) => {
    const finding = look(oneElection(nodeHasher, seed, { crashes: 1, losses: 2 }), 10_000);
    expect(finding).toMatchObject({ violation: null, states: 10_000 });
  });

  it.each([1, 2, 3])('of one block and two controllers does so, too, lot %i', (seed) => {
    const finding = look(oneBlock(nodeHasher, seed, { crashes: 1, losses: 2 }), 10_000);
    expect(finding).toMatchObject({ violation: null, states: 10_000 });
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
    const { violation } = look(
      oneElection(nodeHasher, 1, { crashes: 0, losses: any }),
      100_000,
      judges,
    );
    // Two suspect and one of them reveals late; then the winner hears the vote of the other.
    expect(violation?.steps.length).toBeGreaterThanOrEqual(6);
    expect(violation?.steps.at(-1)).toMatch(/^p\d: hear vote \d+ of term 1 of /);
  });

  it('comes to a block that a second controller takes over', () => {
    const judges = never((message) => message.kind === 'proposal' && message.term === 2);
    expect(
      look(oneBlock(nodeHasher, 1, { crashes: 0, losses: any }), 200_000, judges).violation?.name,
    ).toBe('never');
  });

  it('knows all states of few faults, and more of more', () => {
    const counts = [0, 1].map((losses) => {
      const finding = look(oneElection(nodeHasher, 1, { crashes: 0, losses }), 10_000);
      expect(finding).toMatchObject({ isComplete: true, violation: null });
      return finding.states;
    });
    const crashed = look(oneElection(nodeHasher, 1, { crashes: 1, losses: 0 }), 10_000);
    expect(crashed).toMatchObject({ isComplete: true, violation: null });
    const [none = 0, one = 0] = counts;
    expect(one).toBeGreaterThan(10 * none);
    expect(crashed.states).toBeGreaterThan(10 * none);
  });

  it('tells what somebody missed on the way', () => {
    const draws = new Set<string>();
    const alike: Checker = {
      name: 'alike',
      states: 'All draw the same.',
      begin: () => {
        draws.clear();
        return {
          see: (fact) => {
            if (fact.kind === 'noted' && fact.note.kind === 'drawn') draws.add(fact.note.seed);
            return draws.size > 1 ? 'Two draw differently.' : null;
          },
        };
      },
    };
    const judge = (losses: number): ReturnType<typeof search> =>
      look(oneElection(nodeHasher, 1, { crashes: 0, losses }), 100_000, [alike]);
    expect(judge(0).violation).toBeNull();
    expect(judge(2).violation?.steps.join('\n')).toMatch(/hear (commitment|reveal) .*, not yet/);
  });

  it('comes to restarts', () => {
    const judges = never(({ kind }) => kind === 'heartbeat');
    const { violation } = look(oneElection(nodeHasher, 1, { crashes: 1, losses: any }), 10, judges);
    expect(violation).not.toBeNull();
  });

  it('says so when it has looked at everything', () => {
    const bounds = { terms: 1, blocks: 0, crashes: 1, losses: any };
    const world = new SmallWorld({ hasher: nodeHasher, peers: 1, seed: 1, bounds });
    const finding = search(world, world.begin(), { checkers, most: 1_000 });
    expect(finding).toMatchObject({ isComplete: true, violation: null });
    expect(finding.states).toBeGreaterThan(3);
  });
});
