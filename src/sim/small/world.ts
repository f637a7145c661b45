/** A world of a few peers without time: what was said may be heard by anybody, ever or never. */

import type { Settings } from '../../domain/contract.ts';
import type { Hasher } from '../../domain/crypto.ts';
import { type Member, type Message, type MessageKind, senderOf } from '../../domain/message.ts';
import { compareText } from '../../domain/names.ts';
import type { Fact } from '../checkers/fact.ts';
import { toyIdentity } from '../toy-crypto.ts';
import type { Deed } from './deeds.ts';
import { type Local, Machine, type Move } from './machine.ts';
import { carried, type Letter } from './making.ts';
import { type Pool, Pools } from './pool.ts';
import { describeStep } from './telling.ts';

/** Where all peers are, and what they may still hear. */
export type Scene = {
  readonly locals: readonly Local[];
  /** All that was said, where losses have no bound: anybody may hear it. */
  readonly pool: Pool;
  /** Where they have one: what each peer missed, and may hear yet. */
  readonly late: readonly Pool[];
  readonly losses: number;
  readonly crashes: number;
};

/** What may happen next, and to whom: a letter is heard, or a deed is done. */
export type Action = {
  readonly peer: number;
  readonly move: Move;
  readonly what: Letter | Deed | 'crash';
};

/** A scene, what checkers see of the way to it, and in words what went wrong on that way. */
export type After = {
  readonly scene: Scene;
  readonly facts: readonly Fact[];
  readonly mishaps: readonly string[];
};

export type Bounds = {
  /** No election of a later term begins. */
  readonly terms: number;
  /** So many blocks are mined, and no more. */
  readonly blocks: number;
  /** Restarts from the journal, of all peers together. */
  readonly crashes: number;
  /**
   * So often somebody does not hear at once what is said, but at any later moment, or never; all
   * else is heard at once, and may be said again. Without a bound nothing has to be heard at once.
   */
  readonly losses: number;
};

export type SmallWorldOptions = {
  readonly hasher: Hasher;
  readonly peers: number;
  /** Another one draws other lots. */
  readonly seed: number;
  readonly bounds: Bounds;
  /** Kinds that all hear at once where losses have no bound: fewer states, and fewer faults. */
  readonly prompt?: readonly MessageKind[];
};

/** Where everything that was said may be heard at any time, nobody has to say it again. */
const deeds: readonly Deed[] = ['suspect', 'late', 'open', 'solve'];
const deedsAndRepeats: readonly Deed[] = [...deeds, 'again'];

/** On the way from one scene to the next: who is still to hear what, in this order. */
type Passage = After & { readonly due: readonly Due[] };
type Due = { readonly to: number; readonly letter: Letter };

const untold = { facts: [], mishaps: [], due: [] } as const;

export class SmallWorld {
  readonly machines: readonly Machine[];
  readonly #members: readonly Member[];
  readonly #bounds: Bounds;
  readonly #prompt: ReadonlySet<MessageKind>;
  readonly #letters = new Map<string, Letter>();
  readonly #pools = new Pools();

