/**
 * A random schedule of the bare core: no wire, no door, no time. A seed decides who does what, who
 * hears what and when, who is cut off, and who crashes.
 */

import type { Hasher } from '../../domain/crypto.ts';
import type { Digest, Term } from '../../domain/names.ts';
import type { Change } from '../../ledger/change.ts';
import { controllerOf } from '../../peer/presence.ts';
import { Chance } from '../chance.ts';
import type { Violation } from '../checkers/all.ts';
import type { Fact } from '../checkers/fact.ts';
import { memoHasher } from '../memo-hasher.ts';
import type { Actor } from './actor.ts';
import type { Deed } from './deeds.ts';
import type { Letter } from './making.ts';
import { type Cast, Stage } from './stage.ts';
import { describeStep } from './telling.ts';
import { drawTemper, type Temper } from './temper.ts';

export type ScheduleOptions = {
  readonly hasher: Hasher;
  readonly cast: Cast;
  readonly seed: number;
  /** Judges all that is said, recorded and noted; a violation ends the schedule. */
  readonly see: (fact: Fact) => Violation | null;
  /** Told each step in words. */
  readonly onStep?: (step: string) => void;
};

export type Outcome = {
  /** Null where all holds. */
  readonly violation: Violation | null;
  /** In how many terms there was a controller. */
  readonly terms: number;
  /** How many blocks the longest ledger has. */
  readonly blocks: number;
};

type Desk = { readonly proposed: Digest | null; readonly height: number };

/** Deeds and hearings in one schedule; a few more where all that came is heard at once. */
const steps = 600;

/** How likely a peer waits no longer in a phase of an election. */
const patience = { commit: 0.5, reveal: 0.1, vote: 0.05 } as const;

/** What comes of a schedule depends on its cast and seed alone. */
export function playSchedule(options: ScheduleOptions): Outcome {
  return new Schedule(options).play();
}

class Schedule {
  readonly #stage: Stage;
  readonly #chance: Chance;
  readonly #see: ScheduleOptions['see'];
  readonly #onStep: ScheduleOptions['onStep'];
  readonly #temper: Temper;
  readonly #hasChanges: boolean;
  /** What each controller had proposed and sealed when we looked last. */
  readonly #desks = new Map<Actor, Desk | null>();
  readonly #terms = new Set<Term>();
  #step = 0;
  #turnsAt = 0;
  #violation: Violation | null = null;

  constructor({ hasher, cast, seed, see, onStep }: ScheduleOptions) {
    const chance = new Chance(seed);
    this.#chance = chance;
    this.#see = see;
    this.#onStep = onStep;
    this.#temper = drawTemper(chance);
    this.#hasChanges = cast.extra > 0;
    this.#stage = new Stage(cast, seed, memoHasher(hasher), chance, this.#temper);
    this.#show(this.#stage.begin());
  }

