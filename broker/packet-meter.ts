/** Reads the lengths of MQTT packets off a stream of bytes, however it is cut into chunks. */

/** `too-large` and `malformed` are final: what follows cannot be told apart into packets. */
export type Verdict = 'fine' | 'too-large' | 'malformed';

/** A packet starts with a byte of type and flags and one to four bytes of length. */
const MAX_LENGTH_BYTES = 4;

/**
 * Bytes behind the length, by the type in a packet's first four bits, where 3.1.1 leaves no choice:
 * PUBACK, PUBREC, PUBREL and PUBCOMP, then PINGREQ and DISCONNECT. mqtt-packet does not look.
 */
const FIXED_LENGTHS: ReadonlyMap<number, number> = new Map([
  [4, 2],
  [5, 2],
  [6, 2],
  [7, 2],
  [12, 0],
  [14, 0],
]);

/**
 * Follows one direction of one connection.
 *
 * A packet announces its length in its first five bytes (MQTT 3.1.1 section 2.2.3), so one that is
 * too large is known before its body has come.
 */
export class PacketMeter {
  readonly #limit: number;
  #verdict: Verdict = 'fine';
  /** What the next byte is; a body is skipped `#remaining` bytes at a time. */
  #next: 'type' | 'length' | 'body' = 'type';
  #type = 0;
  #lengthBytes = 0;
  #remaining = 0;

  /** `limit`: bytes of the largest packet that passes, its header counted. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Takes the next bytes; the verdict is on everything so far. */
  read(chunk: Uint8Array): Verdict {
    let at = 0;
    while (at < chunk.length && this.#verdict === 'fine') {
      if (this.#next === 'body') {
        const skipped = Math.min(this.#remaining, chunk.length - at);
        at += skipped;
        this.#remaining -= skipped;
        if (this.#remaining === 0) this.#next = 'type';
      } else {
        this.#readHeader(chunk[at] ?? 0);
        at += 1;
      }
    }
    return this.#verdict;
  }

  #readHeader(byte: number): void {
    if (this.#next === 'type') {
      this.#next = 'length';
      this.#type = byte >> 4;
      this.#lengthBytes = 0;
      this.#remaining = 0;
      return;
    }
    // Seven bits a byte, the lowest first; the eighth says that another one follows.
    this.#remaining += (byte & 0x7f) * 128 ** this.#lengthBytes;
    this.#lengthBytes += 1;
    if (1 + this.#lengthBytes + this.#remaining > this.#limit) {
      this.#verdict = 'too-large';
    } else if (byte < 0x80 && !this.#isFitting()) {
      this.#verdict = 'malformed';
    } else if (byte < 0x80) {
      this.#next = this.#remaining > 0 ? 'body' : 'type';
    } else if (this.#lengthBytes === MAX_LENGTH_BYTES) {
      this.#verdict = 'malformed';
    }
  }

  #isFitting(): boolean {
    return (FIXED_LENGTHS.get(this.#type) ?? this.#remaining) === this.#remaining;
  }
}
