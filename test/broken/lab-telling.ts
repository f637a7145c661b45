/** Words with which networks of the labs are told, message by message. */

import { createHash } from 'node:crypto';
import type { UnixMs } from '../../src/domain/names.ts';
import type { Recorded } from '../../src/record/recording.ts';
import { START } from './tape.ts';

export type LabTape = readonly Recorded[];

export function line(at: number, word: string, said: unknown): Recorded {
  const text = typeof said === 'string' ? said : JSON.stringify(said);
  return {
    time: Math.round(START + at) as UnixMs,
    topic: `sd/${word}`,
    payload: new TextEncoder().encode(text),
    qos: 1,
    retained: false,
  };
}

export type Fields = Readonly<Record<string, unknown>>;
/** Seconds, the word of its topic, and what is said. */
export type Said = readonly [number, string, Fields];

export function tapeOf(said: readonly Said[]): LabTape {
  return said
    .map(([seconds, word, fields]) => line(seconds * 1_000, word, fields))
    .sort((a, b) => a.time - b.time);
}

/** A text whose SHA-1 begins with so many zero bits. */
export function solve(name: string, bits: number): string {
  for (let nonce = 0; ; nonce += 1) {
    const digest = createHash('sha1').update(`${name}/${nonce}`).digest();
    if (Math.clz32(digest.readUInt32BE()) >= bits) return `${name}/${nonce}`;
  }
}

export const comes = (at: number, ClientID: string): Said => [at, 'init', { ClientID }];
export const votes = (at: number, ClientID: string, VoteID: string): Said => [
  at,
  'voting',
  { ClientID, VoteID },
];
export const opens = (at: number, TransactionID: number): Said => [
  at,
  'challenge',
  { TransactionID, Challenge: 8 },
];

/** A challenge, its solution and its result, a second apart. */
export function round(at: number, TransactionID: number, ClientID: string): readonly Said[] {
  const Solution = solve(`${ClientID}${TransactionID}`, 8);
  const said = { TransactionID, ClientID, Solution };
  const result: Said = [at + 2, 'result', { ...said, Result: 1 }];
  return [opens(at, TransactionID), [at + 1, 'solution', said], result];
}

export const rounds = (from: number, count: number, miner: string): readonly Said[] =>
  Array.from({ length: count }, (_, index) => round(from + 5 * index, index, miner)).flat();

export const seconds = (from: number, step: number, count: number): readonly number[] =>
  Array.from({ length: count }, (_, index) => from + index * step);

export const solves = (at: number, TransactionID: number, ClientID: string): Said => [
  at,
  'solution',
  { TransactionID, ClientID, Solution: solve(`${ClientID}${TransactionID}`, 8) },
];
export const answers = (at: number, [, , said]: Said, Result: number): Said => [
  at,
  'result',
  { ...said, Result },
];
