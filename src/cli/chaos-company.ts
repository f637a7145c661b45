/** The peers of a run of chaos, as far as what they say shows how they are. */

import { assert } from '../domain/assert.ts';
import type { ClientID, Term } from '../domain/names.ts';
import { majority } from '../domain/roster.ts';
import type { Label, Situation, Target } from './chaos-deeds.ts';
import type { Machine } from './chaos-machine.ts';
import type { Place } from './fleet.ts';
import type { Said } from './fleet-said.ts';
import type { Relay } from './relay.ts';

/** One peer; with a data directory it outlives its processes. */
export type ChaosPeer = {
  readonly label: Label;
  readonly relay: Relay;
  readonly data: string | null;
  readonly isSpared: boolean;
  readonly machine: Machine;
  /** Of its process, or of its last one. */
  place: Place;
  pid: number;
  life: 'alive' | 'frozen' | 'leaving' | 'dead';
  /** Its process has ended, and all that it said is heard. */
  isGone: boolean;
  /** Null until it has said who it is. */
  name: ClientID | null;
  isConnected: boolean;
  /** Whom it obeys, and since when (Unix milliseconds); null in a process that knows nobody yet. */
  mandate: { readonly term: Term; readonly controller: ClientID; readonly at: number } | null;
  /** Blocks that it has recorded, and how many of the last ones were mined. */
  height: number;
  mined: number;
};

export class Company {
  readonly #seats: number;
  readonly #peers: ChaosPeer[] = [];
  /** Rosters in their order, each from the height on at which it counts. */
  readonly #rosters: { readonly from: number; readonly members: readonly ClientID[] }[] = [];
  #challenged = -1;
  #sealed = -1;

  constructor(seats: number) {
    this.#seats = seats;
  }

  /** In order of their first starts, the dead ones, too. */
  get peers(): readonly ChaosPeer[] {
    return this.#peers;
  }

  get living(): readonly ChaosPeer[] {
    return this.#peers.filter(({ life }) => life !== 'dead');
  }

  /** The living that can be heard: those whose log has room. */
  get heard(): readonly ChaosPeer[] {
    return this.living.filter(({ machine }) => machine !== 'full-log');
  }

  /** Members that the roster has, as whoever is furthest knows it. */
  get members(): readonly ClientID[] {
    return this.#rosters.at(-1)?.members ?? [];
  }

  /** The highest block number that anybody has; -1 before the first. */
  get sealed(): number {
    return this.#sealed;
  }

  get hasOpenChallenge(): boolean {
    return this.#challenged > this.#sealed;
  }

  add(peer: Pick<ChaosPeer, 'label' | 'relay' | 'data' | 'isSpared' | 'machine'>): ChaosPeer {
    const whole: ChaosPeer = { ...peer, ...NEW_PROCESS, place: 0, pid: 0, height: 0, mined: 0 };
    this.#peers.push(whole);
    return whole;
  }

  /** It has a process, the first or another one. */
  begin(peer: ChaosPeer, place: Place, pid: number): void {
    Object.assign(peer, NEW_PROCESS, { place, pid, life: 'alive', isGone: false });
  }

  at(place: Place): ChaosPeer | null {
    return this.#peers.find((peer) => peer.place === place) ?? null;
  }

  called(label: Label): ChaosPeer {
    const found = this.#peers.find((peer) => peer.label === label);
    assert(found !== undefined, `There is a peer ${label}.`);
    return found;
  }

  /** The one that the latest mandate names, if it lives. */
  get controller(): ChaosPeer | null {
    const mandates = this.living.flatMap(({ mandate }) => mandate ?? []);
    const last = mandates.reduce<(typeof mandates)[number] | null>(
      (best, next) => (best === null || next.term > best.term ? next : best),
      null,
    );
    return this.living.find(({ name }) => name !== null && name === last?.controller) ?? null;
  }

  /** It takes part, as far as it can be seen from here. */
  isAble(peer: ChaosPeer): boolean {
    const { life, mandate, relay } = peer;
    return life === 'alive' && mandate !== null && isPassing(relay);
  }

  /**
   * So many members more are able than any of them needs for a majority: whoever has not heard of
   * the last change yet still counts by the roster before it.
   */
  get spare(): number {
    const able = this.living.filter((peer) => this.isAble(peer) && this.isMember(peer));
    const names = able.flatMap(({ name }) => name ?? []);
    const spares = able.map((peer) => {
      const roster = this.#rosterOf(peer);
      return roster.filter((name) => names.includes(name)).length - majority(roster.length);
    });
    return Math.min(...spares, this.#seats);
  }

  isMember({ name }: ChaosPeer): boolean {
    return name !== null && this.members.includes(name);
  }

  hear(peer: ChaosPeer, said: Said): void {
    switch (said.kind) {
      case 'started':
        peer.name = said.peer;
        return;
      case 'connected':
        peer.isConnected = true;
        return;
      case 'disconnected':
        peer.isConnected = false;
        return;
      case 'recalled':
        peer.height = said.height;
        return;
      case 'founded':
        if (this.#rosters.length === 0) this.#rosters.push({ from: 0, members: said.members });
        return;
      case 'roster':
        if (said.transactionID < (this.#rosters.at(-1)?.from ?? 0)) return;
        this.#rosters.push({ from: said.transactionID + 1, members: said.members });
        return;
      case 'mandate':
        peer.mandate = { term: said.term, controller: said.controller, at: said.time };
        return;
      case 'challenge':
        this.#challenged = Math.max(this.#challenged, said.transactionID);
        return;
      case 'fact':
        if (said.what === 'recorded' && said.entry.kind === 'sealed')
          this.#append(peer, said.entry.block);
        return;
      default:
        return;
    }
  }

  /** What the next deed is drawn from; `machines` are the poor ones that can be made here. */
  situation({ machines, ...rest }: Omit<Situation, 'peers' | 'spare' | 'seats'>): Situation {
    const { controller } = this;
    const taken = new Set(this.living.map(({ machine }) => machine));
    const free = machines.filter((machine) => !taken.has(machine));
    const peers = this.living
      .filter(({ life }) => life !== 'leaving')
      .map(
        (peer): Target => ({
          label: peer.label,
          isMember: this.isMember(peer),
          isController: peer === controller,
          isAble: this.isAble(peer),
          isSpared: peer.isSpared,
        }),
      );
    return { peers, spare: this.spare, seats: this.#seats, machines: free, ...rest };
  }

  #rosterOf({ height }: ChaosPeer): readonly ClientID[] {
    return this.#rosters.findLast(({ from }) => from <= height)?.members ?? this.members;
  }

  #append(
    peer: ChaosPeer,
    { transactionID, challenge }: { readonly transactionID: number; readonly challenge: number },
  ): void {
    peer.height = transactionID + 1;
    if (challenge > 0) peer.mined = transactionID;
    this.#sealed = Math.max(this.#sealed, transactionID);
  }
}

/** Nothing is known of it, and it has no process yet. */
const NEW_PROCESS = {
  life: 'dead',
  isGone: true,
  name: null,
  isConnected: false,
  mandate: null,
} as const;

/** Late or not, what it says arrives, and it hears the others. */
function isPassing({ way }: Relay): boolean {
  return way === 'open' || typeof way === 'number';
}