  constructor({ hasher, peers, seed, bounds, prompt = [] }: SmallWorldOptions) {
    this.#bounds = bounds;
    this.#prompt = new Set(prompt);
    this.#members = Array.from({ length: peers }, (_, index) =>
      toyIdentity(hasher.sha256(`peer ${index}`), hasher),
    ).sort((a, b) => compareText(a.clientID, b.clientID));
    const post = this.#post.bind(this);
    const members = this.#members;
    const saysAgain = this.#isCounting;
    this.machines = members.map((self, index) => {
      const settings = settingsOf(self, peers);
      return new Machine({ settings, members, hasher, index, seed, post, saysAgain });
    });
  }

  /** The founding lies behind the peers, and their first election before them. */
  begin(): { readonly scene: Scene; readonly facts: readonly Fact[] } {
    const entry = { kind: 'founded', founding: { members: this.#members, votes: [] } } as const;
    const moves = this.machines.map((machine) => machine.start([entry], 0));
    const founded = this.machines.map(
      ({ self }): Fact => ({ at: 0, by: self, kind: 'recorded', entry }),
    );
    const facts = [...founded, ...moves.flatMap((move) => move.facts)];
    return { scene: this.#calm(moves.map(({ to }) => to)), facts };
  }

  /** Whatever was said and not heard by now is lost. */
  #calm(locals: readonly Local[]): Scene {
    const { empty } = this.#pools;
    const late = this.#isCounting ? locals.map(() => empty) : [];
    return { locals, pool: empty, late, losses: 0, crashes: 0 };
  }

  get #isCounting(): boolean {
    return Number.isFinite(this.#bounds.losses);
  }

  /** All that may happen next and changes anything. */
  actions(scene: Scene): readonly Action[] {
    return this.machines.flatMap((machine, peer) => {
      const local = scene.locals[peer];
      if (local === undefined) return [];
      const actions: Action[] = [];
      const add = (what: Action['what'], move: Move | null): void => {
        if (move !== null && this.#isWithin(move)) actions.push({ peer, move, what });
      };
      const { letters } = scene.late[peer] ?? scene.pool;
      for (const letter of letters)
        if (letter.by !== machine.self) add(letter, machine.hear(local, letter));
      for (const deed of this.#isCounting ? deedsAndRepeats : deeds)
        add(deed, machine.do(local, deed));
      if (scene.crashes < this.#bounds.crashes) add('crash', machine.crash(local));
      return actions;
    });
  }

  #isWithin({ to }: Move): boolean {
    const { election, memory, solved } = to.state;
    const term = Math.max(election?.term ?? 0, memory.term);
    const solving = solved === null ? 0 : solved.work.transactionID + 1;
    const blocks = Math.max(solving, memory.height);
    return term <= this.#bounds.terms && blocks <= this.#bounds.blocks;
  }

  /** The scenes that an action may lead to: one for each way in which others hear of it, or not. */
  after(scene: Scene, { peer, move, what }: Action): readonly After[] {
    const before = what === 'crash' ? this.#deaf(scene, peer) : this.#less(scene, peer, what);
    return [...this.#pass(this.#move({ scene: before, ...untold }, peer, move))];
  }

  /** What a peer hears late is late no more. */
  #less(scene: Scene, peer: number, what: Letter | Deed): Scene {
    const late = scene.late[peer];
    if (typeof what === 'string' || late === undefined) return scene;
    return { ...scene, late: scene.late.with(peer, this.#pools.without(late, what)) };
  }

  /** With a connection all goes that was on its way through it. */
  #deaf(scene: Scene, peer: number): Scene {
    const late = scene.late.map((pool, each) => (each === peer ? this.#pools.empty : pool));
    return { ...scene, late, crashes: scene.crashes + 1 };
  }

  #move(passage: Passage, peer: number, move: Move): Passage {
    const { scene } = passage;
    const due = [...passage.due];
    let { pool } = scene;
    for (const letter of move.letters) {
      if (!this.#isPrompt(letter)) pool = this.#pools.with(pool, letter);
      else for (const to of this.machines.keys()) if (to !== peer) due.push({ to, letter });
    }
    const locals = scene.locals.with(peer, move.to);
    const facts = passage.facts.length === 0 ? move.facts : [...passage.facts, ...move.facts];
    return { ...passage, scene: { ...scene, locals, pool }, facts, due };
  }

  #isPrompt({ message }: Letter): boolean {
    return this.#isCounting || this.#prompt.has(message.kind);
  }

  /** Those who are to hear something hear it, or miss it, or crash before they do. */
  *#pass(passage: Passage): Generator<After> {
    const [next, ...due] = passage.due;
    if (next === undefined) {
      yield passage;
      return;
    }
    const { to, letter } = next;
    const { scene } = passage;
    const [machine, local] = [this.machines[to], scene.locals[to]];
    if (machine === undefined || local === undefined) return;
    const move = machine.hear(local, letter);
    if (move === null || this.#isWithin(move))
      yield* this.#pass(
        move === null ? { ...passage, due } : this.#move({ ...passage, due }, to, move),
      );
    if (!this.#isCounting || move === null) return;
    if (scene.losses < this.#bounds.losses)
      yield* this.#pass(this.#miss({ ...passage, due }, next));
    if (scene.crashes < this.#bounds.crashes) {
      const crashed = {
        ...passage,
        scene: this.#deaf(scene, to),
        due: due.filter((one) => one.to !== to),
      };
      const mishaps = [...passage.mishaps, describeStep(to, 'crash')];
      yield* this.#pass(this.#move({ ...crashed, mishaps }, to, machine.crash(local)));
    }
  }

  #miss(passage: Passage, { to, letter }: Due): Passage {
    const { scene, mishaps } = passage;
    const late = scene.late.map((pool, peer) =>
      peer === to ? this.#pools.with(pool, letter) : pool,
    );
    const missed = `${describeStep(to, letter)}, not yet`;
    return {
      ...passage,
      scene: { ...scene, late, losses: scene.losses + 1 },
      mishaps: [...mishaps, missed],
    };
  }

  /** The same scene, but whatever was said and not heard by now is lost. */
  forget({ locals }: Scene): Scene {
    return this.#calm(locals);
  }

  /** Equal for scenes that can go on alike. */
  keyOf({ locals, pool, late, losses, crashes }: Scene): string {
    const ids = locals.map(({ id }) => id).join();
    return `${ids} ${pool.id} ${late.map(({ id }) => id).join()} ${losses} ${crashes}`;
  }

  #post(message: Message, topic: string, text: string): Letter | null {
    if (message.kind === 'transaction' || !carried.has(message.kind)) return null;
    const known = this.#letters.get(text);
    if (known !== undefined) return known;
    const letter = { id: this.#letters.size, by: senderOf(message), message, topic, text };
    this.#letters.set(text, letter);
    return letter;
  }
}

function settingsOf(self: Member, peers: number): Settings {
  return {
    self,
    peers,
    difficulty: 'fixed:1',
    founders: null,
    announceMs: 10_000,
    heartbeatMs: 5_000,
    removalMs: 60_000,
    challenges: 0,
    mines: true,
    // Time stands still: none passes in which another process could answer.
    hasOldKey: false,
  };
}
