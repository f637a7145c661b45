/** Does to a network what is drawn for it, at its moment, and mends it after a while. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { ChaosPeer } from './chaos-company.ts';
import { chanceOf, type Deed, type DeedKind, drawDeed } from './chaos-deeds.ts';
import type { ChaosFact } from './chaos-fact.ts';
import type { Failovers, Loss } from './chaos-failovers.ts';
import type { Machine } from './chaos-machine.ts';
import { Mending } from './chaos-mending.ts';
import type { Stage } from './chaos-stage.ts';
import type { Said } from './fleet-said.ts';
import type { Way } from './relay.ts';

export type NemesisOptions = {
  readonly stage: Stage;
  readonly seed: number;
  /** Of the peers. */
  readonly heartbeatMs: number;
  readonly failovers: Failovers;
  readonly tell: (fact: ChaosFact) => void;
  /** Something could not be done, such as to start the broker again. */
  readonly onFailed: (error: unknown) => void;
};

type Of<Kind extends Deed['kind']> = Extract<Deed, { readonly kind: Kind }>;

/** Waits for its moment. */
type Armed = {
  readonly number: number;
  readonly deed: Of<'kill-controller' | 'freeze-controller'>;
};

/** A peer that leaves has so long (PROTOCOL 8: 3 s, and its connection 2 s more). */
const LEAVE_MS = 10_000;
const POLL_MS = 20;

/** Nobody suspects anybody so soon after it has connected again (PROTOCOL 6.1) … */
const SETTLE_HEARTBEATS = 1.2;
/** … which takes so long at the most (PROTOCOL 5: attempts up to 5 s apart). */
const RECONNECT_MS = 5_000;

/** One in so many peers keeps its memory on disk. */
const DATA_EVERY = 3;
/** These live through all of it, the first with its data and the second without. */
const SPARED = 2;

export class Nemesis {
  readonly #options: NemesisOptions;
  readonly #stage: Stage;
  readonly #mending: Mending;
  /** How often each kind of deed was done. */
  readonly done: Partial<Record<DeedKind, number>> = {};
  #armed: Armed | null = null;
  #came = 0;
  #isMending = false;

  constructor(options: NemesisOptions) {
    this.#options = options;
    this.#stage = options.stage;
    this.#mending = new Mending(options.onFailed);
  }

  /** One more peer. */
  async bring(machine: Machine = 'sound'): Promise<void> {
    this.#came += 1;
    // A user of its own cannot write where we do.
    const hasData = machine === 'sound' && this.#came % DATA_EVERY === 1;
    const peer = await this.#stage.come(hasData, this.#came <= SPARED, machine);
    this.#tellComing(peer);
  }

