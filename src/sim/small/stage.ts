/** The peers of a random schedule, and the network between them, which is never kind. */

import type { Entry, Settings } from '../../domain/contract.ts';
import type { Hasher } from '../../domain/crypto.ts';
import type { Member } from '../../domain/message.ts';
import { type ClientID, compareText } from '../../domain/names.ts';
import type { Chance } from '../chance.ts';
import type { Fact } from '../checkers/fact.ts';
import { toyIdentity } from '../toy-crypto.ts';
import { Actor } from './actor.ts';
import type { Letter } from './making.ts';
import type { Temper } from './temper.ts';
import { Words } from './words.ts';

export type Cast = {
  /** Members at the founding, which lies behind them. */
  readonly seats: number;
  /** Peers more than seats, who may be admitted when a member is removed. */
  readonly extra: number;
};

export class Stage {
  readonly actors: readonly Actor[];
  readonly members: readonly Member[];
  /** All that was said and may be heard again, in order. */
  readonly archive: Letter[] = [];
  readonly #chance: Chance;
  readonly #temper: Temper;
  /** From whom to whom nothing goes at the moment: from * peers + to. */
  #cut: ReadonlySet<number> = new Set();
  /** What could not be brought. */
  #held: { readonly to: Actor; readonly letter: Letter }[] = [];

  constructor(cast: Cast, seed: number, hasher: Hasher, chance: Chance, temper: Temper) {
    this.#chance = chance;
    this.#temper = temper;
    this.members = Array.from({ length: cast.seats + cast.extra }, (_, index) =>
      toyIdentity(hasher.sha256(`peer ${index}`), hasher),
    ).sort((a, b) => compareText(a.clientID, b.clientID));
    const journal = [foundedBy(this.members.slice(0, cast.seats))];
    const words = new Words();
    this.actors = this.members.map((self, index) => {
      const settings = settingsOf(self, cast.seats);
      return new Actor({ settings, hasher, words, index, seed, journal });
    });
  }

  /** What checkers must know before anything happens. */
  begin(): readonly Fact[] {
    const founded = this.actors.flatMap(({ self, state }): Fact[] => {
      const founding = state.memory.network?.founding;
      if (founding === undefined) return [];
      return [{ at: 0, by: self, kind: 'recorded', entry: { kind: 'founded', founding } }];
    });
    return [...founded, ...this.actors.flatMap((actor) => this.spread(actor))];
  }

  /** Brings what an actor has said to whom it reaches; what checkers see of it. */
  spread(actor: Actor): readonly Fact[] {
    const { letters, facts } = actor.take();
    for (const letter of letters) {
      this.archive.push(letter);
      for (const to of this.actors) if (to !== actor) this.#send(actor, to, letter);
    }
    return facts;
  }

  /** Whether what `from` says reaches `to` at the moment. */
  reaches(from: ClientID, to: Actor): boolean {
    const index = this.members.findIndex(({ clientID }) => clientID === from);
    return !this.#cut.has(index * this.actors.length + to.index);
  }

  /** All that was said from one place in the archive to another comes once more. */
  retell(to: Actor, first: number, after: number): void {
    for (const letter of this.archive.slice(first, after))
      if (letter.by !== to.self) to.inbox.push(letter);
  }

  /** Other ways are cut than before; what was held back comes late, or never, or is held on. */
  turn(lone: Actor | null): void {
    this.#cut = lone === null ? this.#drawCut() : this.#around(lone.index);
    this.#held = this.#held.filter(({ to, letter }) => {
      const fate = this.#chance.next();
      if (fate < 0.25) to.inbox.push(letter);
      return fate >= 0.35;
    });
  }

  #send(from: Actor, to: Actor, letter: Letter): void {
    if (!this.reaches(from.self, to)) {
      if (this.#chance.happens(0.5)) this.#held.push({ to, letter });
    } else if (!this.#chance.happens(this.#temper.loss)) to.inbox.push(letter);
  }

  #drawCut(): ReadonlySet<number> {
    const count = this.actors.length;
    const ways = Array.from({ length: count * count }, (_, way) => way);
    const kind = this.#chance.next();
    const { alone, ragged } = this.#temper;
    if (kind < alone) return this.#around(Math.floor(this.#chance.next() * count));
    if (kind >= alone + ragged) return new Set();
    return new Set(ways.filter(() => this.#chance.happens(0.3)));
  }

  /** Whom nobody hears, and who hears nobody. */
  #around(lone: number): ReadonlySet<number> {
    const count = this.actors.length;
    const others = Array.from({ length: count }, (_, index) => index);
    return new Set(others.flatMap((other) => [lone * count + other, other * count + lone]));
  }
}

function foundedBy(members: readonly Member[]): Entry {
  return { kind: 'founded', founding: { members, votes: [] } };
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
