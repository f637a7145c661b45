/** Does to a world what its plan says, and mends it all at the end. */

import { assert } from '../domain/assert.ts';
import type { Settings } from '../domain/contract.ts';
import type { Member } from '../domain/message.ts';
import { majority } from '../domain/roster.ts';
import { Chance } from './chance.ts';
import { calm } from './network.ts';
import type { Aim, Deed, Plan } from './plan.ts';
import type { Inhabitant, World } from './world.ts';

/** How long somebody is gone whom a world cannot lose. */
const shortMs = 5_000;

/** How often a healed network finds a solution, whoever is left to search. */
const healedBlockMs = 5_000;

/** More peers than any life has; a prime, so that steps through it come to each once. */
const mostNamed = 101;

/** What is done to somebody. */
type Hurt = Extract<Deed, { aim: Aim }>;

/** What passes by itself. */
type Lasting = Exclude<Extract<Hurt, { forMs: number }>, { what: 'partition' }>;

export class Fate {
  readonly #world: World;
  readonly #plan: Plan;
  readonly #chance: Chance;
  readonly #naming: Chance;
  /** Killed, with a disk that is still there. */
  readonly #fallen = new Set<Inhabitant>();
  /** When the controller of the time was taken away, for the times of failovers. */
  readonly beheadings: number[] = [];
  done = 0;
  #founder: Member | null = null;

  constructor(world: World, plan: Plan) {
    this.#world = world;
    this.#plan = plan;
    this.#chance = new Chance(plan.seed + 1);
    this.#naming = new Chance(plan.seed * 7919 + 5);
  }

  /** One more peer, with a clock that is wrong by its own amount. */
  arrive(): Inhabitant {
    const { driftRate, driftMs } = this.#plan;
    const rate = 1 + this.#chance.between(-driftRate, driftRate);
    const offsetMs = Math.round(this.#chance.between(-driftMs, driftMs));
    const self = this.#world.identity();
    const founders = this.#foundersFor(self);
    const names = this.#nextName();
    const without = this.#without(founders);
    return this.#world.start({ self, founders, ...names, ...without }, { rate, offsetMs });
  }

  /** Who comes to a network need not be told what its accounts began with. */
  #without(founders: readonly Member[] | null): Partial<Settings> {
    if (!this.#plan.hasGenesis || founders !== null || !this.#isFounded) return {};
    return { genesis: null, genesisList: [] };
  }

  get #isFounded(): boolean {
    return this.#world.peers.some(({ journal }) => journal.founding() !== null);
  }

  /** With dice of its own; now and then a peer has none. */
  #nextName(): { readonly name?: number } {
    const draw = this.#naming.next();
    if (!this.#plan.hasNames || draw < 0.2) return {};
    const span = 9_999 / mostNamed;
    // Each has its own part of the numbers, in an order that has nothing to do with their coming.
    const part = (this.#world.peers.length * 37) % mostNamed;
    return { name: 1 + Math.floor((part + draw) * span) };
  }

  /**
   * Newcomers who are as many as there are seats found another network when nobody of the first one
   * answers (PROTOCOL 5.7): so the last of them is told beforehand whose network it is.
   */
  #foundersFor(self: Member): readonly Member[] | null {
    const { peers } = this.#plan;
    this.#founder ??= self;
    if (peers === 1) return [this.#founder];
    if (this.#world.peers.length < 2 * peers - 1) return null;
    const foundings = this.#world.peers.flatMap(({ journal }) => journal.founding() ?? []);
    return foundings[0]?.members ?? null;
  }

  befall(deed: Deed): void {
    const world = this.#world;
    this.done += 1;
    if (deed.what === 'arrival') this.arrive();
    else if (deed.what === 'weather') {
      const { loss, repeat, delayMs } = deed;
      world.network.nemesis = { loss, repeat, delayMs: [0.5, delayMs] };
    } else if (deed.what === 'broker') {
      world.network.stop(deed.keepsRetained);
      this.#later(deed.forMs, () => world.network.restart());
    } else this.#hurt(deed);
  }

  /** Whoever cannot be spared is gone for a while only; where nobody is, somebody comes. */
  #hurt(deed: Hurt): void {
    const victim = this.#aim(deed.aim, deed.draw);
    if (victim === null) {
      this.arrive();
      return;
    }
    const isController = this.#world.view(victim).role === 'controller';
    if (isController && deed.what !== 'disk-full') this.beheadings.push(this.#world.agenda.now);
    const isFatal = deed.what === 'destroy' || deed.what === 'leave';
    const isTooMuch = isFatal && !this.#canSpare(victim);
    this.#strike(isTooMuch ? { ...deed, what: 'crash', forMs: shortMs } : deed, victim);
  }

  #strike(deed: Hurt, victim: Inhabitant): void {
    const world = this.#world;
    if (deed.what === 'destroy') world.kill(victim);
    else if (deed.what === 'leave') world.leave(victim);
    else if (deed.what === 'partition') this.#partition(deed, victim);
    else this.#later(deed.forMs, this.#begin(deed, victim));
  }

  /** Begins what lasts, and answers with what ends it. */
  #begin(deed: Lasting, victim: Inhabitant): () => void {
    const world = this.#world;
    if (deed.what === 'crash') {
      world.kill(victim);
      this.#fallen.add(victim);
      return () => this.#raise(victim);
    }
    if (deed.what === 'freeze') {
      world.freeze(victim);
      return () => world.thaw(victim);
    }
    if (deed.what === 'cut-off') {
      victim.link.stall = deed.way;
      return () => reconnect(victim);
    }
    victim.disk.isFull = true;
    return () => {
      victim.disk.isFull = false;
    };
  }

