/** One connection to a gateway: frames come in, and each is answered in its turn. */

import type { Socket } from 'node:net';
import type { FaultCode } from '../../domain/transaction.ts';
import { FrameCutter, frameOf, type StreamFault } from './frame-cutter.ts';

/** Why the gateway closed a connection. */
export type Closing =
  | StreamFault
  | 'garbage'
  | 'silent'
  | 'stuck'
  | 'cut-off'
  /** There was no place for it. */
  | 'too-many'
  /** It had a place, which went to a client of another address. */
  | 'displaced';

/** What a frame was answered with. */
export type Judgement =
  | { readonly kind: 'taken' }
  | { readonly kind: 'refused'; readonly code: FaultCode }
  /** No JSON at all: whatever speaks there does not speak to us. */
  | { readonly kind: 'garbage' };

/** So many answers leave at once, where as many frames came at once: each write costs a call. */
const ANSWERS_MOST = 16;

/** As Python's `json.dumps` spells them. */
const YES = frameOf('{"response": true}');
const NO = frameOf('{"response": false}');
const NO_NETWORK = frameOf('{"response": false, "reason": "the gateway knows no network"}');
const FULL = frameOf('{"response": false, "reason": "the gateway is full"}');

/** How long a client that is refused has to read why. */
const TELLING_MS = 1_000;

export type GuestEvents = {
  /** There may be frames to judge. */
  readonly onReady: (guest: Guest) => void;
  readonly onClosing: (closing: Closing) => void;
  /** The connection is gone. */
  readonly onGone: (guest: Guest) => void;
};

export class Guest {
  readonly #socket: Socket;
  readonly #events: GuestEvents;
  readonly #cutter = new FrameCutter();
  /** Not sent yet: there are frames that follow. */
  #answers: Buffer[] = [];
  readonly #silenceMs: number;
  /** Since when there is a part of a frame, and no more than that. */
  #partSince: number | null = null;
  /** It will send nothing more. */
  #hasEnded = false;
  /** It does not read our answers as fast as it sends. */
  #isBlocked = false;
  #isOver = false;

  /** Half a frame, or an answer that nobody reads, waits for `silenceMs` at the most. */
  constructor(socket: Socket, silenceMs: number, events: GuestEvents) {
    this.#socket = socket;
    this.#events = events;
    this.#silenceMs = silenceMs;
    socket.setNoDelay(true);
    socket.setTimeout(silenceMs);
    socket.on('data', (piece: Buffer) => this.#hear(piece));
    socket.on('end', () => this.#hearEnd());
    socket.on('drain', () => this.#goOn());
    socket.on('timeout', () => this.#hearNothing());
    socket.on('close', () => events.onGone(this));
    // Whoever resets the connection is gone: `close` comes next.
    socket.on('error', () => {});
  }

  /** The next frame to judge; null where there is none at the moment. Closes after a bad one. */
  next(): Buffer | null {
    if (this.#isOver || this.#isBlocked) return null;
    const frame = this.#cutter.next();
    if (frame === null || this.#answers.length >= ANSWERS_MOST) this.#flush();
    if (frame !== null) {
      this.#partSince = null;
      return frame;
    }
    const { fault, hasPart } = this.#cutter;
    if (hasPart) this.#partSince ??= performance.now();
    if (fault !== null) this.close(fault);
    else if (this.#hasEnded && hasPart) this.close('cut-off');
    else if (this.#hasEnded) this.#socket.end();
    else this.#socket.resume();
    return null;
  }

  answer(judgement: Judgement): void {
    if (this.#isOver) return;
    this.#answers.push(answerTo(judgement));
    if (judgement.kind === 'garbage') this.close('garbage');
  }

  /** Ends the connection once what was answered is sent. */
  close(closing: Closing): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#events.onClosing(closing);
    if (this.#isBlocked || closing === 'silent') {
      this.#socket.destroy();
      return;
    }
    this.#flush();
    this.#socket.end(() => this.#socket.destroy());
  }

  /**
   * There is no place for it. One that is told so may send on for a moment: a connection that is
   * closed with unread bytes is reset, and then our answer is lost with it (RFC 2525 section 2.17).
   */
  refuse(isTold: boolean): void {
    this.#isOver = true;
    this.#events.onClosing('too-many');
    if (!isTold) {
      this.#socket.destroy();
      return;
    }
    this.#socket.end(FULL);
    const timer = setTimeout(() => this.#socket.destroy(), TELLING_MS);
    this.#socket.on('close', () => clearTimeout(timer));
  }

  /** Without a word: the gateway itself goes. */
  destroy(): void {
    this.#isOver = true;
    this.#socket.destroy();
  }

  #flush(): void {
    const answers = this.#answers;
    if (answers.length === 0) return;
    this.#answers = [];
    this.#isBlocked = !this.#socket.write(Buffer.concat(answers));
  }

  #hear(piece: Buffer): void {
    if (this.#isOver) return;
    if (this.#isDrip()) {
      this.close('silent');
      return;
    }
    this.#cutter.push(piece);
    // Not more than a piece at a time: what waits, waits at its sender.
    this.#socket.pause();
    this.#events.onReady(this);
  }

  /** Whoever sends a frame byte by byte is no better than who sends half of it. */
  #isDrip(): boolean {
    return this.#partSince !== null && performance.now() - this.#partSince >= this.#silenceMs;
  }

  #hearEnd(): void {
    this.#hasEnded = true;
    this.#events.onReady(this);
  }

  #goOn(): void {
    this.#isBlocked = false;
    this.#events.onReady(this);
  }

  /** Between frames anybody may be silent as long as it likes. */
  #hearNothing(): void {
    if (this.#isBlocked) this.close('stuck');
    else if (this.#cutter.hasPart && !this.#socket.isPaused()) this.close('silent');
  }
}

/** A client that is refused for no fault of its own is told so: it may send the same again. */
function answerTo(judgement: Judgement): Buffer {
  if (judgement.kind === 'taken') return YES;
  const isNotReady = judgement.kind === 'refused' && judgement.code === 'NOT_READY';
  return isNotReady ? NO_NETWORK : NO;
}
