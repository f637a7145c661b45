/** What befalls a network may cost it anything but its majority. */

import { expect, it } from 'vitest';
import {
  chanceOf,
  type Deed,
  type DeedKind,
  drawDeed,
  type Situation,
  type Target,
} from '../../src/cli/chaos-deeds.ts';
import { Chance } from '../../src/sim/chance.ts';

const peer = (number: number, more: Partial<Target> = {}): Target => ({
  label: `p${number}`,
  isMember: true,
  isController: number === 3,
  isAble: true,
  isSpared: number <= 2,
  ...more,
});

const calm: Situation = {
  peers: [1, 2, 3, 4, 5, 6, 7].map((number) => peer(number)),
  spare: 3,
  seats: 7,
  isBrokerOurs: true,
  isFlooding: false,
  machines: ['full-log', 'few-threads'],
  canFreeze: true,
};

function draw(situation: Situation, times = 2_000): readonly Deed[] {
  return Array.from({ length: times }, (_, seed) => drawDeed(new Chance(seed), situation)).filter(
    (deed) => deed !== null,
  );
}

const kindsOf = (deeds: readonly Deed[]): readonly DeedKind[] =>
  [...new Set(deeds.map(({ kind }) => kind))].sort();

/** Whom a deed takes away, for a while or for good. */
function taken(deed: Deed): readonly string[] {
  switch (deed.kind) {
    case 'kill-controller':
    case 'freeze-controller':
      return ['p3'];
    case 'kill':
    case 'freeze':
      return [deed.peer];
    case 'cut':
      return typeof deed.way === 'number' ? [] : deed.peers;
    case 'leave':
      return deed.peers;
    default:
      return [];
  }
}

it('everything there is befalls a network that can bear it', () => {
  expect(kindsOf(draw(calm))).toEqual([
    'cut',
    'flood',
    'freeze',
    'freeze-controller',
    'join',
    'kill',
    'kill-broker',
    'kill-controller',
    'leave',
  ]);
});

it('one seed draws one deed', () => {
  const twice = [1, 2].map(() => drawDeed(new Chance(42), calm));
  expect(twice[0]).toEqual(twice[1]);
  expect(new Set(draw(calm, 50).map((deed) => JSON.stringify(deed))).size).toBeGreaterThan(30);
});

it.each([0, 1, 2, 3])('of %i members to spare, no more are taken away', (spare) => {
  const deeds = draw({ ...calm, spare });
  for (const deed of deeds) expect(taken(deed).length).toBeLessThanOrEqual(spare);
  expect(Math.max(...deeds.map((deed) => taken(deed).length))).toBe(spare);
});

it('a network that has lost its majority already loses nobody more', () => {
  for (const deed of draw({ ...calm, spare: -1 })) expect(taken(deed)).toEqual([]);
});

it('whoever is to live through all of it is neither killed nor asked to leave', () => {
  for (const deed of draw(calm)) {
    if (deed.kind !== 'kill' && deed.kind !== 'leave') continue;
    expect(taken(deed).filter((label) => label === 'p1' || label === 'p2')).toEqual([]);
  }
  const spared = { ...calm, peers: calm.peers.map((each) => ({ ...each, isSpared: true })) };
  expect(kindsOf(draw(spared))).not.toContain('kill-controller');
  expect(kindsOf(draw(spared))).toContain('freeze-controller');
});

it('who takes no part already is left alone, and observers never count', () => {
  const peers = [
    ...calm.peers.map((each) => ({ ...each, isAble: false })),
    peer(8, { isMember: false, isController: false, isSpared: false }),
  ];
  const deeds = draw({ ...calm, peers, spare: 0 });
  expect(new Set(deeds.flatMap(taken))).toEqual(new Set(['p8']));
});

it("somebody else's broker is not killed, nor is anybody frozen where that cannot be", () => {
  const kinds = kindsOf(draw({ ...calm, isBrokerOurs: false, canFreeze: false, isFlooding: true }));
  for (const kind of ['kill-broker', 'freeze', 'freeze-controller', 'flood'] as const)
    expect(kinds).not.toContain(kind);
});

it('who comes may have a poor machine, but none that another one has already', () => {
  const machinesIn = (machines: Situation['machines']): readonly string[] =>
    draw({ ...calm, machines }).flatMap((deed) => (deed.kind === 'join' ? deed.machine : []));
  expect(new Set(machinesIn(['full-log', 'few-threads']))).toEqual(
    new Set(['sound', 'full-log', 'few-threads']),
  );
  expect(new Set(machinesIn(['few-threads']))).toEqual(new Set(['sound', 'few-threads']));
  expect(new Set(machinesIn([]))).toEqual(new Set(['sound']));
});

it('the seed of test/net/chaos.test.ts brings both poor machines first', () => {
  const drawn = (number: number, { machines }: Pick<Situation, 'machines'>): Deed | null =>
    drawDeed(chanceOf(2113, number), { ...calm, machines });
  expect(drawn(1, calm)).toEqual({ kind: 'join', machine: 'full-log' });
  const left = { machines: ['few-threads'] } as const;
  expect(drawn(2, left)).toEqual({ kind: 'join', machine: 'few-threads' });
});

it('where nothing can befall it, nothing does', () => {
  const nobody = { ...calm, peers: [], seats: -2, isBrokerOurs: false, isFlooding: true };
  expect(drawDeed(new Chance(1), nobody)).toBeNull();
});
