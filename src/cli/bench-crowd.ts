/** A crowd of client processes whose notes are timed, for one measurement. */

import { fileURLToPath } from 'node:url';
import type { ClientID, Term, UnixMs } from '../domain/names.ts';
import { Fleet, type Place } from './fleet.ts';
import type { Said } from './fleet-said.ts';

/** What of one peer's notes is timed, by the clock of this machine. */
export type Timed = {
  readonly place: Place;
  name: ClientID | null;
  connectedAt: UnixMs | null;
  /** It has reported a rate. */
  isMining: boolean;
  /** The last one it knew. */
  mandate: { readonly term: Term; readonly controller: ClientID; readonly at: UnixMs } | null;
  /** When it first suspected its controller. */
  suspectedAt: UnixMs | null;
};

/** The program that this file is a part of. */
const PROGRAM = fileURLToPath(new URL('./main.js', import.meta.url));

const WAIT_MS = 60_000;

export class Crowd {
  readonly #fleet: Fleet;
  readonly #peers: Timed[] = [];
  readonly #gone = new Set<Place>();
  #look: () => void = () => {};
  #problem: string | null = null;

  /** Arguments of every client, which name the broker and a prefix that nobody has used before. */
  constructor(args: readonly string[]) {
    this.#fleet = new Fleet({
      program: PROGRAM,
      args: ['client', '--json', ...args],
      onSaid: (place, said) => {
        const peer = this.#peers[place - 1];
        if (peer !== undefined) hear(peer, said);
        this.#look();
      },
      onEnded: (place, { code, signal, lastWords }) => {
        if (!this.#gone.has(place))
          this.#problem ??= `a client ended (${signal ?? code}): ${lastWords}`;
        this.#look();
      },
    });
  }

  /** Who was neither killed nor frozen, in order of their starts. */
  get peers(): readonly Timed[] {
    return this.#peers.filter(({ place }) => !this.#gone.has(place));
  }

  start(count: number): void {
    for (let started = 0; started < count; started += 1) {
      const { place } = this.#fleet.start();
      const nothing = { name: null, connectedAt: null, mandate: null, suspectedAt: null };
      this.#peers.push({ place, isMining: false, ...nothing });
    }
  }

  kill(peer: Timed): void {
    this.#gone.add(peer.place);
    this.#fleet.kill(peer.place);
  }

  /** As a machine that hangs; it counts among the peers no more. */
  freeze(peer: Timed): void {
    this.#gone.add(peer.place);
    this.#fleet.signal(peer.place, 'SIGSTOP');
  }

  /** Resolves once `condition` holds; throws an Error that names `what` if a client ends first. */
  until(condition: () => boolean, what: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const giveUp = (why: string): void => {
        clearTimeout(timer);
        reject(new Error(`${what}: ${why}`));
      };
      const timer = setTimeout(() => giveUp(`not within ${WAIT_MS / 1000} s`), WAIT_MS);
      this.#look = () => {
        if (this.#problem !== null) giveUp(this.#problem);
        else if (condition()) {
          clearTimeout(timer);
          resolve();
        }
      };
      this.#look();
    });
  }

  /** At once: what they would say at their end is of no interest. */
  async end(): Promise<void> {
    this.#look = () => {};
    for (const { place } of this.#peers) this.#gone.add(place);
    this.#fleet.killAll();
    await this.#fleet.end();
  }
}

function hear(peer: Timed, said: Said): void {
  switch (said.kind) {
    case 'started':
      peer.name = said.peer;
      return;
    case 'connected':
      peer.connectedAt = said.time;
      return;
    case 'progress':
      peer.isMining ||= said.perSecond > 0;
      return;
    case 'election':
      if (said.suspicion !== 'founding') peer.suspectedAt ??= said.time;
      return;
    case 'mandate':
      peer.mandate = { term: said.term, controller: said.controller, at: said.time };
      return;
    default:
      return;
  }
}
