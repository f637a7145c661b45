/** Stands between a client and its broker, and does to their connection what networks do. */

import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/**
 * What passes: `open`: everything; `closed`: nothing, and connections break; `frozen`: nothing,
 * and nobody is told, as on a cable that was pulled; `deaf`: nothing reaches the client; `mute`:
 * nothing of the client's reaches the broker. A number: everything, so many milliseconds late.
 */
export type Way = 'open' | 'closed' | 'frozen' | 'deaf' | 'mute' | number;

/** A broker's answer to CONNECT while it does not let anybody in: "not authorized". */
const REFUSAL = Uint8Array.of(0x20, 2, 0, 5);

export class Relay {
  readonly #server: Server;
  readonly #to: { readonly host: string; readonly port: number };
  readonly #lines = new Set<Line>();
  /** Came while nothing passed; no broker has heard of them. */
  readonly #waiting = new Set<Socket>();
  #way: Way = 'open';
  /** Clients that connect are refused, as by a broker whose logins are not ready yet. */
  isRefusing = false;

  private constructor(to: { readonly host: string; readonly port: number }) {
    this.#to = to;
    // An end is passed on like anything else, and not answered here.
    this.#server = createServer({ allowHalfOpen: true }, (near) => this.#accept(near));
  }

  /** Passes connections on to `port` of `host`. */
  static async open(port: number, host: string = '127.0.0.1'): Promise<Relay> {
    const relay = new Relay({ host, port });
    relay.#server.listen(0, '127.0.0.1');
    await once(relay.#server, 'listening');
    return relay;
  }

  /** Of 127.0.0.1. */
  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  get way(): Way {
    return this.#way;
  }

  /** What passes from now on. */
  set(way: Way): void {
    this.#way = way;
    // As if their first packets had been lost: they will try again.
    for (const near of this.#waiting) near.destroy();
    if (way === 'closed') this.cut();
    else for (const line of this.#lines) line.set(way);
  }

  /** Breaks every connection at both ends; new ones may come. */
  cut(): void {
    for (const line of this.#lines) line.destroy();
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.cut();
    for (const near of this.#waiting) near.destroy();
    await closed;
  }

  #accept(near: Socket): void {
    near.on('error', () => {});
    if (this.#way === 'closed') {
      near.destroy();
    } else if (typeof this.#way === 'string' && this.#way !== 'open') {
      near.pause();
      this.#waiting.add(near);
      near.on('close', () => this.#waiting.delete(near));
    } else if (this.isRefusing) {
      near.once('data', () => near.end(REFUSAL));
    } else {
      const far = connect({ ...this.#to, allowHalfOpen: true });
      const line = new Line(near, far, () => {
        this.#lines.delete(line);
      });
      this.#lines.add(line);
      line.set(this.#way);
    }
  }
}

/** One connection, in both directions. */
class Line {
  readonly #near: Socket;
  readonly #far: Socket;
  readonly #toBroker: Stream;
  readonly #toClient: Stream;

  constructor(near: Socket, far: Socket, onClosed: () => void) {
    this.#near = near;
    this.#far = far;
    this.#toBroker = new Stream(near, far);
    this.#toClient = new Stream(far, near);
    let open = 2;
    for (const socket of [near, far]) {
      socket.on('close', () => {
        open -= 1;
        if (open === 0) onClosed();
      });
    }
  }

  set(way: Way): void {
    const lateMs = typeof way === 'number' ? way : 0;
    this.#toBroker.set(way === 'frozen' || way === 'mute' ? null : lateMs);
    this.#toClient.set(way === 'frozen' || way === 'deaf' ? null : lateMs);
  }

  destroy(): void {
    this.#near.destroy();
    this.#far.destroy();
  }
}

/** One direction of a connection: bytes in their order, late or not at all. */
class Stream {
  readonly #from: Socket;
  readonly #to: Socket;
  /** Null while nothing passes. */
  #lateMs: number | null = 0;
  /** Bytes, or null for the end; each has a timer of its own. */
  readonly #late: (Uint8Array | null)[] = [];
  /** Came while nothing passes: a socket that is paused still says that it has ended. */
  readonly #held: (Uint8Array | null)[] = [];

  constructor(from: Socket, to: Socket) {
    this.#from = from;
    this.#to = to;
    from.setNoDelay();
    // Its "close" follows. While nothing passes, the other end is not told.
    from.on('error', () => {
      if (this.#lateMs !== null) to.destroy();
    });
    from.on('data', (bytes) => this.#take(bytes));
    from.on('end', () => this.#take(null));
    to.on('drain', () => this.#goOn());
    from.on('close', () => {
      if (this.#late.length === 0 && this.#lateMs !== null) to.destroy();
    });
  }

  set(lateMs: number | null): void {
    this.#lateMs = lateMs;
    if (lateMs === null) this.#from.pause();
    else this.#goOn();
  }

  #goOn(): void {
    if (this.#lateMs === null) return;
    const held = this.#held.splice(0);
    for (const bytes of held) this.#take(bytes);
    const isOver = this.#from.destroyed && this.#late.length + held.length === 0;
    if (isOver) this.#to.destroy();
    else this.#from.resume();
  }

  #take(bytes: Uint8Array | null): void {
    if (this.#lateMs === null) {
      this.#held.push(bytes);
      return;
    }
    // What comes after something late waits for it, however late that is.
    if (this.#late.length === 0 && this.#lateMs === 0) {
      this.#give(bytes);
      return;
    }
    this.#late.push(bytes);
    setTimeout(() => this.#give(this.#late.shift() ?? null), this.#lateMs);
  }

  #give(bytes: Uint8Array | null): void {
    if (this.#to.destroyed) return;
    if (bytes === null) this.#to.end();
    else if (!this.#to.write(bytes)) this.#from.pause();
    if (this.#from.destroyed && this.#late.length === 0) this.#to.end();
  }
}
