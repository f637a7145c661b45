/** The TCP gateway: takes transactions from clients in any language, and says yes or no. */

import { createServer, type Server, type Socket } from 'node:net';
import { FairPlaces, networkOf } from '../../domain/fair-places.ts';
import type { Fault, FaultCode } from '../../domain/transaction.ts';
import { listenAt } from '../listening.ts';
import { type Closing, Guest, type Judgement } from './guest.ts';

/** The most connections at once. When all are there, an address with many loses one to another. */
const GUESTS_MOST = 1_000;

/** The most refused ones that are told why at a time; any more are closed without a reason. */
const TOLD_MOST = 100;

/** Half a frame, or an answer that nobody reads, waits so long. */
const SILENCE_MS = 30_000;

/** Frames are judged so long before everything else gets its turn. */
const SLICE_MS = 10;

/** So many are judged at a time: enough to keep the threads that check signatures busy. */
const UNDERWAY_MOST = 64;

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** All since the start, except `connections`. */
export type GatewayCounts = {
  connections: number;
  connected: number;
  frames: number;
  taken: number;
  readonly refused: Partial<Record<FaultCode, number>>;
  readonly closed: Partial<Record<Closing, number>>;
};

/** Hands a transaction in: null once it is in the mempool and published. */
export type Send = (text: string) => Promise<Fault | null>;

export class Gateway {
  readonly #send: Send;
  readonly #silenceMs: number;
  readonly #server: Server;
  readonly #guests = new Set<Guest>();
  readonly #places = new FairPlaces<Guest>(GUESTS_MOST);
  /** Refused, and being told so. */
  readonly #refused = new Set<Guest>();
  /** Those that may have frames, each once; the longest waiting first. */
  readonly #ready = new Set<Guest>();
  readonly counts: GatewayCounts = {
    connections: 0,
    connected: 0,
    frames: 0,
    taken: 0,
    refused: {},
    closed: {},
  };
  /** Those whose frame is being judged: one at a time of each, so that answers keep their order. */
  readonly #underway = new Set<Guest>();
  #isDue = false;

  constructor(send: Send, silenceMs: number = SILENCE_MS) {
    this.#send = send;
    this.#silenceMs = silenceMs;
    this.#server = createServer({ allowHalfOpen: true }, (socket) => this.#welcome(socket));
  }

  /** As `listenAt`. */
  listen(host: string, port: number): Promise<number> {
    return listenAt(this.#server, host, port);
  }

  /** Ends every connection. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const guest of [...this.#guests, ...this.#refused]) guest.destroy();
    await closed;
  }

  #welcome(socket: Socket): void {
    const { counts } = this;
    const guest = new Guest(socket, this.#silenceMs, {
      onReady: (ready) => this.#queue(ready),
      onClosing: (closing) => {
        counts.closed[closing] = (counts.closed[closing] ?? 0) + 1;
      },
      onGone: (gone) => {
        this.#ready.delete(gone);
        this.#places.leave(gone);
        this.#refused.delete(gone);
        if (this.#guests.delete(gone)) counts.connections -= 1;
      },
    });
    const taking = this.#places.take(guest, networkOf(socket.remoteAddress ?? ''));
    if (!taking.isIn) {
      if (this.#refused.size < TOLD_MOST) this.#refused.add(guest);
      guest.refuse(this.#refused.has(guest));
      return;
    }
    taking.instead?.close('displaced');
    this.#guests.add(guest);
    counts.connections += 1;
    counts.connected += 1;
  }

  #queue(guest: Guest): void {
    if (this.#underway.has(guest)) return;
    this.#ready.add(guest);
    this.#goOnSoon();
  }

  /** Once all that came at the same time is heard: what is published then leaves in one piece. */
  #goOnSoon(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    setImmediate(() => this.#goOn());
  }

  /** One frame of each in turn: who sends much does not keep the others waiting. */
  #goOn(): void {
    this.#isDue = false;
    const until = performance.now() + SLICE_MS;
    for (const guest of this.#ready) {
      // Whoever is answered next goes on.
      if (this.#underway.size >= UNDERWAY_MOST) return;
      this.#ready.delete(guest);
      const frame = guest.next();
      if (frame !== null) void this.#serve(guest, frame);
      if (performance.now() >= until) break;
    }
    if (this.#ready.size > 0) this.#goOnSoon();
  }

  async #serve(guest: Guest, frame: Buffer): Promise<void> {
    this.#underway.add(guest);
    const judgement = await this.#judge(frame);
    if (judgement.kind === 'taken') this.#places.prove(guest);
    guest.answer(judgement);
    this.#underway.delete(guest);
    this.#queue(guest);
  }

  async #judge(frame: Buffer): Promise<Judgement> {
    const { counts } = this;
    counts.frames += 1;
    const text = textOf(frame);
    const fault = text === null ? notText : await this.#send(text);
    if (fault === null) {
      counts.taken += 1;
      return { kind: 'taken' };
    }
    counts.refused[fault.code] = (counts.refused[fault.code] ?? 0) + 1;
    const isGarbage = fault.code === 'INVALID_JSON' && (text === null || !isJson(text));
    return isGarbage ? { kind: 'garbage' } : { kind: 'refused', code: fault.code };
  }
}

const notText: Fault = { code: 'INVALID_JSON', problem: 'it is not UTF-8' };

function textOf(frame: Buffer): string | null {
  try {
    return UTF8.decode(frame);
  } catch {
    return null;
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
