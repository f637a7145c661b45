/** Cuts a stream into frames: two bytes of length, the higher one first, and a JSON text. */

/** The longest text in a frame, in bytes. */
export const FRAME_MOST = 65_533;

const HEAD_BYTES = 2;

/** What is wrong with a stream; nothing of it is believed from there on. */
export type StreamFault = 'zero-length' | 'too-long';

export class FrameCutter {
  #pieces: Buffer[] = [];
  #length = 0;
  #fault: StreamFault | null = null;

  get fault(): StreamFault | null {
    return this.#fault;
  }

  /** Whether a part of a frame is there, and not all of it. Ask when `next` gives no more. */
  get hasPart(): boolean {
    return this.#length > 0;
  }

  push(piece: Buffer): void {
    this.#pieces.push(piece);
    this.#length += piece.length;
  }

  /** The text of the next frame, as bytes; null where there is none yet, or after a fault. */
  next(): Buffer | null {
    if (this.#fault !== null || this.#length < HEAD_BYTES) return null;
    const head = this.#peek(HEAD_BYTES);
    const length = head.readUInt16BE(0);
    if (length === 0) this.#fault = 'zero-length';
    if (length > FRAME_MOST) this.#fault = 'too-long';
    if (this.#fault !== null || this.#length < HEAD_BYTES + length) return null;
    this.#take(HEAD_BYTES);
    return this.#take(length);
  }

  #peek(length: number): Buffer {
    const [first] = this.#pieces;
    if (first !== undefined && first.length >= length) return first;
    const joined = Buffer.concat(this.#pieces);
    this.#pieces = [joined];
    return joined;
  }

  #take(length: number): Buffer {
    const from = this.#peek(length);
    const rest = from.subarray(length);
    this.#pieces[0] = rest;
    if (rest.length === 0) this.#pieces.shift();
    this.#length -= length;
    return from.subarray(0, length);
  }
}

/** A frame with this text. */
export function frameOf(text: string): Buffer {
  const bytes = Buffer.from(text);
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt16BE(bytes.length, 0);
  return Buffer.concat([head, bytes]);
}
