/** Following the chain: who helps, who lies, who dies meanwhile, and what is searched after it. */

import { expect, it } from 'vitest';
import type { Page } from '../../src/client/journal.ts';
import type { Effect, Event } from '../../src/domain/contract.ts';
import type { Answer, Message } from '../../src/domain/message.ts';
import type { Digest, TransactionID } from '../../src/domain/names.ts';
import type { Note } from '../../src/domain/note.ts';
import { nodeHasher } from '../../src/node/crypto.ts';
import { solve } from '../../src/sim/false-miner.ts';
import { type Inhabitant, World } from '../../src/sim/world.ts';

/** Bytes of a page of few blocks, so that there are many. */
const SMALL = 3_000;
const HEIGHT = 40;

type Heard = Extract<Message, { kind: 'request' }>;

/** A peer that comes late, and those whose network it finds: dead, and moved by a test's hand. */
class Latecomer {
  readonly world: World;
  readonly #asked: Heard[] = [];
  readonly late: Inhabitant;
  readonly height: number;
  #beat = 1;

  constructor(seed: number) {
    this.world = new World({
      seed,
      hasher: nodeHasher,
      solveMs: 50,
      onFact: (fact) => {
        if (fact.kind !== 'said' || fact.message.kind !== 'request') return;
        if (fact.by === this.late?.self.clientID) this.#asked.push(fact.message);
      },
    });
    for (let count = 0; count < 3; count += 1) this.world.start();
    const isLong = (): boolean =>
      this.world.peers.every((peer) => this.world.view(peer).height > HEIGHT);
    expect(this.world.runUntil(isLong, 60_000)).toBe(true);
    for (const peer of this.world.peers) this.world.kill(peer);
    this.world.run(1_000);
    this.height = Math.min(...this.world.peers.map(({ journal }) => journal.height)) - 5;
    this.late = this.world.start();
    this.world.run(100);
  }

  get ann(): Inhabitant {
    return this.world.peer('p1');
  }

  get bob(): Inhabitant {
    return this.world.peer('p2');
  }

  /** What it asked for lately, oldest first. */
  asked(): readonly Heard[] {
    return this.#asked.splice(0);
  }

  /** A puppet says that it is there and how many blocks it has. */
  beat(puppet: Inhabitant, height = this.height): void {
    const { network, term } = this.world.view(puppet);
    this.#beat += 1;
    this.world.utter(puppet, {
      kind: 'heartbeat',
      clientID: puppet.self.clientID,
      // Above what it said itself.
      incarnation: 2 ** 42,
      beat: this.#beat,
      term,
      controllerID: null,
      transactionID: height as TransactionID,
      network,
      state: 'ready',
      hashRate: 0,
    });
    this.world.run(10);
  }

  /** A puppet answers a request from `from` on, with a page as `spoil` makes it. */
  answer(puppet: Inhabitant, from: number, spoil: (page: Page) => Page = (page) => page): void {
    const { clientID } = puppet.self;
    const to = this.late.self.clientID;
    const say = (content: Page | { readonly founding: NonNullable<Founding> }): void =>
      this.world.utter(puppet, { kind: 'answer', clientID, to, ...content } as Answer);
    const { journal } = this.ann;
    const founding = journal.founding();
    if (from < 0 && founding !== null) say({ founding });
    else say(spoil(journal.page(from as TransactionID, SMALL) as Page));
    this.world.run(10);
  }

  notes<Kind extends Note['kind']>(kind: Kind): readonly Extract<Note, { kind: Kind }>[] {
    return this.world.told.flatMap(({ peer, note }) =>
      peer === this.late.name && note.kind === kind ? [note as Extract<Note, { kind: Kind }>] : [],
    );
  }

  get heightOfLate(): number {
    return this.world.view(this.late).height;
  }

  /** Asks ann for the founding and the first page, and so goes on with her. */
  begin(): void {
    this.beat(this.ann);
    this.beat(this.bob);
    expect(this.asked()[0]).toMatchObject({ from: -1 });
    this.answer(this.ann, -1);
    expect(this.asked()).toMatchObject([{ from: 0, helper: this.ann.self.clientID }]);
    this.answer(this.ann, 0);
    const [next] = this.asked();
    expect(next).toMatchObject({ from: this.heightOfLate, helper: this.ann.self.clientID });
    expect(this.heightOfLate).toBeGreaterThan(3);
  }

  /** Lets a puppet answer whatever comes, until all is there. */
  end(puppet: Inhabitant, height = this.height): void {
    for (let page = 0; this.heightOfLate < height; page += 1) {
      expect(page).toBeLessThan(HEIGHT);
      this.answer(puppet, this.heightOfLate);
    }
  }
}

type Founding = ReturnType<Inhabitant['journal']['founding']>;

it('a late peer goes on with whoever helped it, page after page, and is told once', () => {
  const tale = new Latecomer(1);
  tale.begin();
  tale.end(tale.ann);
  for (const { helper } of tale.asked()) expect(helper).toBe(tale.ann.self.clientID);
  // The last page brought more than anybody had spoken of.
  expect(tale.notes('synced')).toEqual([{ kind: 'synced', from: 0, to: tale.heightOfLate }]);
  tale.world.run(5_000);
  expect(tale.asked()).toEqual([]);
  // Before and after a few blocks nobody needs to be told how it goes.
  expect(tale.notes('syncing')).toEqual([]);
});

