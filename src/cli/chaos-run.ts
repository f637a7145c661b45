/** A run of chaos: deed after deed, then everything is mended, and everything is judged. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { Term, TransactionID } from '../domain/names.ts';
import { rulesOf } from '../ledger/rules.ts';
import { nodeHasher } from '../node/crypto.ts';
import { inUrl } from '../node/host.ts';
import type { ChaosPeer } from './chaos-company.ts';
import type { DeedKind } from './chaos-deeds.ts';
import { readDisk } from './chaos-disk.ts';
import type { ChaosFact } from './chaos-fact.ts';
import { type Failover, Failovers } from './chaos-failovers.ts';
import { Judge, type Violation } from './chaos-judge.ts';
import { Nemesis } from './chaos-nemesis.ts';
import { type Size, Sizes } from './chaos-sizes.ts';
import { Stage, type StageOptions } from './chaos-stage.ts';
import type { Ending } from './fleet-process.ts';
import type { Said } from './fleet-said.ts';

export type ChaosOptions = StageOptions & {
  readonly durationMs: number;
  readonly everyMs: number;
  readonly seed: number;
  /** Of the peers. */
  readonly heartbeatMs: number;
  /** The Rules' difficulty, as the clients are told it. */
  readonly difficulty: string;
};

export type Outcome = {
  readonly violations: readonly Violation[];
  readonly failovers: readonly Failover[];
  /** Losses of the controller in whose midst the broker was killed, too. */
  readonly disturbed: number;
  readonly sizes: readonly Size[];
  readonly deeds: Readonly<Partial<Record<DeedKind, number>>>;
  readonly terms: number;
  readonly blocks: number;
  readonly facts: number;
  /** How long those who were asked to leave took. */
  readonly goodbyesMs: readonly number[];
  /** The longest time in which nobody recorded a block. */
  readonly pauseMs: number;
  /** Where the files of the run are; null if they are gone. */
  readonly keptIn: string | null;
};

const FOUNDING_MS = 60_000;
/** Suspicion takes 20 s at most, an election may be given up a few times; then a block is mined. */
const AGREE_MS = 120_000;
/** So long without a block is worth a word. */
const LONG_MS = 10_000;
const POLL_MS = 50;
const SAMPLE_MS = 5_000;

export class ChaosRun {
  readonly #options: ChaosOptions;
  readonly #tell: (fact: ChaosFact) => void;
  readonly #stage: Stage;
  readonly #nemesis: Nemesis;
  readonly #judge = new Judge();
  readonly #failovers = new Failovers();
  readonly #goodbyesMs: number[] = [];
  readonly #askedToLeave = new Map<ChaosPeer, number>();
  #term = 0 as Term;
  #terms = 0;
  #sealed = -1;
  #blockAt = performance.now();
  #pauseMs = 0;
  /** The last block when everything was mended. */
  #mendedAt = -1;
  #isEnding = false;
  #isAsked = false;
  #failure: unknown = null;

