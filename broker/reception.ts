/** Who has a place at the broker: connections that log in, and clients that have logged in. */

import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { FairPlaces, networkOf } from '../src/domain/fair-places.ts';
import type { Tell } from './telling.ts';

/** A connection, from its first byte on. */
export type Visit = {
  readonly socket: Socket;
  readonly network: string;
  /** On which it speaks MQTT, once TLS and HTTP are done. */
  stream: Duplex | null;
};

/** A class that starts at once fits in; each has 5 s, which end with a login or without one. */
const ARRIVING_MOST = 250;
/** More than any roster and its viewers need, and fewer than the files a process may open. */
const INSIDE_MOST = 1_000;

/** CONNACK with return code 3, server unavailable. */
const FULL = Uint8Array.of(0x20, 2, 0, 3);

/**
 * Connections that log in have places of their own: however many they are, they take no place from
 * those that have logged in, and one more always finds a place among them. Both kinds of places are
 * shared among networks as `FairPlaces` says, and only when all are taken.
 */
export class Reception {
  readonly #tell: Tell;
  readonly #arriving = new FairPlaces<Visit>(ARRIVING_MOST);
  readonly #inside = new FairPlaces<Visit>(INSIDE_MOST);
  /** By both ends of the connection: a TLS stream does not name the socket beneath it. */
  readonly #visits = new Map<string, Visit>();

  constructor(tell: Tell) {
    this.#tell = tell;
  }

  /** Somebody has connected, before TLS and HTTP. */
  arrive(socket: Socket): void {
    const key = keyOf(socket);
    const { remoteAddress } = socket;
    if (remoteAddress === undefined) {
      socket.destroy(); // It has gone again already.
      return;
    }
    const visit: Visit = { socket, network: networkOf(remoteAddress), stream: null };
    this.#visits.set(key, visit);
    socket.on('close', () => {
      if (this.#visits.get(key) === visit) this.#visits.delete(key);
      this.#arriving.leave(visit);
      this.#inside.leave(visit);
    });
    const taking = this.#arriving.take(visit, visit.network);
    // None of them is proven, so the oldest of the network with the most has to go.
    if (taking.isIn) this.#turnAway(taking.instead);
    else this.#turnAway(visit);
  }

  /** It can speak MQTT now; null where it has gone. `socket`: its own, or TLS over it. */
  begin(socket: Socket, stream: Duplex): Visit | null {
    const visit = this.#visits.get(keyOf(socket)) ?? null;
    if (visit !== null) visit.stream = stream;
    return visit;
  }

  /** Its login is right: whether there is a place. `predecessor` is about to give way to it. */
  enter(visit: Visit, predecessor: Visit | null): boolean {
    // It has gone while its password was checked, and would never leave.
    if (visit.stream === null || visit.stream.destroyed) return false;
    if (predecessor !== null) this.#inside.leave(predecessor);
    const taking = this.#inside.take(visit, visit.network);
    if (!taking.isIn) {
      const sentence = `The broker is full: a client from ${visit.network} was refused.`;
      this.#tell('full', sentence);
      return false;
    }
    this.#arriving.leave(visit);
    if (taking.instead !== null) {
      const { network, stream } = taking.instead;
      const sentence = `The broker is full: ${network}, which has the most clients, lost one.`;
      this.#tell('displaced', sentence);
      stream?.destroy();
    }
    return true;
  }

  /** It has published or subscribed, as clients do that have a reason to be here. */
  prove(visit: Visit): void {
    this.#inside.prove(visit);
  }

  /** What has not logged in yet hears why it is closed, if it can hear anything. */
  #turnAway(visit: Visit | null): void {
    if (visit === null) return;
    const { stream, socket } = visit;
    if (stream === null || stream.destroyed) socket.destroy();
    else stream.write(FULL, () => stream.destroy());
  }
}

function keyOf({ remoteAddress, remotePort, localAddress, localPort }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`;
}
