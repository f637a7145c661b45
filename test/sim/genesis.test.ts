/** Networks whose accounts begin with something, and peers that come without their list. */

import { describe, expect, it } from 'vitest';
import { Audit } from '../../src/client/audit.ts';
import type { Entry, Settings } from '../../src/domain/contract.ts';
import { type Genesis, sortedGenesis } from '../../src/domain/genesis.ts';
import type { Message } from '../../src/domain/message.ts';
import type { ClientID } from '../../src/domain/names.ts';
import { readText, textOf } from '../../src/domain/transaction.ts';
import { accountOf } from '../../src/ledger/account.ts';
import { digestOfGenesis } from '../../src/ledger/genesis.ts';
import { merkleRoot } from '../../src/ledger/merkle.ts';
import { rulesOf } from '../../src/ledger/rules.ts';
import { nodeHasher } from '../../src/node/crypto.ts';
import type { Recorded } from '../../src/record/recording.ts';
import { Referee } from '../../src/record/referee/referee.ts';
import { describeViolation } from '../../src/record/referee/violation.ts';
import { type Life, live, titleOf } from '../../src/sim/life.ts';
import { planLife, withoutBad } from '../../src/sim/plan.ts';
import { toySigner, toyVerifier } from '../../src/sim/toy-crypto.ts';
import { type Inhabitant, World, type WorldOptions } from '../../src/sim/world.ts';
import { payloadOf } from '../../src/wire/envelope.ts';
import { recorder } from '../broken/tape.ts';
import { texts, wallet } from '../ledger/wallet.ts';

const [ann, bob] = [wallet('ann'), wallet('bob')];
const listOf = (units: number): Genesis =>
  sortedGenesis([
    { key: ann.key, units },
    { key: bob.key, units: 20 },
  ]);
const genesis = digestOfGenesis(listOf(50), nodeHasher);

/** Told of a list that it does not have, or of none. */
const named: Partial<Settings> = { genesis, genesisList: [] };
const untold: Partial<Settings> = { genesis: null, genesisList: [] };

/** Three that founded with a list, and one of them governs. */
function town(seed = 1, onCarried?: WorldOptions['onCarried']): World {
  const world = new World({
    seed,
    ...(onCarried !== undefined && { onCarried }),
    hasher: nodeHasher,
    settings: { genesis, genesisList: listOf(50), mineWhen: 'transactions' },
  });
  for (let count = 0; count < 3; count += 1) world.start();
  expect(world.runUntil(() => world.controller() !== null, 30_000)).toBe(true);
  return world;
}

/** Has the controller say another list than its own, or none. */
function corrupt(world: World, list: Genesis | null): Inhabitant {
  const liar = world.controller();
  if (liar === null) throw new Error('There is one.');
  const { clientID, publicKey } = liar.self;
  world.censors.set(clientID, {
    hears: () => true,
    reword: (topic, text) => {
      if (!text.includes('"Genesis":[')) return text;
      const to = topic.slice('sd/sync/'.length) as ClientID;
      if (list === null) return null;
      const lie = { kind: 'answer', clientID, to, genesis: list } as const;
      return payloadOf(lie, topic, toySigner(publicKey));
    },
  });
  return liar;
}

function isIn(world: World, peer: Inhabitant): boolean {
  return world.view(peer).network !== null && peer.client.account(ann.account).balance === 50;
}

