/** The bad of a world, a stranger and a member: when they begin, and what must hold beside them. */

import type { Hasher } from '../domain/crypto.ts';
import type { ClientID } from '../domain/names.ts';
import { majority } from '../domain/roster.ts';
import { questTurnMs } from '../lease/quest.ts';
import { Chance } from './chance.ts';
import type { Violation } from './checkers/all.ts';
import type { Fact } from './checkers/fact.ts';
import { problemOfRecovery } from './checkers/liveness.ts';
import { Insider } from './insider.ts';
import type { InsiderKind, Plan } from './plan.ts';
import { type Mischief, Stranger } from './stranger.ts';
import type { Inhabitant, World } from './world.ts';

/** How long nothing is wrong but them, and at most one peer that is killed and comes back. */
const siegeMs = 90_000;

/** When the controller is killed in it, and how long it is gone. */
const killMs: readonly [low: number, high: number] = [8_000, 25_000];
const goneMs = 55_000;

/** Between two solutions in it, on average. */
const blockMs = 3_000;

/** Without a mined block for this time, the bad are too strong. */
const standStillMs = 45_000;

/**
 * The same where something was searched meanwhile: that counts as work of the controller for the
 * 30 s of a turn (PROTOCOL 6.1), and only then it can become suspect.
 */
const searchStillMs = standStillMs + questTurnMs;

/** Time for those to be removed who are gone for good: until then they are no minority. */
const burialMs = 120_000;

/** How often a member to turn bad is looked for, while there is none yet. */
const lookMs = 1_000;

/** How often it is asked whether time passes without a block: after each event costs too much. */
const glanceMs = 100;

/** What became of a world with a stranger or a bad member in it. */
export type Siege = {
  readonly mischief: Mischief;
  /** The longest time without a mined block while they were at work; 0 where none were. */
  readonly stillMs: number;
  /** From the loss of its controller to the next mandate; null where none was killed. */
  readonly failoverMs: number | null;
};

export class Ills {
  readonly #world: World;
  readonly #chance: Chance;
  readonly #kind: InsiderKind | null;
  readonly #stranger: Stranger | null;
  #insider: Insider | null = null;
  #isOn = false;
  /** Whether a member may be bad, as the others can go on without it. */
  #mayTurn = true;
  #minedAt = 0;
  #stillMs = 0;
  #killedAt: number | null = null;

  constructor(world: World, plan: Plan, hasher: Hasher) {
    this.#world = world;
    this.#kind = plan.insider;
    this.#chance = new Chance(plan.seed * 7919 + 3);
    this.#stranger = plan.hasStranger ? new Stranger(world, plan.seed, hasher) : null;
  }

