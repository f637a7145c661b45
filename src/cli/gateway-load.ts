/** A load for a gateway: connections that send frames at a pace, and know what is due to each. */

import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { textOf } from '../domain/transaction.ts';
import { generateIdentity, signerOf } from '../node/crypto.ts';
import { FrameCutter, frameOf } from '../node/gateway/frame-cutter.ts';
import { signTransaction } from '../wire/transaction.ts';

export type Load = {
  readonly port: number;
  readonly connections: number;
  /** Frames a second, all connections together. */
  readonly rate: number;
  readonly seconds: number;
};

export type LoadFindings = {
  readonly sent: number;
  readonly answered: number;
  readonly yes: number;
  /** Answers that are not what the frame deserved. */
  readonly wrong: number;
  /** Connections that the gateway ended. */
  readonly lost: number;
  /** From the last frame to the last answer, milliseconds. */
  readonly behindMs: number;
};

/** Of ten frames in a row these have a signature worth checking, and are taken. */
const GOOD = [0, 3, 7];

/** Within what a sender may have waiting, and below what it may send in a second. */
const NONCES_EACH = 60;

const TICK_MS = 5;

const YES = '{"response": true}';

type Frame = { readonly bytes: Buffer; readonly isGood: boolean };

/** All frames are made beforehand: signing must not slow the load. */
export function makeFrames({ connections, rate, seconds }: Load): readonly (readonly Frame[])[] {
  const each = Math.ceil((rate * seconds) / connections);
  return Array.from({ length: connections }, () => framesOfOne(each));
}

function framesOfOne(count: number): readonly Frame[] {
  let signer = signerOf(generateIdentity());
  let nonce = 0;
  /** Every other sender has no nonces. */
  let isPlain = false;
  let last = '';
  return Array.from({ length: count }, (_, at): Frame => {
    if (GOOD.includes(at % 10)) {
      if (nonce === NONCES_EACH) {
        signer = signerOf(generateIdentity());
        nonce = 0;
        isPlain = !isPlain;
      }
      const message = `number${nonce}`;
      last = textOf(signTransaction(isPlain ? { message } : { message, nonce }, signer));
      nonce += 1;
      return { bytes: frameOf(last), isGood: true };
    }
    return { bytes: frameOf(spoil(last, at)), isGood: false };
  });
}

const NUMBERED = /("nonce": \d+, )?"sender"/;

/** A transaction that is no good before its signature is looked at, in one of several ways. */
function spoil(text: string, at: number): string {
  const ways = [
    // In the place of the last one, which waits or is in the ledger.
    () => text.replace(/.(?="}$)/, (digit) => (digit === '0' ? '1' : '0')),
    () => text.replace('"number', '"a number'),
    () => text.replace(NUMBERED, '"nonce": -1, "sender"'),
    () => text.replace('"sender": "', '"sender": "x'),
    () => '[]',
    () => text.replace(NUMBERED, '"nonce": 1000, "sender"'),
  ];
  return ways[at % ways.length]?.() ?? '[]';
}

/** Sends all frames at their pace, and waits for the last answers. */
export async function runLoad(
  load: Load,
  frames: readonly (readonly Frame[])[],
): Promise<LoadFindings> {
  const guests = await Promise.all(frames.map((list) => Guest.open(load.port, list)));
  const begin = performance.now();
  const endsAt = begin + load.seconds * 1000;
  for (let now = begin; now < endsAt; now = performance.now()) {
    const due = Math.floor(((now - begin) / 1000) * (load.rate / load.connections));
    for (const guest of guests) guest.sendUpTo(due);
    await sleep(TICK_MS);
  }
  const sentAt = performance.now();
  const patience = sentAt + 20_000;
  while (guests.some(({ isDone }) => !isDone) && performance.now() < patience) await sleep(50);
  const sum = (count: (guest: Guest) => number): number =>
    guests.reduce((total, guest) => total + count(guest), 0);
  for (const guest of guests) guest.close();
  return {
    sent: sum(({ sent }) => sent),
    answered: sum(({ answered }) => answered),
    yes: sum(({ yes }) => yes),
    wrong: sum(({ wrong }) => wrong),
    lost: sum(({ isLost }) => (isLost ? 1 : 0)),
    behindMs: Math.round(Math.max(0, ...guests.map(({ heardAt }) => heardAt - sentAt))),
  };
}

class Guest {
  readonly #socket: Socket;
  readonly #frames: readonly Frame[];
  readonly #cutter = new FrameCutter();
  sent = 0;
  answered = 0;
  yes = 0;
  wrong = 0;
  isLost = false;
  /** When the last answer came. */
  heardAt = 0;
  #isClosing = false;

  private constructor(socket: Socket, frames: readonly Frame[]) {
    this.#socket = socket;
    this.#frames = frames;
    socket.on('data', (piece) => this.#hear(piece));
    socket.on('error', () => {});
    socket.on('close', () => {
      this.isLost = !this.#isClosing;
    });
  }

  static open(port: number, frames: readonly Frame[]): Promise<Guest> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true });
      socket.once('error', reject);
      socket.once('connect', () => resolve(new Guest(socket, frames)));
    });
  }

  get isDone(): boolean {
    return this.isLost || this.answered === this.sent;
  }

  sendUpTo(due: number): void {
    const until = Math.min(due, this.#frames.length);
    if (until <= this.sent || this.isLost) return;
    const batch = this.#frames.slice(this.sent, until).map(({ bytes }) => bytes);
    this.sent = until;
    this.#socket.write(Buffer.concat(batch));
  }

  close(): void {
    this.#isClosing = true;
    this.#socket.destroy();
  }

  #hear(piece: Buffer): void {
    this.heardAt = performance.now();
    this.#cutter.push(piece);
    for (let frame = this.#cutter.next(); frame !== null; frame = this.#cutter.next()) {
      const isYes = frame.toString() === YES;
      if (isYes) this.yes += 1;
      if (isYes !== this.#frames[this.answered]?.isGood) this.wrong += 1;
      this.answered += 1;
    }
  }
}
