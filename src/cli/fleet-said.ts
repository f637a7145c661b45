/** What a client process says with `--json`: its first line, its notes, its last line. */

import type { ClientID, UnixMs } from '../domain/names.ts';
import type { Note } from '../domain/note.ts';
import type { Witnessed } from './witnessing.ts';

/** The first line of a client process. */
export type Started = {
  readonly kind: 'started';
  readonly peer: ClientID;
  readonly pid: number;
  readonly url: string;
  readonly version: string;
  readonly threads: number;
};

/** The last line of a client process that ends in order: hashes tried and challenges won in all. */
export type Ended = {
  readonly kind: 'ended';
  readonly reason: string;
  readonly tried: number;
  readonly wins: number;
};

/** `time`: when it was said, by the clock of the machine. Who said it is known by its process. */
export type Said = { readonly time: UnixMs } & (Started | Ended | Note | Witnessed);

export type SaidKind = Said['kind'];

type Shape = Readonly<Record<string, 'string' | 'number' | 'boolean' | 'object'>>;

/** The fields that are read somewhere; a line without them is none of ours. */
const shapes: Readonly<Record<SaidKind, Shape>> = {
  started: { peer: 'string', pid: 'number' },
  ended: { reason: 'string', tried: 'number', wins: 'number' },
  connected: {},
  disconnected: { reason: 'string', attempts: 'number' },
  unheard: { topics: 'object' },
  joined: {},
  left: {},
  called: { who: 'string' },
  'same-name': { name: 'number', by: 'string' },
  idle: { idle: 'object' },
  'dead-mandate': { controller: 'string', term: 'number' },
  'network-found': { network: 'string', rules: 'string' },
  founded: { network: 'string', members: 'object' },
  recalled: {},
  'term-forgotten': { claimed: 'number', term: 'number' },
  election: { term: 'number', suspicion: 'string' },
  'gave-up': { term: 'number', heard: 'number', needed: 'number' },
  drawn: { term: 'number', seed: 'string', numbers: 'object', highest: 'string' },
  mandate: { term: 'number', controller: 'string', votes: 'number' },
  roster: { change: 'string', transactionID: 'number', member: 'string', members: 'object' },
  'stepped-down': { term: 'number', why: 'string' },
  'no-quorum': { present: 'number', needed: 'number', of: 'number' },
  challenge: { term: 'number', transactionID: 'number', bits: 'number', preimage: 'string' },
  progress: { transactionID: 'number', tried: 'number', perSecond: 'number' },
  found: { transactionID: 'number' },
  near: {},
  proposed: { transactionID: 'number', miner: 'string' },
  result: { block: 'object', digest: 'string', preimage: 'string', elapsedMs: 'number' },
  'solution-refused': { transactionID: 'number', miner: 'string', reason: 'string' },
  evicted: {},
  dropped: {},
  syncing: { height: 'number', of: 'number' },
  synced: {},
  quest: { quest: 'string' },
  lease: { quest: 'string', from: 'number', to: 'number' },
  covered: { quest: 'string', by: 'string', covered: 'number', of: 'number' },
  named: { quest: 'string', who: 'string', why: 'string' },
  answered: { quest: 'string' },
  task: { quest: 'string', previous: 'string', timestamp: 'number' },
  submitted: { quest: 'string', nonce: 'number' },
  'source-failed': { doing: 'string', problem: 'string' },
  refused: { code: 'string', count: 'number' },
  'thread-replaced': {},
  'threads-missing': { running: 'number', wanted: 'number', reason: 'string' },
  paused: {},
  resumed: {},
  leaving: {},
  recorded: { afterMs: 'number' },
  failed: { effect: 'string', code: 'string' },
  fact: { at: 'number', what: 'string' },
};

/** Reads a line; null for one that no client says. */
export function parseSaid(line: string): Said | null {
  const value = parseObject(line);
  if (value === null || typeof value['time'] !== 'number') return null;
  const kind = value['kind'];
  if (typeof kind !== 'string' || !Object.hasOwn(shapes, kind)) return null;
  const shape = Object.entries(shapes[kind as SaidKind]);
  // typeof calls null an object, too.
  const fits = shape.every(
    ([field, type]) => typeof value[field] === type && value[field] !== null,
  );
  return fits ? (value as unknown as Said) : null;
}

function parseObject(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
