/** Quests in false worlds: forgeries, too many at once, and a checker that finds false answers. */

import { describe, expect, it } from 'vitest';
import type { Answered } from '../../src/client/client.ts';
import type { Enveloped } from '../../src/domain/message.ts';
import type { ClientID, Term } from '../../src/domain/names.ts';
import type { Outcome, Quest } from '../../src/domain/quest.ts';
import { questIDOf } from '../../src/lease/quest.ts';
import { nodeHasher } from '../../src/node/crypto.ts';
import type { Fact } from '../../src/sim/checkers/fact.ts';
import { trueAnswer } from '../../src/sim/checkers/l3-true-answer.ts';
import { live } from '../../src/sim/life.ts';
import { planLife, withoutBad } from '../../src/sim/plan.ts';
import { type Inhabitant, World } from '../../src/sim/world.ts';

const quest: Quest = { algorithm: 'sha256', prefix: 'a text', bits: 14, from: 0, to: 1_000 };
const questID = questIDOf(quest, nodeHasher);

function town(): { world: World; controller: Inhabitant; others: readonly Inhabitant[] } {
  const world = new World({ seed: 4, hasher: nodeHasher, solveMs: 3_000, settings: { peers: 3 } });
  for (let count = 0; count < 3; count += 1) world.start();
  world.runUntil(() => world.controller() !== null, 10_000);
  world.run(2_000);
  const controller = world.controller();
  if (controller === null) throw new Error('There is a controller.');
  return { world, controller, others: world.peers.filter((peer) => peer !== controller) };
}

/** Asks through `via`, and gives the place where the answer will stand. */
function ask(via: Inhabitant | undefined, asked: Quest): { answered: Answered | null } {
  const place: { answered: Answered | null } = { answered: null };
  void via?.client.search(asked).then((answered) => {
    place.answered = answered;
  });
  return place;
}

const microtasks = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('what nobody may say of a quest', () => {
  it('is refused by name, and changes nothing', async () => {
    const { world, controller, others } = town();
    const [liar, honest] = others;
    if (liar === undefined || honest === undefined) throw new Error('There are three.');
    const place = ask(honest, quest);
    world.run(50);
    const { clientID } = liar.self;
    const { term } = world.view(controller);
    const range = { from: 0, to: 1_000 };
    world.utter(liar, { kind: 'outcome', clientID, term, quest: questID, found: 7, reason: null });
    const lease = { kind: 'lease', clientID, term, quest, expiry: 1_000 } as const;
    world.utter(liar, { ...lease, holder: clientID, ranges: [range] });
    world.utter(liar, { ...lease, term: (term - 1) as Term, holder: clientID, ranges: [] });
    const report = { kind: 'report', clientID, quest: questID, near: [], rate: 1 } as const;
    world.utter(liar, { ...report, from: 0, to: 10, found: null });
    world.utter(liar, { ...report, from: 0, to: 2_000, found: null });
    world.run(200);
    const { refusals } = world.view(honest);
    expect(refusals).toMatchObject({
      'not-the-controller': 2,
      'stale-term': 1,
      'wrong-report': 2,
    });
    world.run(60_000);
    await microtasks();
    expect(place.answered).toMatchObject({
      outcome: { kind: 'exhausted' },
      proof: { covered: 1_000, named: 0 },
    });
  });

  it('names whoever claims a find, or all of it, for nothing', async () => {
    const { world, others } = town();
    const [liar, honest] = others;
    if (liar === undefined || honest === undefined) throw new Error('There are three.');
    const place = ask(honest, quest);
    world.run(50);
    const { clientID } = liar.self;
    const about = { kind: 'report', clientID, quest: questID, rate: 1e15 } as const;
    world.utter(liar, { ...about, from: 0, to: 1_000, found: null, near: [] });
    world.run(60_000);
    await microtasks();
    expect(place.answered).toMatchObject({
      outcome: { kind: 'exhausted' },
      proof: { covered: 1_000, named: 1, peers: 1 },
    });
  });
});

describe('many quests at once', () => {
  it('are answered one after another, and beyond sixteen refused', async () => {
    const { world, others } = town();
    const places = Array.from({ length: 18 }, (_, index) =>
      ask(others[0], { ...quest, prefix: `text ${index}`, to: 150 }),
    );
    world.run(3_000);
    await microtasks();
    const outcomes = (): readonly (Outcome | undefined)[] =>
      places.map(({ answered }) => answered?.outcome);
    const refused = { kind: 'refused', reason: 'too-many-quests' };
    expect(outcomes().slice(16)).toEqual([refused, refused]);
    world.run(300_000);
    await microtasks();
    const nothing = { kind: 'exhausted' };
    expect(outcomes().slice(0, 16)).toEqual(Array(16).fill(nothing));
  });
});

/** A peer that mines nothing, and says of itself what it likes, twice a second. */
function lie(world: World, liar: Inhabitant, say: () => void): void {
  void liar.client.pause();
  for (let count = 0; count < 600; count += 1) world.agenda.plan(500 * count, say);
}

