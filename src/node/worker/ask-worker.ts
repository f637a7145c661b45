/** A Master's part: asks a Worker over TCP for one block, and waits for its answer. */

import { connect, type Socket } from 'node:net';
import { withPort } from '../host.ts';
import { systemCodeOf, WorldError } from '../world-error.ts';
import { readAnswer, type Success } from './answer.ts';
import { requestOf, type Search } from './request.ts';

export type Place = { readonly host: string; readonly port: number };

export type Answered =
  | ({ readonly kind: 'success' } & Success)
  /** How many of its workers said that their ranges have no nonce. */
  | { readonly kind: 'not-found'; readonly workers: number }
  | { readonly kind: 'shutting-down' }
  /** We hung up. */
  | { readonly kind: 'stopped' };

export type AskingPatience = {
  readonly connectMs: number;
  /** An answer has no end of its own: after such a pause no more of it is expected. */
  readonly pauseMs: number;
  /** What is no answer yet may become one for so long. */
  readonly nonsenseMs: number;
};

const USUAL_PATIENCE: AskingPatience = { connectMs: 10_000, pauseMs: 300, nonsenseMs: 2_000 };

/** A line for each of 256 workers has about 7,000 bytes. */
const ANSWER_MOST = 65_536;

/** Characters of an answer that people are shown. */
const SHOWN_MOST = 80;

/**
 * Resolves with the answer, however long the search takes. Rejects with a `WorldError`:
 * `no-worker`, `worker-gone`, `worker-refused` or `worker-nonsense`.
 */
export function askWorker(
  place: Place,
  search: Search,
  stop: AbortSignal,
  patience: AskingPatience = USUAL_PATIENCE,
): Promise<Answered> {
  let onStop = (): void => {};
  const answered = new Promise<Answered>((resolve, reject) => {
    const asking = new Asking(place, search, patience, resolve, reject);
    onStop = () => asking.hangUp();
    if (stop.aborted) onStop();
    else stop.addEventListener('abort', onStop);
  });
  return answered.finally(() => stop.removeEventListener('abort', onStop));
}

class Asking {
  readonly #place: string;
  readonly #workers: number;
  readonly #patience: AskingPatience;
  readonly #socket: Socket;
  readonly #resolve: (answered: Answered) => void;
  readonly #reject: (error: WorldError) => void;
  #pieces: Buffer[] = [];
  #isConnected = false;
  #timer: NodeJS.Timeout | undefined;
  #cause: unknown;

  constructor(
    { host, port }: Place,
    search: Search,
    patience: AskingPatience,
    resolve: (answered: Answered) => void,
    reject: (error: WorldError) => void,
  ) {
    this.#place = withPort(host, port);
    this.#workers = search.workers;
    this.#patience = patience;
    this.#resolve = resolve;
    this.#reject = reject;
    const socket = connect({ host, port });
    this.#socket = socket;
    this.#timer = setTimeout(() => this.#conclude('ETIMEDOUT'), patience.connectMs);
    socket.setNoDelay(true);
    // A machine that is switched off hangs up without a word.
    socket.setKeepAlive(true, 30_000);
    socket.on('connect', () => {
      this.#isConnected = true;
      clearTimeout(this.#timer);
      // In one piece, without an end: Workers read once.
      socket.write(requestOf(search));
    });
    socket.on('data', (piece: Buffer) => this.#hear(piece));
    socket.on('error', (error) => {
      this.#cause = error;
    });
    socket.on('close', () => this.#conclude(systemCodeOf(this.#cause)));
  }

  hangUp(): void {
    this.#end();
    this.#resolve({ kind: 'stopped' });
  }

  get #text(): string {
    return Buffer.concat(this.#pieces).toString('utf8');
  }

  #hear(piece: Buffer): void {
    this.#pieces.push(piece);
    const text = this.#text;
    clearTimeout(this.#timer);
    const answer = readAnswer(text);
    const { pauseMs, nonsenseMs } = this.#patience;
    if (text.length > ANSWER_MOST) this.#conclude('');
    else if (answer.kind === 'nonsense')
      this.#timer = setTimeout(() => this.#conclude(''), nonsenseMs);
    // Where others may still find one, only its end ends the search.
    else if (answer.kind !== 'not-found' || answer.workers >= this.#workers)
      this.#timer = setTimeout(() => this.#conclude(''), pauseMs);
  }

  /** Nothing more comes, or nothing more is waited for; `reason` is the system's. */
  #conclude(reason: string): void {
    this.#end();
    const text = this.#text;
    const answer = readAnswer(text);
    if (!this.#isConnected) this.#reject(noWorker(this.#place, reason));
    else if (text.trim() === '') this.#reject(gone(this.#place, reason));
    else if (answer.kind === 'nonsense') this.#reject(nonsense(this.#place, text));
    else if (answer.kind === 'refused') this.#reject(refused(this.#place, answer.problem));
    else this.#resolve(answer);
  }

  #end(): void {
    clearTimeout(this.#timer);
    this.#socket.removeAllListeners('close');
    this.#socket.destroy();
  }
}

function noWorker(place: string, reason: string): WorldError {
  return new WorldError(
    `No worker answers at ${place} (${reason}): start one with "sortition worker", or say ` +
      'where it is.',
    { code: 'no-worker', facts: { place, reason } },
  );
}

function gone(place: string, reason: string): WorldError {
  const why = reason === 'undefined' || reason === '' ? '' : ` (${reason})`;
  return new WorldError(`The worker at ${place} hung up without an answer${why}: ask it again.`, {
    code: 'worker-gone',
    facts: { place, reason },
  });
}

function refused(place: string, problem: string): WorldError {
  return new WorldError(`The worker at ${place} refuses: ${shown(problem)}`, {
    code: 'worker-refused',
    facts: { place, problem },
  });
}

function nonsense(place: string, text: string): WorldError {
  const said = shown(text);
  return new WorldError(`What answers at ${place} is no worker: it says "${said}".`, {
    code: 'worker-nonsense',
    facts: { place, said },
  });
}

function shown(text: string): string {
  const line = text.replace(/[\s\p{C}]+/gu, ' ').trim();
  return line.length > SHOWN_MOST ? `${line.slice(0, SHOWN_MOST)}…` : line;
}