  play(): Outcome {
    for (; this.#step < steps && this.#violation === null; this.#step += 1) {
      if (this.#step >= this.#turnsAt) this.#turn(null);
      this.#act(this.#pick(this.#stage.actors));
    }
    const heights = this.#stage.actors.map(({ state }) => state.memory.height);
    const blocks = Math.max(0, ...heights);
    return { violation: this.#violation, terms: this.#terms.size, blocks };
  }

  #turn(lone: Actor | null): void {
    this.#stage.turn(lone);
    this.#turnsAt = this.#step + 1 + this.#draw(this.#temper.spell);
  }

  #act(actor: Actor): void {
    const risk = riskOf(actor);
    const kind = this.#chance.next();
    if (this.#chance.happens(risk * this.#temper.crash)) this.#crash(actor);
    else if (kind < 0.05) this.#retell(actor);
    else if (kind < 0.25 || actor.inbox.length === 0) this.#do(actor);
    else if (kind < 0.5) this.#hearAll(actor);
    else this.#hear(actor, this.#chance.happens(0.7) ? 0 : this.#draw(actor.inbox.length));
  }

  /** At once, or in the midst of what it does next. Much may be told again to who comes back. */
  #crash(actor: Actor): void {
    if (this.#chance.happens(0.5)) {
      actor.dieAfter(1 + this.#draw(3));
      if (actor.inbox.length === 0) this.#do(actor);
      else this.#hear(actor, 0);
    }
    actor.crash();
    this.#after(actor, 'crash');
    if (this.#chance.happens(0.5)) actor.inbox.length = 0;
    if (this.#chance.happens(0.7)) this.#retell(actor);
  }

  /** What was said lately, or long ago; and the block that it lacks, if it is behind. */
  #retell(actor: Actor): void {
    const { archive } = this.#stage;
    const after = this.#chance.happens(0.5) ? archive.length : this.#draw(archive.length);
    this.#stage.retell(actor, Math.max(0, after - this.#draw(60)), after);
    const lacking = archive.find((letter) => isResult(letter, actor.state.memory.height));
    if (lacking !== undefined && this.#chance.happens(0.3)) actor.inbox.unshift(lacking);
  }

  #hearAll(actor: Actor): void {
    for (let count = actor.inbox.length; count > 0; count -= 1) this.#hear(actor, 0);
  }

  #hear(actor: Actor, place: number): void {
    const [letter] = actor.inbox.splice(place, 1);
    if (letter === undefined || this.#violation !== null) return;
    actor.hear(letter);
    this.#after(actor, letter);
  }

  #do(actor: Actor): void {
    const deeds = this.#possible(actor);
    if (deeds.length === 0) return;
    const deed = this.#pick(deeds);
    if (typeof deed === 'string') actor.do(deed);
    else actor.change(deed);
    this.#after(actor, typeof deed === 'string' ? deed : deed.kind);
  }

  /** What this peer may do now and makes a difference. */
  #possible(actor: Actor): readonly (Deed | Change)[] {
    const { election, office, mining, solved, lastVote } = actor.state;
    const deeds: (Deed | Change)[] = [];
    const isIdle = office?.isGoverning === true && office.proposed === null;
    if (election === null && office === null && this.#chance.happens(this.#suspicion(actor)))
      deeds.push('suspect');
    if (election !== null && this.#chance.happens(patience[election.phase])) deeds.push('late');
    if (isIdle && office.opening === null) deeds.push('open');
    if (mining !== null) deeds.push('solve');
    const isHeard = office === null && solved === null && lastVote === null;
    if (!isHeard && this.#chance.happens(0.1)) deeds.push('again');
    if (isIdle && this.#hasChanges && this.#chance.happens(0.2)) deeds.push(this.#change(actor));
    return deeds;
  }

  #suspicion(actor: Actor): number {
    const controller = controllerOf(actor.state);
    if (controller === null) return 0.3;
    return this.#stage.reaches(controller, actor) ? this.#temper.doubt : 1;
  }

  /** As the controller would see fit: a seat is filled, and otherwise somebody goes. */
  #change(actor: Actor): Change {
    const inside = actor.state.memory.chain?.roster.members ?? [];
    const names = new Set(inside.map(({ clientID }) => clientID));
    const outside = this.#stage.members.filter(({ clientID }) => !names.has(clientID));
    const isFull = inside.length >= actor.state.settings.peers;
    if (!isFull && outside.length > 0) return { kind: 'admit', member: this.#pick(outside) };
    return { kind: 'remove', clientID: this.#pick(inside).clientID };
  }

  #after(actor: Actor, what: Letter | string): void {
    this.#onStep?.(describeStep(actor.index, what));
    if (this.#hasNews(actor) && this.#chance.happens(this.#temper.aim)) this.#turn(actor);
    this.#show(this.#stage.spread(actor));
  }

  /** Whether a controller has just proposed or sealed a block. */
  #hasNews(actor: Actor): boolean {
    const { office, memory } = actor.state;
    const before = this.#desks.get(actor);
    const desk = office && { proposed: office.proposed?.digest ?? null, height: memory.height };
    this.#desks.set(actor, desk);
    if (desk === null) return false;
    const isProposal = desk.proposed !== null && desk.proposed !== before?.proposed;
    return isProposal || (before != null && before.height < desk.height);
  }

  #show(facts: readonly Fact[]): void {
    for (const fact of facts) {
      this.#violation ??= this.#see(fact);
      if (fact.kind === 'recorded' && fact.entry.kind === 'obeyed')
        this.#terms.add(fact.entry.term);
    }
  }

  /** At least 0, less than `count`. */
  #draw(count: number): number {
    return Math.floor(this.#chance.next() * count);
  }

  #pick<T>(from: readonly T[]): T {
    return from[this.#draw(from.length)] as T;
  }
}

/** Crashes are worst for who is about to vote, to govern or to seal. */
function riskOf({ state: { office, election } }: Actor): number {
  if (office !== null) return office.proposed === null ? 1 : 5;
  return election?.phase === 'reveal' ? 2 : 1 / 3;
}

function isResult({ message }: Letter, height: number): boolean {
  return message.kind === 'result' && message.result === 1 && message.transactionID === height;
}