  /** Draws deed `number` and does it, or waits for its moment. */
  befall(number: number): void {
    if (this.#armed !== null) this.#options.tell({ kind: 'missed', number: this.#armed.number });
    this.#armed = null;
    const chance = chanceOf(this.#options.seed, number);
    const deed = this.#stage.isBrokerUp ? drawDeed(chance, this.#situation()) : null;
    if (deed === null) {
      const why = this.#stage.isBrokerUp ? 'majority' : 'broker';
      this.#options.tell({ kind: 'spared', number, why });
      return;
    }
    this.#options.tell({ kind: 'deed', number, deed });
    if (!isAimed(deed)) this.#count(deed);
    this.#do(deed, number);
  }

  /** The moment may be now. */
  hear(peer: ChaosPeer, said: Said): void {
    if (this.#armed === null || this.#isMending) return;
    const { when } = this.#armed.deed;
    if (when === 'challenge' && said.kind === 'challenge') this.#strike();
    if (when === 'proposal' && isProposal(said) && peer === this.#stage.company.controller)
      this.#strike();
  }

  /** Mends everything at once; resolves when that is done. */
  async mend(): Promise<void> {
    this.#isMending = true;
    this.#armed = null;
    await this.#mending.mendAll();
    this.#stage.dry();
    await this.#stage.startBroker(false);
    this.#stage.admit();
  }

  #situation(): Parameters<typeof drawDeed>[1] {
    return this.#stage.company.situation({
      isBrokerOurs: this.#stage.isBrokerOurs && this.#stage.isBrokerUp,
      isFlooding: this.#stage.isFlooding,
      machines: this.#stage.machines,
      canFreeze: process.platform !== 'win32',
    });
  }

  /** Things have changed since it was drawn: nobody may be to spare any more. */
  #strike(): void {
    const armed = this.#armed;
    const { controller } = this.#stage.company;
    if (armed === null || controller?.mandate == null) return;
    const { deed } = armed;
    const isKill = deed.kind === 'kill-controller';
    if (this.#stage.company.spare < 1 || (isKill && controller.isSpared)) return;
    if (!this.#stage.company.isAble(controller)) return;
    this.#armed = null;
    this.#count(deed);
    const { term } = controller.mandate;
    this.#lose(controller, isKill ? 'killed' : 'frozen');
    this.#options.tell({ kind: 'struck', peer: controller.label, term });
    if (isKill) this.#kill(controller, deed.backMs);
    else this.#freeze(controller, deed.backMs);
  }

  #do(deed: Deed, number: number): void {
    const { company } = this.#stage;
    switch (deed.kind) {
      case 'kill-controller':
      case 'freeze-controller':
        this.#armed = { number, deed };
        if (deed.when === 'challenge' && company.hasOpenChallenge) this.#strike();
        return;
      case 'kill':
        this.#lose(company.called(deed.peer), 'killed');
        this.#kill(company.called(deed.peer), deed.backMs);
        return;
      case 'freeze':
        this.#lose(company.called(deed.peer), 'frozen');
        this.#freeze(company.called(deed.peer), deed.backMs);
        return;
      case 'kill-broker':
        this.#killBroker(deed);
        return;
      case 'cut':
        this.#cut(
          deed.peers.map((label) => company.called(label)),
          deed.way,
          deed.backMs,
        );
        return;
      case 'leave':
        this.#mending.attend(this.#leave(deed));
        return;
      case 'join':
        this.#mending.attend(this.bring(deed.machine));
        return;
      case 'flood':
        this.#stage.flood();
        this.#mending.later(deed.backMs, () => {
          this.#stage.dry();
          this.#back('there is no garbage');
        });
        return;
    }
  }

  #kill(peer: ChaosPeer, backMs: number): void {
    this.#stage.kill(peer);
    this.#mending.later(backMs, () => this.#replace(peer));
  }

  #freeze(peer: ChaosPeer, backMs: number): void {
    this.#stage.freeze(peer);
    this.#mending.later(backMs, () => {
      this.#stage.thaw(peer);
      this.#returned(peer);
      this.#back(`${peer.label} moves`);
    });
  }

  #cut(peers: readonly ChaosPeer[], way: Way, backMs: number): void {
    for (const peer of peers) {
      if (typeof way === 'string') this.#lose(peer, 'cut off');
      this.#stage.set(peer, way);
    }
    this.#mending.later(backMs, () => {
      for (const peer of peers) {
        this.#stage.set(peer, 'open');
        this.#returned(peer);
      }
      this.#back(`${peers.map(({ label }) => label).join(', ')}: everything passes`);
    });
  }

  #killBroker({ backMs, refusesMs }: Of<'kill-broker'>): void {
    this.#options.failovers.disturb(Number.POSITIVE_INFINITY);
    const dead = this.#stage.killBroker();
    this.#mending.attend(dead);
    this.#mending.later(backMs, async () => {
      await dead;
      await this.#stage.startBroker(refusesMs > 0);
      if (refusesMs === 0) this.#brokerIsBack('the broker answers');
      else this.#mending.later(refusesMs, () => this.#brokerIsBack('the broker lets peers in'));
    });
  }

  #brokerIsBack(what: string): void {
    this.#stage.admit();
    const settleMs = SETTLE_HEARTBEATS * this.#options.heartbeatMs + RECONNECT_MS;
    this.#options.failovers.disturb(Date.now() + settleMs);
    this.#back(what);
  }

  /** One after another, and none that the others cannot spare any more. */
  async #leave({ peers, by, backMs }: Of<'leave'>): Promise<void> {
    for (const label of peers) {
      const peer = this.#stage.company.called(label);
      if (!this.#stage.company.isAble(peer) || this.#stage.company.spare < 1) continue;
      this.#stage.leave(peer, by);
      await this.#gone(peer, LEAVE_MS);
      this.#mending.later(backMs, () => this.bring());
    }
  }

  /** Comes back with its memory if it has one; else somebody new comes in its place. */
  async #replace(peer: ChaosPeer): Promise<void> {
    await this.#gone(peer, LEAVE_MS);
    if (peer.data === null) {
      await this.bring();
      return;
    }
    this.#stage.comeBack(peer);
    this.#tellComing(peer);
  }

  /** Whoever does not leave in its time is killed, and found to have died. */
  async #gone(peer: ChaosPeer, ms: number): Promise<void> {
    const deadline = performance.now() + ms;
    while (!peer.isGone && performance.now() < deadline) await sleep(POLL_MS);
    if (peer.isGone) return;
    this.#stage.giveUp(peer);
    while (!peer.isGone) await sleep(POLL_MS);
  }

  /** If it is the controller, somebody will have to follow it. */
  #lose(peer: ChaosPeer, loss: Loss): void {
    const { mandate } = peer;
    if (mandate === null || peer !== this.#stage.company.controller) return;
    this.#options.failovers.begin(loss, mandate.term, Date.now());
  }

  #returned({ mandate }: ChaosPeer): void {
    if (mandate !== null) this.#options.failovers.cameBack(mandate.term);
  }

  #count({ kind }: Deed): void {
    this.done[kind] = (this.done[kind] ?? 0) + 1;
  }

  #tellComing(peer: ChaosPeer): void {
    const { label, pid, data, machine } = peer;
    this.#options.tell({ kind: 'came', peer: label, pid, hasData: data !== null, machine });
  }

  #back(what: string): void {
    this.#options.tell({ kind: 'back', what });
  }
}

/** It waits for its moment, which may not come. */
function isAimed(deed: Deed): deed is Armed['deed'] {
  return deed.kind === 'kill-controller' || deed.kind === 'freeze-controller';
}

function isProposal(said: Said): boolean {
  return said.kind === 'fact' && said.what === 'said' && said.message.kind === 'proposal';
}
