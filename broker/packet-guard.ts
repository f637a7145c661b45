/** Stands between a socket and the broker, and ends a connection that sends too large a packet. */

import { Duplex } from 'node:stream';
import { PacketMeter } from './packet-meter.ts';

/** Peers keep to 64 KiB (PROTOCOL 3); the rest is room for other people's uses of a broker. */
export const MAX_PACKET_BYTES: number = 256 * 1024;

type Written = (error?: Error | null) => void;
type Chunk = { readonly chunk: Buffer };

/**
 * The connection as the broker sees it. Bytes pass as they come, uncopied, until one packet turns
 * out larger than `limit` or has no readable length; then both ends are destroyed.
 *
 * The broker alone would buffer a packet of 256 MB, and before it asks for a password.
 */
export class PacketGuard extends Duplex {
  readonly #socket: Duplex;
  readonly #meter: PacketMeter;

  constructor(socket: Duplex, limit: number = MAX_PACKET_BYTES) {
    super();
    this.#socket = socket;
    this.#meter = new PacketMeter(limit);
    socket.on('data', (chunk: Buffer) => this.#pass(chunk));
    socket.on('end', () => this.push(null));
    socket.on('error', (error) => this.destroy(error));
    socket.on('close', () => this.destroy());
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: Written): void {
    this.#socket.write(chunk, done);
  }

  /** What gathered while a write was on its way goes out as one. */
  override _writev(chunks: readonly Chunk[], done: Written): void {
    const last = chunks.length - 1;
    this.#socket.cork();
    chunks.forEach(({ chunk }, index) => {
      if (index === last) this.#socket.write(chunk, done);
      else this.#socket.write(chunk);
    });
    this.#socket.uncork();
  }

  override _final(done: Written): void {
    this.#socket.end(done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#socket.destroy();
    done(error);
  }

  #pass(chunk: Buffer): void {
    if (this.destroyed) return;
    const verdict = this.#meter.read(chunk);
    if (verdict !== 'fine') this.destroy(new Error(`The client sent a packet that is ${verdict}.`));
    else if (!this.push(chunk)) this.#socket.pause();
  }
}
