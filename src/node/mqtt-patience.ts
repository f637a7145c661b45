/** Judges how attempts end: what to say of it, whether to give up, how long to wait. */

import { randomInt } from 'node:crypto';
import type { Address } from './mqtt-connection.ts';
import { type Ending, explain, explainTakenOver } from './mqtt-reason.ts';
import type { WorldError } from './world-error.ts';

export type Judgement = {
  /** A sentence for people. */
  readonly reason: string;
  /** The broker refuses us, or we refuse it; null where nothing but time is missing. */
  readonly refusal: WorldError | null;
  /** No further attempt is to be made. */
  readonly isFinal: boolean;
};

/** It is a takeover if this many connections end this soon after they begin, within this time. */
const SHORT_MS = 1_000;
const TAKEN_OVER_TIMES = 3;
const TAKEN_OVER_MS = 10_000;
/** How long two that replace each other leave each other alone: each time twice as long. */
const FIRST_TRUCE_MS = 5_000;
const LAST_TRUCE_MS = 60_000;

/**
 * Who was in knows that its login, its rights and its certificates are right: when a broker refuses
 * it later, that is the broker's trouble, and passes. Who never was may be wrong, and gives up
 * after a while, so that somebody hears of it.
 */
export class Patience {
  readonly #address: Address;
  readonly #clientId: string;
  #wasIn = false;
  /** A connection has lasted. Who is replaced at once each time is the one that came second. */
  #hasStayed = false;
  #refusedSince: number | null = null;
  /** When connections ended right after they were accepted. */
  #shortlived: readonly number[] = [];
  #truces = 0;
  #notBefore = 0;

  constructor(address: Address, clientId: string) {
    this.#address = address;
    this.#clientId = clientId;
  }

  /** Milliseconds before the next attempt may be made. */
  get waitMs(): number {
    return Math.max(0, this.#notBefore - performance.now());
  }

  /** Connections of late that ended right after they were accepted. */
  get shortlived(): number {
    return this.#recent(performance.now()).length;
  }

  /** Every subscription is acknowledged. */
  letIn(): void {
    this.#wasIn = true;
  }

  /** `acceptedMs`: how long the broker had accepted the connection; null if it never did. */
  judge(ending: Ending, acceptedMs: number | null): Judgement {
    if (acceptedMs !== null && acceptedMs > SHORT_MS) this.#stayed(acceptedMs);
    const wasAccepted = acceptedMs !== null;
    const { reason, fatal } = explain(ending, { ...this.#address, wasAccepted });
    if (fatal !== null) return this.#refuse(fatal, this.#wasIn);
    if (acceptedMs === null) this.#refusedSince = null;
    const takeover = this.#suspectTakeover(acceptedMs);
    if (takeover !== null) return this.#refuse(takeover, this.#hasStayed);
    return { reason, refusal: null, isFinal: false };
  }

  #refuse(refusal: WorldError, isProven: boolean): Judgement {
    const now = performance.now();
    this.#refusedSince ??= now;
    const isOver = now - this.#refusedSince >= this.#address.patienceMs;
    return { reason: refusal.message, refusal, isFinal: isOver && !isProven };
  }

  #stayed(acceptedMs: number): void {
    this.#hasStayed = true;
    this.#refusedSince = null;
    this.#shortlived = [];
    if (acceptedMs > LAST_TRUCE_MS) this.#truces = 0;
  }

  #suspectTakeover(acceptedMs: number | null): WorldError | null {
    if (acceptedMs === null || acceptedMs > SHORT_MS) return null;
    const now = performance.now();
    this.#shortlived = [...this.#recent(now), now];
    const times = this.#shortlived.length;
    // After a truce once is enough: each attempt may end the connection of the other one.
    if (this.#truces === 0 && times < TAKEN_OVER_TIMES) return null;
    const truceMs = Math.min(LAST_TRUCE_MS, FIRST_TRUCE_MS * 2 ** this.#truces);
    this.#truces = Math.min(this.#truces + 1, 10);
    this.#notBefore = now + randomInt(truceMs / 2, truceMs);
    return explainTakenOver(this.#address.broker, this.#clientId, times);
  }

  #recent(now: number): readonly number[] {
    if (this.#truces > 0) return this.#shortlived;
    return this.#shortlived.filter((at) => now - at < TAKEN_OVER_MS);
  }
}
