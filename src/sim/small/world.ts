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

/** Where all peers are, and what they may still hear. */
export type Scene = {
  readonly locals: readonly Local[];
  readonly pool: Pool;
  readonly crashes: number;
};

/** What may happen next, and to whom: a letter is heard, or a deed is done. */
export type Action = {
  readonly peer: number;
  readonly move: Move;
  readonly what: Letter | Deed | 'crash';
};

export type Bounds = {
  /** No election of a later term begins. */
  readonly terms: number;
  /** So many blocks are mined, and no more. */
  readonly blocks: number;
  /** Restarts from the journal, of all peers together. */
  readonly crashes: number;
};

export type SmallWorldOptions = {
  readonly hasher: Hasher;
  readonly peers: number;
  /** Another one draws other lots. */
  readonly seed: number;
  readonly bounds: Bounds;
  /** Kinds that everybody hears at once: fewer states, and fewer faults. */
  readonly prompt?: readonly MessageKind[];
};

const deedsInOrder: readonly Deed[] = ['suspect', 'late', 'open', 'solve'];

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
    this.machines = members.map((self, index) => {
      const settings = settingsOf(self, peers);
      return new Machine({ settings, members, hasher, index, seed, post });
    });
  }

  /** The founding lies behind the peers, and their first election before them. */
  begin(): { readonly scene: Scene; readonly facts: readonly Fact[] } {
    const entry = { kind: 'founded', founding: { members: this.#members, votes: [] } } as const;
    const moves = this.machines.map((machine) => machine.start([entry], 0));
    const founded = this.machines.map(
      ({ self }): Fact => ({ at: 0, by: self, kind: 'recorded', entry }),
    );
    const locals = moves.map(({ to }) => to);
    const facts = [...founded, ...moves.flatMap((move) => move.facts)];
    return { scene: { locals, pool: this.#pools.empty, crashes: 0 }, facts };
  }

  /** All that may happen next and changes anything. */
  actions(scene: Scene): readonly Action[] {
    const actions: Action[] = [];
    for (const [peer, machine] of this.machines.entries()) {
      const local = scene.locals[peer];
      if (local === undefined) continue;
      const add = (what: Action['what'], move: Move | null): void => {
        if (move !== null && this.#isWithin(move)) actions.push({ peer, move, what });
      };
      for (const letter of scene.pool.letters)
        if (letter.by !== machine.self) add(letter, machine.hear(local, letter));
      for (const deed of deedsInOrder) add(deed, machine.do(local, deed));
      if (scene.crashes < this.#bounds.crashes) add('crash', machine.crash(local));
    }
    return actions;
  }

  #isWithin({ to }: Move): boolean {
    const { election, memory, solved } = to.state;
    const term = Math.max(election?.term ?? 0, memory.term);
    const solving = solved === null ? 0 : solved.work.transactionID + 1;
    const blocks = Math.max(solving, memory.height);
    return term <= this.#bounds.terms && blocks <= this.#bounds.blocks;
  }

  /** The scene after an action, and what checkers see of it. */
  after(scene: Scene, action: Action): { readonly scene: Scene; readonly facts: readonly Fact[] } {
    const locals = scene.locals.with(action.peer, action.move.to);
    const facts = [...action.move.facts];
    const letters = [...action.move.letters];
    let { pool } = scene;
    for (const letter of letters) {
      if (!this.#prompt.has(letter.message.kind)) {
        pool = this.#pools.with(pool, letter);
        continue;
      }
      for (const [peer, machine] of this.machines.entries()) {
        const local = locals[peer];
        if (local === undefined || machine.self === letter.by) continue;
        const move = machine.hear(local, letter);
        if (move === null) continue;
        locals[peer] = move.to;
        facts.push(...move.facts);
        letters.push(...move.letters);
      }
    }
    const crashes = scene.crashes + (action.what === 'crash' ? 1 : 0);
    return { scene: { locals, pool, crashes }, facts };
  }

  /** The same scene, but whatever was said and not heard by now is lost. */
  forget(scene: Scene): Scene {
    return { ...scene, pool: this.#pools.empty };
  }

  /** Equal for scenes that can go on alike. */
  keyOf({ locals, pool, crashes }: Scene): string {
    return `${locals.map(({ id }) => id).join()} ${pool.id} ${crashes}`;
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
  };
}