describe('a peer that comes without the list', () => {
  for (const [what, settings] of [
    ['is told of none', untold],
    ['has Rules that name one', named],
  ] as const) {
    it(`and ${what}: takes a wrong one from nobody, and asks somebody else`, () => {
      const world = town();
      const liar = corrupt(world, listOf(51));
      const late = world.start(settings);
      expect(world.runUntil(() => isIn(world, late), 30_000)).toBe(true);
      const code = settings === named ? 'wrong-genesis' : 'not-a-founding';
      expect(world.view(late).refusals[code]).toBeGreaterThan(0);
      const from = world.told.find(
        ({ peer, note }) => peer === late.name && note.kind === 'founded',
      );
      expect(from?.note).toMatchObject({ genesis: { digest: genesis, units: 70 } });
      expect(from?.note).not.toMatchObject({ genesis: { from: liar.self.clientID } });
    });

    it(`and ${what}: begins no ledger before it has come`, () => {
      const world = town();
      const liar = corrupt(world, null);
      const late = world.start(settings);
      for (const { self, name } of world.peers)
        if (name !== late.name && self !== liar.self)
          world.censors.set(self.clientID, {
            hears: () => true,
            reword: (topic, text) => (topic.startsWith('sd/sync/') ? null : text),
          });
      world.run(30_000);
      // It has heard founding, mandate and heartbeats all the time.
      expect(world.view(late)).toMatchObject({ network: null, height: -1, controllerID: null });
      expect(late.journal.recover().entries.map(({ kind }) => kind)).not.toContain('voted');
      world.censors.clear();
      expect(world.runUntil(() => isIn(world, late), 30_000)).toBe(true);
    });
  }

  it('asks again where the list alone was lost, and blames nobody', () => {
    const settings = { peers: 1, genesis, genesisList: listOf(50) };
    const world = new World({ seed: 1, hasher: nodeHasher, settings });
    const only = world.start();
    expect(world.runUntil(() => world.controller() !== null, 30_000)).toBe(true);
    for (const told of [untold, named]) {
      let lost = 0;
      world.censors.set(only.self.clientID, {
        hears: () => true,
        reword: (_, text) => {
          if (!text.includes('"Genesis":[') || lost > 0) return text;
          lost += 1;
          return null;
        },
      });
      const late = world.start(told);
      expect(world.runUntil(() => world.view(late).network !== null, 5_000)).toBe(true);
      expect(lost).toBe(1);
      expect(world.view(late).refusals).not.toHaveProperty('not-a-founding');
    }
  });

  it('is admitted to a free seat, and acknowledges payments from the start', async () => {
    const world = town();
    const late = world.start(untold);
    expect(world.runUntil(() => isIn(world, late), 30_000)).toBe(true);
    const victim = world.peers.find((peer) => world.view(peer).role === 'member');
    if (victim === undefined) throw new Error('There are two.');
    world.kill(victim);
    expect(world.runUntil(() => world.view(late).role === 'member', 120_000)).toBe(true);
    const other = world.peers.find(
      (peer) => peer.isAlive && peer !== late && peer !== world.controller(),
    );
    if (other !== undefined) world.freeze(other);
    // Two of three are left: nothing is sealed without the one that came.
    const { height } = world.view(late);
    expect(await late.client.send(textOf(ann.send(bob, 2, 0)))).toBeNull();
    expect(world.runUntil(() => world.view(late).height > height, 10_000)).toBe(true);
    expect(late.client.account(bob.account).balance).toBe(22);
  });

  it('founds nothing alone, where its Rules name a list', () => {
    const world = new World({ seed: 1, hasher: nodeHasher, settings: { peers: 1, ...named } });
    const one = world.start();
    world.run(60_000);
    expect(world.view(one)).toMatchObject({ network: null, controllerID: null });
    expect(one.journal.recover().entries.map(({ kind }) => kind)).toEqual(['incarnation']);
  });
});

/** All that anybody owns at a peer's last block, and all that was ever given to anybody. */
function sumsAt({ world }: Life, peer: Inhabitant): readonly [owned: number, given: number] {
  const people = world.peers[0]?.settings.genesisList ?? [];
  const names = new Set([
    ...world.peers.map(({ self }) => self.clientID),
    ...people.map(({ key }) => accountOf(key, nodeHasher)),
  ]);
  const owned = [...names].reduce((sum, name) => sum + peer.client.account(name).balance, 0);
  const mined = peer.journal.blocks().filter(({ change }) => change === undefined).length;
  return [owned, 5 * 1_000 + mined * 50];
}

/** Whether money moved before any was earned. */
function hasPaidEarly({ journal }: Inhabitant): boolean {
  const mined = journal.blocks().findIndex(({ change }) => change === undefined);
  const batch = journal.batches()[mined] ?? [];
  return batch.map(readText).some((it) => it !== null && 'to' in it);
}