  constructor(options: ChaosOptions, tell: (fact: ChaosFact) => void) {
    this.#options = options;
    this.#tell = tell;
    const onFailed = (error: unknown): void => {
      this.#failure ??= error;
    };
    this.#stage = new Stage(options, {
      onFailed,
      onSaid: (peer, said) => this.#hear(peer, said),
      onEnded: (peer, ending) => this.#bury(peer, ending),
    });
    this.#nemesis = new Nemesis({
      stage: this.#stage,
      seed: options.seed,
      heartbeatMs: options.heartbeatMs,
      failovers: this.#failovers,
      tell,
      onFailed,
    });
  }

  /** No further deed; what there is, is mended and judged. */
  ask(): void {
    this.#isAsked = true;
  }

  /** Where the run stands, for a line at a screen's bottom. */
  get standing(): { readonly term: Term; readonly blocks: number; readonly living: number } {
    const { company } = this.#stage;
    return { term: this.#term, blocks: company.sealed + 1, living: company.living.length };
  }

  /** Throws a `WorldError` where the broker cannot be started again. */
  async toItsEnd(): Promise<Outcome> {
    let hasHeld = false;
    try {
      const outcome = await this.#run();
      hasHeld = outcome.violations.length === 0;
      return outcome;
    } finally {
      await this.#stage.end(!hasHeld);
    }
  }

  async #run(): Promise<Outcome> {
    const { options, company } = { options: this.#options, company: this.#stage.company };
    this.#tell({
      kind: 'began',
      broker: options.broker.name,
      url: `mqtt://${inUrl(options.broker.host)}:${options.broker.port}`,
      peers: options.seats,
      seed: options.seed,
      log: this.#stage.log,
    });
    for (let peer = 0; peer < options.seats; peer += 1) await this.#nemesis.bring();
    await this.#until(() => this.#isFounded() || this.#isAsked, FOUNDING_MS);
    const isFounded = this.#isFounded();
    if (!isFounded && !this.#isAsked)
      this.#complain('founding', 'Not all peers knew a mandate within a minute.');
    const sizes = new Sizes(performance.now());
    if (isFounded) {
      this.#tell({ kind: 'founded', members: company.members.length });
      await this.#strikeAgainAndAgain(sizes);
      await this.#heal(sizes);
    }
    const compared = sizes.compare(company.living);
    this.#isEnding = true;
    await this.#stage.endPeers();
    await this.#lookAtDisks();
    const violations = this.#judge.judge(nodeHasher);
    return {
      violations,
      failovers: this.#failovers.done,
      disturbed: this.#failovers.disturbed,
      sizes: compared,
      deeds: this.#nemesis.done,
      terms: this.#terms,
      blocks: company.sealed + 1,
      facts: this.#judge.facts,
      goodbyesMs: this.#goodbyesMs,
      pauseMs: this.#pauseMs,
      keptIn: violations.length === 0 ? null : this.#stage.folder,
    };
  }

  async #strikeAgainAndAgain(sizes: Sizes): Promise<void> {
    const { durationMs, everyMs } = this.#options;
    const startedAt = performance.now();
    let deeds = 0;
    let sampledAt = startedAt;
    while (!this.#isAsked && this.#failure === null) {
      const at = performance.now();
      if (at - startedAt >= durationMs) return;
      if (at - startedAt >= (deeds + 1) * everyMs) {
        deeds += 1;
        this.#nemesis.befall(deeds);
      }
      if (at - sampledAt >= SAMPLE_MS) {
        sampledAt = at;
        sizes.sample(this.#pids(), at);
      }
      await sleep(POLL_MS);
    }
  }

  /** Everybody must agree, and have a block that was mined after that. */
  async #heal(sizes: Sizes): Promise<void> {
    this.#tell({ kind: 'mending' });
    const startedAt = performance.now();
    await this.#nemesis.mend();
    if (this.#failure !== null) throw this.#failure;
    const { company } = this.#stage;
    this.#mendedAt = company.sealed;
    const haveAgreed = await this.#until(() => this.#isFounded(), AGREE_MS);
    const { sealed } = company;
    const isFlowing =
      haveAgreed &&
      (await this.#until(() => company.heard.every(({ mined }) => mined > sealed), AGREE_MS));
    for (let sample = 0; sample < 3; sample += 1) sizes.sample(this.#pids(), performance.now());
    if (isFlowing) {
      const afterMs = performance.now() - startedAt;
      this.#tell({ kind: 'agreed', height: company.sealed, afterMs });
      return;
    }
    const views = company.heard.map(({ label, mandate, height, isConnected }) => {
      const who = mandate === null ? 'nobody' : `term ${mandate.term}`;
      return `${label} ${isConnected ? '' : 'without connection, '}${who}, height ${height}`;
    });
    const what = haveAgreed ? 'no block reached everybody' : 'not all obey one controller';
    const seconds = AGREE_MS / 1000;
    this.#complain('liveness', `${seconds} s after the last fault, ${what}: ${views.join('; ')}.`);
  }

  /** Whether all who live obey one controller, as far as they can be heard. */
  #isFounded(): boolean {
    const { heard } = this.#stage.company;
    const terms = new Set(heard.map(({ mandate }) => mandate?.term));
    return terms.size === 1 && !terms.has(undefined) && heard.every((peer) => peer.isConnected);
  }

  #pids(): readonly number[] {
    return this.#stage.company.living.map(({ pid }) => pid);
  }

  #hear(peer: ChaosPeer, said: Said): void {
    const { company } = this.#stage;
    if (peer.name !== null) this.#judge.hear(peer.name, said);
    if (this.#isEnding) return;
    this.#nemesis.hear(peer, said);
    if (company.sealed > this.#sealed) this.#noteBlock(company.sealed);
    if (said.kind === 'leaving') this.#askedToLeave.set(peer, performance.now());
    if (said.kind !== 'mandate') return;
    if (said.term > this.#term) {
      this.#term = said.term;
      this.#terms += 1;
      const label = company.living.find(({ name }) => name === said.controller)?.label ?? null;
      this.#tell({ kind: 'mandate', term: said.term, controller: said.controller, label });
    }
    const able = company.living.filter((each) => company.isAble(each));
    const known = able.map(({ mandate }) => mandate);
    for (const failover of this.#failovers.look(known)) this.#tell({ kind: 'failover', failover });
  }

  #noteBlock(sealed: number): void {
    this.#sealed = sealed;
    const afterMs = performance.now() - this.#blockAt;
    this.#blockAt = performance.now();
    this.#pauseMs = Math.max(this.#pauseMs, afterMs);
    if (afterMs < LONG_MS) return;
    this.#tell({ kind: 'block', transactionID: sealed as TransactionID, afterMs });
  }

  #bury(peer: ChaosPeer, ending: Ending): void {
    const { label, life, name } = peer;
    if (name !== null) this.#judge.crashed(name);
    if (this.#isEnding) return;
    const askedAt = this.#askedToLeave.get(peer);
    if (life === 'leaving' && ending.how === 'left' && askedAt !== undefined) {
      const afterMs = performance.now() - askedAt;
      this.#goodbyesMs.push(afterMs);
      this.#tell({ kind: 'left', peer: label, afterMs });
      return;
    }
    if (life === 'dead' && ending.how === 'killed') return;
    this.#tell({ kind: 'died', peer: label, ending });
    const words = ending.lastWords === '' ? '' : `: ${ending.lastWords}`;
    const how = ending.signal ?? `exit code ${ending.code}`;
    const what = life === 'leaving' ? 'was told to leave and did not' : 'ended by itself';
    this.#complain('no crash', `${label} ${what} (${how})${words}.`);
  }

  /** What a peer would remember must be what everybody has. */
  async #lookAtDisks(): Promise<void> {
    const { seats, difficulty } = this.#options;
    const rules = rulesOf({ peers: seats, difficulty });
    for (const { label, data, machine } of this.#stage.company.peers) {
      if (data === null) continue;
      const digests = await readDisk(data, rules);
      if (typeof digests === 'string') {
        this.#complain('memory', `${label}: ${digests}`);
        continue;
      }
      this.#judge.compare(label, digests);
      if (machine !== 'full-log' || digests.length > this.#mendedAt) continue;
      const few = `${digests.length} of ${this.#mendedAt + 1} blocks`;
      this.#complain('liveness', `${label}, whose log finds no room, has ${few}.`);
    }
  }

  #complain(name: string, sentence: string): void {
    this.#tell({ kind: 'violation', violation: this.#judge.complain(name, sentence) });
  }

  /** Polls: a condition that holds for a moment is enough. False if it did not within `ms`. */
  async #until(condition: () => boolean, ms: number): Promise<boolean> {
    const deadline = performance.now() + ms;
    while (performance.now() < deadline) {
      if (condition()) return true;
      if (this.#failure !== null) throw this.#failure;
      await sleep(POLL_MS);
    }
    return condition();
  }
}