  get #areThere(): boolean {
    return this.#stranger !== null || this.#kind !== null;
  }

  /** Watches for blocks. */
  see(fact: Fact): void {
    if (fact.kind !== 'recorded' || fact.entry.kind !== 'sealed') return;
    if (fact.entry.block.change === undefined) this.#minedAt = fact.at;
  }

  /** From now on, until `end`: a member turns bad as soon as there are members. */
  begin(): void {
    this.#isOn = true;
    this.#stranger?.begin();
    this.#look();
  }

  #look(): void {
    if (this.#kind === null || !this.#mayTurn) return;
    if (!this.#isOn || this.#insider !== null) return;
    // While faults last nothing but safety is asked for; later on the bad are to be a minority.
    const peer = this.#candidate();
    if (peer === null) this.#world.agenda.plan(lookMs, () => this.#look());
    else this.#insider = new Insider(this.#world, this.#chance, this.#kind, peer);
  }

  /** Every other time the controller, else any member. */
  #candidate(): Inhabitant | null {
    const views = this.#world.alive().map((peer) => ({ peer, role: this.#world.view(peer).role }));
    const members = views.filter(({ role }) => role === 'member' || role === 'controller');
    const governing = members.filter(({ role }) => role === 'controller');
    const isAimed = governing.length > 0 && this.#chance.happens(0.5);
    const among = isAimed ? governing : members;
    return among[Math.floor(this.#chance.next() * among.length)]?.peer ?? null;
  }

  /** All else is healed: solutions are found often, as some may not search, or not be heard. */
  rest(): void {
    this.end();
    const { length } = this.#world.alive();
    if (this.#areThere) this.#world.solveMs = blockMs * Math.max(1, length - 3);
  }

  /** The stranger goes, and the member is mended, half the time by a restart. */
  end(): void {
    this.#isOn = false;
    this.#stranger?.end();
    const insider = this.#insider;
    this.#insider = null;
    if (insider === null) return;
    insider.end();
    // Far numbers that it has claimed hold for its connection.
    const isRestarted = insider.kind === 'boastful' || this.#chance.happens(0.5);
    if (!insider.peer.isAlive || !isRestarted) return;
    this.#world.kill(insider.peer);
    this.#world.restart(insider.peer);
  }

  /** A well world is beset, must go on all the same, and be well within a minute after it. */
  besiege(isOver: () => boolean): Violation | null {
    if (!this.#areThere) return null;
    const { agenda } = this.#world;
    if (this.#kind !== null) this.#world.runUntil(() => isOver() || this.#canSpare(1), burialMs);
    // Of two members that are left, one that is bad is no minority: then no member is.
    this.#mayTurn = this.#canSpare(1);
    this.begin();
    const until = agenda.now + siegeMs;
    this.#minedAt = agenda.now;
    let problem = this.#pass(this.#chance.between(...killMs), isOver);
    const victim = problem === null && !isOver() ? this.#victim() : null;
    if (victim !== null) {
      this.#killedAt = agenda.now;
      this.#world.kill(victim);
      problem = this.#pass(goneMs, isOver);
      this.#world.restart(victim);
    }
    problem ??= this.#pass(until - agenda.now, isOver);
    this.end();
    return problem ?? (isOver() ? null : problemOfRecovery(this.#world, isOver));
  }

  #pass(ms: number, isOver: () => boolean): Violation | null {
    let isStill = false;
    let lookedAt = 0;
    const { agenda } = this.#world;
    this.#world.runUntil(() => {
      if (isOver()) return true;
      if (agenda.now - lookedAt < glanceMs) return false;
      lookedAt = agenda.now;
      if (!this.#areMost()) this.#minedAt = agenda.now;
      const stillMs = agenda.now - this.#minedAt;
      this.#stillMs = Math.max(this.#stillMs, stillMs);
      isStill = stillMs > standStillMs && stillMs > this.#mostStillMs();
      return isStill;
    }, ms);
    if (!isStill) return null;
    const seconds = this.#mostStillMs() / 1000;
    const sentence = `No block was mined in ${seconds} s beside ${this.#names()}.`;
    return { name: 'liveness', sentence };
  }

  #mostStillMs(): number {
    const { told } = this.#world;
    const last = told.findLast(({ note }) => note.kind === 'covered');
    return last !== undefined && last.at > this.#minedAt ? searchStillMs : standStillMs;
  }

  /**
   * Whether the members that are here and not bad are a majority. One that expels a living member
   * beside one that is dead may end that, which no rule promises to prevent (SECURITY).
   */
  #areMost(): boolean {
    const good = this.#world.alive().filter((peer) => peer !== this.#insider?.peer);
    const views = good.map((peer) => this.#world.view(peer));
    const latest = views.reduce<(typeof views)[number] | null>(
      (best, next) => (best === null || next.height > best.height ? next : best),
      null,
    );
    if (latest === null) return false;
    return spareOf(latest.members, good) >= 0;
  }

  #names(): string {
    const stranger = this.#stranger === null ? [] : ['a stranger'];
    const insider = this.#kind === null ? [] : [`a member that is ${this.#kind}`];
    return [...stranger, ...insider].join(' and ');
  }

  /** The controller, if those who are left are a majority without it, and without the bad one. */
  #victim(): Inhabitant | null {
    const controller = this.#world.controller();
    if (controller === null || controller === this.#insider?.peer) return null;
    return this.#canSpare(this.#insider === null ? 1 : 2) ? controller : null;
  }

  /** Whether the members that are here would be a majority without `lost` of them. */
  #canSpare(lost: number): boolean {
    const controller = this.#world.controller();
    if (controller === null) return false;
    const { members } = this.#world.view(controller);
    return spareOf(members, this.#world.alive()) >= lost;
  }

  #failover(): number | null {
    const at = this.#killedAt;
    if (at === null) return null;
    const next = this.#world.told.find((told) => told.at > at && told.note.kind === 'mandate');
    return next === undefined ? null : next.at - at;
  }

  sum(): Siege {
    const mischief = this.#stranger?.done ?? { repeated: 0, invented: 0 };
    return { mischief, stillMs: this.#stillMs, failoverMs: this.#failover() };
  }
}

/** How many more of these are members than a majority needs. */
function spareOf(members: readonly ClientID[], peers: readonly Inhabitant[]): number {
  const here = peers.filter(({ self }) => members.includes(self.clientID));
  return here.length - majority(members.length);
}