describe('a peer that offers itself and searches nothing', () => {
  const long: Quest = { ...quest, prefix: 'long', bits: 60, to: 2_000 };
  const offerOf = (liar: Inhabitant, rate: number) =>
    ({
      kind: 'offer',
      clientID: liar.self.clientID,
      quest: questIDOf(long, nodeHasher),
      rate,
    }) as const;

  it.each([1, 0.001, 1e300])('holds no search up, however fast it says it is: %d', async (rate) => {
    const { world, others } = town();
    const [liar, honest] = others;
    if (liar === undefined || honest === undefined) throw new Error('There are three.');
    lie(world, liar, () => world.utter(liar, offerOf(liar, rate)));
    const place = ask(honest, long);
    // Alone the honest one needs 20 s, and some of them it mines for a block.
    world.run(60_000);
    await microtasks();
    expect(place.answered).toMatchObject({ outcome: { kind: 'exhausted' }, proof: { peers: 1 } });
    expect(world.view(honest).height).toBeGreaterThan(2);
  });

  it('holds no search up by many keys that each take what they can', async () => {
    const { world, others } = town();
    const [, honest] = others;
    if (honest === undefined) throw new Error('There are three.');
    for (let count = 0; count < 30; count += 1) {
      const ghost = world.start();
      lie(world, ghost, () => world.utter(ghost, offerOf(ghost, 1_000)));
    }
    world.run(1_000);
    const place = ask(honest, long);
    world.run(60_000);
    await microtasks();
    expect(place.answered).toMatchObject({ outcome: { kind: 'exhausted' } });
  });

  it('holds up no end by being still: its last range goes to another one, too', async () => {
    const { world, others } = town();
    const [liar, honest] = others;
    if (liar === undefined || honest === undefined) throw new Error('There are three.');
    const place = ask(honest, { ...long, to: 400 });
    world.run(100);
    // It holds one of two ranges.
    void liar.client.pause();
    world.run(8_000);
    await microtasks();
    expect(place.answered).toMatchObject({ outcome: { kind: 'exhausted' }, proof: { peers: 1 } });
  });
});

describe('a quest without an end', () => {
  const endless: Quest = { ...quest, prefix: 'endless', bits: 60, to: 2_000_000_000 };

  it('leaves time for blocks, and goes on behind each', () => {
    const { world, controller, others } = town();
    ask(others[0], endless);
    world.run(2_000);
    const before = world.view(controller).height;
    world.run(150_000);
    const after = world.view(controller).height;
    expect(after - before).toBeGreaterThanOrEqual(3);
    // One at a time: three quarters of the time are the quest's.
    expect(after - before).toBeLessThan(12);
  });

  it('does not keep a member waiting if only outsiders ask for it', async () => {
    const { world, others } = town();
    const guest = world.start({ mines: false });
    world.run(3_000);
    for (let count = 0; count < 20; count += 1)
      ask(guest, { ...endless, prefix: `endless ${count}` });
    world.run(1_000);
    const place = ask(others[0], { ...quest, to: 300 });
    world.run(60_000);
    await microtasks();
    expect(place.answered).toMatchObject({ outcome: { kind: 'exhausted' } });
  });
});

describe('the checker of answers', () => {
  const by = 'somebody' as ClientID;
  const facts = (...messages: readonly Enveloped[]): string | null => {
    const watcher = trueAnswer(nodeHasher).begin();
    const seen = messages.map((message, at): Fact => ({ at, by, kind: 'said', message }));
    return seen.map((fact) => watcher.see(fact)).find((sentence) => sentence !== null) ?? null;
  };
  const asked: Enveloped = { kind: 'quest', clientID: by, ...quest };
  const report: Enveloped = {
    kind: 'report',
    clientID: by,
    quest: questID,
    from: 0,
    to: 1_000,
    found: null,
    near: [],
    rate: 1,
  };
  const answer = (found: number | null): Enveloped => ({
    kind: 'outcome',
    clientID: by,
    term: 1 as Term,
    quest: questID,
    found,
    reason: null,
  });

  it('finds one that is not true, one too early, and one that nobody asked for', () => {
    expect(facts(asked, report, answer(null))).toBeNull();
    expect(facts(asked, report, answer(5))).toContain('none is the truth');
    expect(facts(asked, answer(null))).toContain('nobody has reported 0 to 1000');
    expect(facts(answer(null))).toContain('nobody asked');
  });

  it('has something to look at in worlds with quests', () => {
    let answers = 0;
    for (let seed = 14; seed <= 20; seed += 1) {
      const { world, violation } = live(planLife(seed, withoutBad), nodeHasher);
      expect(violation).toBeNull();
      answers += world.told.filter(({ note }) => note.kind === 'answered').length;
    }
    expect(answers).toBeGreaterThan(10);
  });
});