const wrongs: readonly (readonly [string, (page: Page) => Page, string])[] = [
  [
    'whose block was changed',
    (page) => ({
      ...page,
      blocks: page.blocks.map((block, at) => (at === 1 ? { ...block, solution: '00' } : block)),
    }),
    'wrong-block',
  ],
  [
    'with a block left out',
    (page) => ({ ...page, blocks: page.blocks.filter((_, at) => at !== 1) }),
    'wrong-block',
  ],
  ['without the seal of its last block', (page) => ({ ...page, seals: [] }), 'not-a-seal'],
  [
    'whose seal is of another block',
    (page) => ({ ...page, blocks: page.blocks.slice(0, -1) }),
    'not-a-seal',
  ],
  [
    'whose seal was forged',
    (page) => ({
      ...page,
      seals: page.seals.map((seal) => seal.map((text) => text.replace('"Term":', '"Term":1'))),
    }),
    'forged-evidence',
  ],
];

it.each(wrongs)('a page %s is refused, and somebody else is asked at once', (_, spoil, code) => {
  const tale = new Latecomer(2);
  tale.begin();
  const before = tale.heightOfLate;
  tale.answer(tale.ann, before, spoil);
  expect(tale.heightOfLate).toBe(before);
  expect(tale.asked()).toMatchObject([{ from: before, helper: tale.bob.self.clientID }]);
  expect(tale.world.view(tale.late).refusals).toHaveProperty([code]);
  // Nothing of hers is looked at any more.
  tale.answer(tale.ann, before);
  expect(tale.heightOfLate).toBe(before);
  expect(tale.world.view(tale.late).refusals).toHaveProperty('not-asked-for');
  tale.answer(tale.bob, before);
  expect(tale.heightOfLate).toBeGreaterThan(before);
  tale.end(tale.bob);
});

it('whose helper dies asks everybody after a second, and goes on', () => {
  const tale = new Latecomer(3);
  tale.begin();
  const before = tale.heightOfLate;
  tale.world.run(900);
  expect(tale.asked()).toEqual([]);
  tale.world.run(200);
  const [again] = tale.asked();
  expect(again).toMatchObject({ from: before });
  expect(again).not.toHaveProperty('helper');
  tale.answer(tale.bob, before);
  expect(tale.asked()).toMatchObject([{ helper: tale.bob.self.clientID }]);
  tale.end(tale.bob);
});

it('the tip that moves on meanwhile is reached, too', () => {
  const tale = new Latecomer(4);
  tale.begin();
  tale.beat(tale.bob, tale.height + 4);
  tale.end(tale.ann, tale.height + 4);
  tale.world.run(2_000);
  expect(tale.asked().at(-1)?.from).toBeLessThan(tale.height + 4);
  expect(tale.notes('synced')).toHaveLength(1);
});

it('who hears only boasts, and gets no blocks, asks no more after a while', () => {
  const tale = new Latecomer(5);
  tale.begin();
  tale.world.run(60_000);
  expect(tale.asked().length).toBeLessThanOrEqual(20);
  expect(tale.notes('synced')).toMatchObject([{ from: 0, to: tale.heightOfLate }]);
});

type Deed = { readonly event: Event; readonly effects: readonly Effect[] };

/** Somebody but `miner` solves what is open. */
function solveOpen(world: World, solver: Inhabitant): void {
  const open = world.told.findLast(({ note }) => note.kind === 'challenge')?.note;
  if (open?.kind !== 'challenge') throw new Error('A challenge is open.');
  const { clientID } = solver.self;
  const { transactionID, bits, preimage } = open;
  const solution = solve({ header: `${preimage}${clientID}:`, bits }, nodeHasher);
  world.utter(solver, { kind: 'solution', clientID, transactionID, solution });
  world.run(300);
}

it('a member that was cut off stops mining as it hears of more, and resumes on the tip', () => {
  const deeds: Deed[] = [];
  let watched: string | null = null;
  const world = new World({
    seed: 6,
    hasher: nodeHasher,
    solveMs: 1e9,
    onTurn: (name, event, _, effects) => {
      if (name === watched) deeds.push({ event, effects });
    },
  });
  for (let count = 0; count < 3; count += 1) world.start();
  world.runUntil(() => world.controller() !== null, 10_000);
  world.run(1_000);
  const controller = world.controller();
  const [cut, solver] = world.peers.filter((peer) => peer !== controller);
  if (controller === null || cut === undefined || solver === undefined) throw new Error('Three.');
  solveOpen(world, solver);
  const height = world.view(cut).height;
  expect(height).toBe(1);

  watched = cut.name;
  cut.link.stall = 'both';
  // In the end both ends give the connection up, and what it held is lost with it.
  world.run(25_000);
  for (let block = 0; block < 10; block += 1) solveOpen(world, solver);
  const tip = world.view(controller).tip as Digest;
  expect(world.view(controller).height).toBe(11);
  // Offline it searches what it knows.
  expect(deeds.flatMap(({ effects }) => effects).filter(({ kind }) => kind === 'rest')).toEqual([]);
  cut.link.stall = 'none';
  expect(world.runUntil(() => world.view(cut).tip === tip, 30_000)).toBe(true);
  world.run(6_000);

  const turns = deeds.filter(({ effects }) =>
    effects.some(({ kind }) => kind === 'mine' || kind === 'rest'),
  );
  const [stopped, resumed, ...others] = turns;
  // Before anything is written or said.
  expect(stopped?.effects[0]).toEqual({ kind: 'rest' });
  expect(stopped?.event).toMatchObject({ kind: 'heard' });
  const work = resumed?.effects.find((effect) => effect.kind === 'mine')?.work;
  expect(work?.transactionID).toBe(11);
  expect(work?.header).toContain(`:${tip}:`);
  expect(others).toEqual([]);
});