describe('lives in which money is there from the start', () => {
  it('keep what must hold, and all of it', () => {
    const there: Inhabitant[] = [];
    for (let seed = 1; seed <= 12; seed += 1) {
      const life = live(planLife(seed, { ...withoutBad, hasGenesis: true }), nodeHasher);
      const title = titleOf(life.plan);
      expect(title).toContain('money from the start');
      expect([title, life.violation]).toEqual([title, null]);
      const founded = life.world.alive().filter((peer) => life.world.view(peer).network !== null);
      for (const peer of founded) {
        const [owned, given] = sumsAt(life, peer);
        expect(owned).toBe(given);
      }
      there.push(...founded);
    }
    expect(there.filter(hasPaidEarly).length).toBeGreaterThan(0);
    expect(there.filter(({ settings }) => settings.genesis === null).length).toBeGreaterThan(0);
  });
});

describe('an audit', () => {
  it('counts what was there from the start, and wants the list that the Rules name', () => {
    const recorded: Entry[] = [];
    const list = listOf(50);
    const settings = { peers: 1, difficulty: 'fixed:4', genesis };
    const world = new World({
      seed: 1,
      hasher: nodeHasher,
      settings: { ...settings, genesisList: list },
      onFact: (fact) => {
        if (fact.kind === 'recorded') recorded.push(fact.entry);
      },
    });
    const one = world.start();
    expect(world.runUntil(() => world.view(one).height >= 2, 60_000)).toBe(true);
    const founding = one.journal.founding();
    if (founding === null) throw new Error('It was founded.');
    const means = { prefix: 'sd', hasher: nodeHasher, verifier: toyVerifier() };
    const judge = (given?: Genesis, rules = rulesOf(settings)): string | null => {
      const audit = new Audit(founding, rules, means, given);
      const problem = audit.problemOfFounding();
      if (problem !== null) return problem;
      for (const entry of recorded)
        if (entry.kind === 'sealed') expect(audit.add(entry)).toBeNull();
      return audit.problemOfEnd();
    };
    expect(judge(list)).toBeNull();
    expect(judge()).toMatch(/is missing/);
    expect(judge(listOf(51))).toMatch(/not the one that its rules name/);
    expect(judge(list, rulesOf({ ...settings, genesis: null }))).toMatch(/not the one/);
  });
});

describe('the referee', () => {
  const refereeOf = (list: Genesis | null): Referee =>
    new Referee({ prefix: 'sd', hasher: nodeHasher, verifier: toyVerifier(), genesis: list });
  const judge = (recording: readonly Recorded[], list: Genesis | null): readonly string[] => {
    const referee = refereeOf(list);
    const found = recording.flatMap((recorded) => referee.hear(recorded));
    return [...found, ...referee.end()].map(describeViolation);
  };

  it('has nothing to say about payments from the start, whether or not it has the list', () => {
    for (let seed = 1; seed <= 6; seed += 1) {
      const recording: Recorded[] = [];
      const plan = planLife(seed, { ...withoutBad, hasGenesis: true });
      const { world } = live(plan, nodeHasher, [], recorder(recording));
      const list = world.peers[0]?.settings.genesisList ?? null;
      for (const known of [null, list, listOf(50)])
        expect([titleOf(plan), judge(recording, known)]).toEqual([titleOf(plan), []]);
    }
  });

  it('knows with the list who cannot pay, and not without it', () => {
    const recording: Recorded[] = [];
    const world = town(1, recorder(recording));
    world.run(6_000);
    const governor = world.controller();
    if (governor === null) throw new Error('There is one.');
    const { clientID } = governor.self;
    const { network, term } = world.view(governor);
    const transactions = texts(ann.send(bob, 51, 0));
    const root = merkleRoot(transactions, nodeHasher);
    world.utter(governor, { kind: 'batch', clientID, root, transactions });
    const challenge = { kind: 'challenge', clientID, term, root, parent: network, time: 1 };
    const more = { transactionID: 0, challenge: 4, algorithm: 'sha256' };
    world.utter(governor, { ...challenge, ...more } as Message);
    world.run(100);
    expect(judge(recording, listOf(50)).join()).toMatch(/batch does not apply.*sends 51 where/);
    expect(judge(recording, null).join()).not.toMatch(/does not apply/);
    // A list that its Rules do not name is none of this network.
    expect(judge(recording, listOf(49)).join()).not.toMatch(/does not apply/);
    const unknownWith = (list: Genesis | null): number | undefined => {
      const referee = refereeOf(list);
      for (const recorded of recording) referee.hear(recorded);
      return referee.tally.checked['accountsUnknown'];
    };
    expect([listOf(50), null, listOf(49)].map(unknownWith)).toEqual([0, 1, 1]);
  });
});
