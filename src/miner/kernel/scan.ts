/** A kernel's bounded scan: step by step, and in each step four nonces at a time. */

import { BLOCKS, SHARED_STATE, SHARED_TEXT, STATE } from './memory.ts';
import { COUNT, digit, open, STEP, tabulate } from './open.ts';
import { RADIX } from './radix.ts';
import { ACROSS, absorb, fold, SPILT, search } from './rounds.ts';

export { SHARED_STATE, SHARED_TEXT } from './memory.ts';

const BLOCK: i32 = 64;
/** The longest text whose end, with the length behind it, is in its last block (section 5.1.1). */
const LONGEST_END: i32 = 55;

/** Bytes in `SHARED_TEXT`. */
let sharedBytes: i32 = 0;
/** Bytes before those, which are in `SHARED_STATE`. */
let absorbedBytes: i32 = 0;
/** Digits of a nonce; 0 for as many as it takes. */
let width: i32 = 0;

tabulate();

/** Prepares for a work. */
export function begin(shared: i32, absorbed: i32, digits: i32): void {
  sharedBytes = shared;
  absorbedBytes = absorbed;
  width = digits;
}

/**
 * How far behind `from` the first of `count` nonces is whose digest may begin with the zeros of
 * `mask`; -1 if there is none. Nonces have `COUNT` digits or more.
 */
export function scan(from: i64, count: i32, mask: i32): i32 {
  const end = from + count;
  for (let nonce = from; nonce < end; ) {
    const first = (nonce % STEP) as i32;
    const left = end - nonce;
    const last = left > STEP - first ? STEP : first + (left as i32);
    const found = searchStep(nonce / STEP, first, last, mask);
    if (found >= 0) return ((nonce - from) as i32) + found - first;
    nonce += last - first;
  }
  return -1;
}

/** The first candidate of a step, from `first` up to, and without, `end`; -1 if there is none. */
function searchStep(step: i64, first: i32, end: i32, mask: i32): i32 {
  const layout = prepare(step);
  const groups = (end + 3) >> 2;
  const wanted = i32x4.splat(mask);
  for (let group = first >> 2; group < groups; group += 1) {
    const hit = search(layout, group, groups, wanted);
    if (hit < 0) return -1;
    group = hit >> 4;
    for (let lane = 0; lane < 4; lane += 1) {
      const index = 4 * group + lane;
      if ((hit >> lane) & 1 && index >= first && index < end) return index;
    }
  }
  return -1;
}

/** Computes what the nonces of a step share, and returns their layout. */
function prepare(step: i64): i32 {
  let end = write(step);
  memory.copy(STATE, SHARED_STATE, 32);
  if (end - COUNT >= BLOCK) {
    // The first block has no open digit.
    absorb();
    memory.copy(BLOCKS, BLOCKS + BLOCK, BLOCK);
    end -= BLOCK;
  }
  const at = end - COUNT;
  open(at);
  const layout = end <= LONGEST_END ? at >> 4 : end <= BLOCK ? SPILT : ACROSS;
  fold(layout);
  return layout;
}

/** Writes the text but for its open digits, with its padding, and returns where the text ends. */
function write(step: i64): i32 {
  memory.fill(BLOCKS, 0, 2 * BLOCK);
  memory.copy(BLOCKS, SHARED_TEXT, sharedBytes);
  const end = sharedBytes + (width > 0 ? width : lengthOf(step) + COUNT);
  let rest = step;
  for (let at = end - COUNT - 1; at >= sharedBytes; at -= 1) {
    store<u8>(BLOCKS + at, digit((rest % RADIX) as i32));
    rest /= RADIX;
  }
  store<u8>(BLOCKS + end, 0x80);
  const padded = end <= LONGEST_END ? BLOCK : 2 * BLOCK;
  store<u64>(BLOCKS + padded - 8, bswap<u64>(8 * ((absorbedBytes + end) as u64)));
  for (let at = 0; at < padded; at += 4) store<u32>(BLOCKS + at, bswap(load<u32>(BLOCKS + at)));
  return end;
}

/** Digits of `value`, where zero has none. */
function lengthOf(value: i64): i32 {
  let length = 0;
  for (let rest = value; rest > 0; rest /= RADIX) length += 1;
  return length;
}