  #partition(deed: Extract<Deed, { what: 'partition' }>, victim: Inhabitant): void {
    const others = this.#world.alive().filter((peer) => peer !== victim);
    const apart = [victim, ...others.slice(0, Math.floor(deed.share * (others.length + 1)))];
    for (const peer of apart) peer.link.stall = 'both';
    this.#later(deed.forMs, () => apart.forEach(reconnect));
  }

  #later(afterMs: number, run: () => void): void {
    this.#world.agenda.plan(afterMs, run);
  }

  #raise(peer: Inhabitant): void {
    if (this.#fallen.delete(peer)) this.#world.restart(peer);
  }

  #aim(aim: Aim, draw: number): Inhabitant | null {
    const world = this.#world;
    const alive = world.alive();
    const members = alive.filter((peer) =>
      ['member', 'controller'].includes(world.view(peer).role),
    );
    const controllers = members.filter((peer) => world.view(peer).role === 'controller');
    const [first, second] = aim === 'anybody' ? [alive, alive] : [members, alive];
    const among = aim === 'controller' && controllers.length > 0 ? controllers : first;
    const from = among.length > 0 ? among : second;
    return from[Math.floor(draw * from.length)] ?? null;
  }

  /** Whether those who live, or will rise again, are a majority of the roster without it. */
  #canSpare(victim: Inhabitant): boolean {
    const world = this.#world;
    const views = world.alive().map((peer) => world.view(peer));
    const latest = views.reduce((a, b) => (b.height > a.height ? b : a));
    const { members } = latest;
    if (members.length === 0) return victim.self !== this.#founder || this.#plan.peers > 1;
    const left = world.peers.filter(
      (peer) =>
        (peer.isAlive || this.#fallen.has(peer)) &&
        peer !== victim &&
        members.includes(peer.self.clientID),
    );
    return left.length >= majority(members.length);
  }

  /** All faults are over: whoever has a disk comes back, and a founding gets the peers it needs. */
  heal(): void {
    const world = this.#world;
    world.network.nemesis = calm;
    world.network.restart();
    for (const peer of [...this.#fallen]) this.#raise(peer);
    for (const peer of world.alive()) {
      peer.disk.isFull = false;
      reconnect(peer);
      world.thaw(peer);
    }
    const lack = this.#isFounded ? 0 : this.#plan.peers - world.alive().length;
    for (let more = 0; more < lack; more += 1) this.arrive();
    const miners = world.alive().length;
    assert(miners > 0, 'Somebody is always spared.');
    world.solveMs = healedBlockMs * miners;
  }

  /**
   * Members are lost for good, all at once, until those who are left are no majority: nor would be
   * one if the block that is on its way removed a member.
   */
  doom(): void {
    const world = this.#world;
    const views = world.alive().map((peer) => world.view(peer));
    const { members } = views.reduce((a, b) => (b.height > a.height ? b : a));
    const left = majority(members.length - 1) - 1;
    for (const clientID of members.slice(left)) {
      const victim = world.alive().find(({ self }) => self.clientID === clientID);
      if (victim !== undefined) world.kill(victim);
    }
    this.done += 1;
  }
}

function reconnect(peer: Inhabitant): void {
  peer.link.stall = 'none';
}
