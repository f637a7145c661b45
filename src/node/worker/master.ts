/** A Master's connection to our Worker: a request comes in, and one answer goes out. */

import type { Socket } from 'node:net';
import { withPort } from '../host.ts';
import { REQUEST_MOST, type Request, readRequest } from './request.ts';

export type Patience = {
  /** A text that is a request, and has no end of its own, is whole after such a pause. */
  readonly pauseMs: number;
  /** A text that is no request may become one for so long. */
  readonly partMs: number;
  /** The end of what a Master says belongs to a line that came so shortly before it. */
  readonly endMs: number;
  /** A request comes within this time, or not at all. */
  readonly requestMs: number;
};

export const USUAL_PATIENCE: Patience = {
  pauseMs: 300,
  partMs: 2_000,
  endMs: 300,
  requestMs: 10_000,
};

/** How long one that was answered has to read it and go. */
const GOING_MS = 1_000;

export type MasterEvents = {
  readonly onRequest: (master: Master, request: Request) => void;
  /** It went, or said more than a request, before it had its answer. */
  readonly onLost: (master: Master, why: 'hung-up' | 'talkative') => void;
  readonly onGone: (master: Master) => void;
};

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export class Master {
  /** Where it is, for people. */
  readonly from: string;
  readonly #socket: Socket;
  readonly #patience: Patience;
  readonly #events: MasterEvents;
  #heard: Buffer = Buffer.alloc(0);
  #state: 'asking' | 'waiting' | 'over' = 'asking';
  /** When a line ended the request. */
  #lineAt = Number.NEGATIVE_INFINITY;
  #pause: NodeJS.Timeout | undefined;
  readonly #limit: NodeJS.Timeout;

  constructor(socket: Socket, patience: Patience, events: MasterEvents) {
    this.from = withPort(socket.remoteAddress ?? '?', socket.remotePort ?? 0);
    this.#socket = socket;
    this.#patience = patience;
    this.#events = events;
    this.#limit = setTimeout(() => this.#end(), patience.requestMs);
    socket.setNoDelay(true);
    // A machine that is switched off hangs up without a word.
    socket.setKeepAlive(true, 30_000);
    socket.on('data', (piece: Buffer) => this.#hear(piece));
    socket.on('end', () => this.#hearEnd());
    // A connection that is reset is gone: `close` comes next.
    socket.on('error', () => {});
    socket.on('close', () => this.#hearClose());
  }

  /** Says `text`, and nothing after it. */
  answer(text: string): void {
    if (this.#state === 'over') return;
    this.#stopReading();
    this.#socket.end(text);
    // Closed with unread bytes it would be reset, and our answer lost (RFC 2525 section 2.17).
    const timer = setTimeout(() => this.#socket.destroy(), GOING_MS);
    this.#socket.on('close', () => clearTimeout(timer));
  }

  #hear(piece: Buffer): void {
    if (this.#state === 'over') return;
    if (this.#state === 'waiting') {
      if (piece.toString('latin1').trim() !== '') this.#events.onLost(this, 'talkative');
      return;
    }
    clearTimeout(this.#pause);
    this.#heard = Buffer.concat([this.#heard, piece]);
    if (this.#heard.length > REQUEST_MOST) {
      this.#ask({ kind: 'fault', problem: `has more than ${REQUEST_MOST} bytes` });
      return;
    }
    const request = this.#read();
    const isLine = this.#heard.toString('latin1').trimStart().includes('\n');
    const { pauseMs, partMs } = this.#patience;
    if (isLine) {
      this.#lineAt = performance.now();
      this.#ask(request);
    } else this.#pause = setTimeout(() => this.#end(), request.kind === 'fault' ? partMs : pauseMs);
  }

  /** Behind a request it means that the text is whole, else that the Master is gone. */
  #hearEnd(): void {
    // `echo "abc 2" | nc -N` says a line and ends at once, and waits for the answer.
    const isOfLine = performance.now() - this.#lineAt < this.#patience.endMs;
    if (this.#state === 'asking' && this.#heard.length > 0) this.#end();
    else if (this.#state !== 'waiting' || !isOfLine) this.#lose();
  }

  #hearClose(): void {
    this.#lose();
    this.#events.onGone(this);
  }

  /** What is here is all that there will be. */
  #end(): void {
    if (this.#state === 'asking') this.#ask(this.#read());
  }

  #ask(request: Request): void {
    this.#stopReading();
    this.#state = 'waiting';
    this.#events.onRequest(this, request);
  }

  #lose(): void {
    const wasHere = this.#state !== 'over';
    this.#stopReading();
    if (!wasHere) return;
    this.#events.onLost(this, 'hung-up');
    this.#socket.destroy();
  }

  #stopReading(): void {
    this.#state = 'over';
    clearTimeout(this.#pause);
    clearTimeout(this.#limit);
  }

  #read(): Request {
    try {
      return readRequest(UTF8.decode(this.#heard));
    } catch {
      return { kind: 'fault', problem: 'is not UTF-8' };
    }
  }
}
