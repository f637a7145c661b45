/** Digests by number, the ones that were set last, as bytes: they cost 48 each, and no heap. */

import type { Digest } from '../domain/names.ts';
import { bytesOfHex } from '../ledger/hex.ts';

const BYTES = 32;
const LEAST = 64;
const NONE = -1;
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Several digests may have one number. */
export class LatestDigests {
  readonly #most: number;
  /** How many rows there is room for; it doubles until there are `most`. */
  #room = 0;
  #size = 0;
  /** The row that is written next: the oldest one where all are taken. */
  #at = 0;
  #numbers = new Float64Array(0);
  #digests = new Uint8Array(0);
  /** Rows whose numbers have one remainder are a chain, the newest first. */
  #heads = new Int32Array(0);
  #next = new Int32Array(0);

  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#size;
  }

  /** What it takes, in bytes. */
  get bytes(): number {
    const parts = [this.#numbers, this.#digests, this.#heads, this.#next];
    return parts.reduce((sum, { byteLength }) => sum + byteLength, 0);
  }

  /** `number` is a whole one, not below zero. */
  add(number: number, digest: Digest): void {
    if (this.#size === this.#room && this.#room < this.#most) this.#grow();
    const row = this.#at;
    if (this.#size === this.#room) this.#unlink(row);
    else this.#size += 1;
    this.#numbers[row] = number;
    this.#digests.set(bytesOfHex(digest), row * BYTES);
    this.#link(row);
    this.#at = (row + 1) % this.#most;
  }

  has(number: number, digest: Digest): boolean {
    for (const row of this.#rowsOf(number)) if (this.#digestIn(row) === digest) return true;
    return false;
  }

  /** The last one of this number; null where there is none any more. */
  get(number: number): Digest | null {
    for (const row of this.#rowsOf(number)) return this.#digestIn(row);
    return null;
  }

  *#rowsOf(number: number): Generator<number> {
    let row = this.#heads[this.#chainOf(number)] ?? NONE;
    while (row !== NONE) {
      if (this.#numbers[row] === number) yield row;
      row = this.#next[row] ?? NONE;
    }
  }

  #digestIn(row: number): Digest {
    let text = '';
    for (let at = row * BYTES; at < (row + 1) * BYTES; at += 1) text += HEX[this.#digests[at] ?? 0];
    return text as Digest;
  }

  #chainOf(number: number): number {
    return number % this.#heads.length;
  }

  #link(row: number): void {
    const chain = this.#chainOf(this.#numbers[row] ?? 0);
    this.#next[row] = this.#heads[chain] ?? NONE;
    this.#heads[chain] = row;
  }

  /** Takes the oldest row out of its chain, whose last one it is. */
  #unlink(row: number): void {
    const chain = this.#chainOf(this.#numbers[row] ?? 0);
    if (this.#heads[chain] === row) {
      this.#heads[chain] = NONE;
      return;
    }
    let before = this.#heads[chain] ?? NONE;
    while (this.#next[before] !== row) before = this.#next[before] ?? NONE;
    this.#next[before] = NONE;
  }

  /** Only before anything is forgotten: rows stand from 0 on, the oldest first. */
  #grow(): void {
    this.#room = Math.min(this.#most, Math.max(LEAST, this.#room * 2));
    const [numbers, digests] = [this.#numbers, this.#digests];
    this.#numbers = new Float64Array(this.#room);
    this.#numbers.set(numbers);
    this.#digests = new Uint8Array(this.#room * BYTES);
    this.#digests.set(digests);
    this.#heads = new Int32Array(this.#room).fill(NONE);
    this.#next = new Int32Array(this.#room).fill(NONE);
    for (let row = 0; row < this.#size; row += 1) this.#link(row);
  }
}
