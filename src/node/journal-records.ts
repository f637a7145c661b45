/** How entries lie in a store of keys and texts: small ones in one record, blocks apart. */

import { hash } from 'node:crypto';
import type { Entry } from '../domain/contract.ts';
import type { Block } from '../domain/message.ts';
import type { ClientID, Digest } from '../domain/names.ts';
import type { Batch } from '../domain/transaction.ts';
import { digestOfGenesis } from '../ledger/genesis.ts';
import { type Rules, rulesWithGenesis } from '../ledger/rules.ts';
import { nodeHasher } from './crypto.ts';

/** Of this layout; another one is not read. */
const VERSION = 1;

/** Entries of which only the last one counts. */
type Small = Extract<Entry, { kind: 'incarnation' | 'term' | 'voted' | 'obeyed' | 'accepted' }>;

/**
 * All that is not a block, rewritten with each entry: so whatever is found lies in one piece. `seq`
 * counts the entries; `owner` is null in a journal that nobody has begun to write.
 */
export type Latest = {
  readonly version: number;
  readonly seq: number;
  readonly owner: ClientID | null;
  /** The Rules of its network, once it is founded. */
  readonly rules: string | null;
  readonly height: number;
  readonly small: { readonly [Kind in Small['kind']]?: Extract<Small, { kind: Kind }> };
};

export type StoredBlock = { readonly block: Block; readonly digest: Digest };

/** A key and its checked value; what is written in one piece with others. */
export type Row = { readonly key: string; readonly value: string };

export const LATEST_KEY = 'latest';
export const FOUNDING_KEY = 'founding';

/** What accounts begin with, where the Rules name a list. */
export const GENESIS_KEY = 'genesis';

/** The batch of what was accepted last: too long to be rewritten with each entry. */
export const ACCEPTED_BATCH_KEY = 'accepted-batch';
const NUMBER_DIGITS = 12;

/** Blocks, and likewise seals, in order of their numbers. */
export function blockKey(number: number): string {
  return `block:${String(number).padStart(NUMBER_DIGITS, '0')}`;
}

/** Of those blocks that carry one. */
export function batchKey(number: number): string {
  return `batch:${String(number).padStart(NUMBER_DIGITS, '0')}`;
}

export function sealKey(number: number): string {
  return `seal:${String(number).padStart(NUMBER_DIGITS, '0')}`;
}

export const NEW_LATEST: Latest = {
  version: VERSION,
  seq: 0,
  owner: null,
  rules: null,
  height: 0,
  small: {},
};

/** What is found in a store is not what was written there; `problem` is part of a sentence. */
export class Damage extends Error {
  readonly code = 'data-damaged';
  readonly problem: string;

  constructor(problem: string, cause?: unknown) {
    super(`The journal is damaged: ${problem}.`, { cause });
    this.problem = problem;
  }
}

const SUM_DIGITS = 16;

function sumOf(key: string, text: string): string {
  return hash('sha256', `${key}\n${text}`).slice(0, SUM_DIGITS);
}

/** A value with its checksum, which covers the key: a value is good in its own place alone. */
export function seal(key: string, content: unknown): Row {
  const text = JSON.stringify(content);
  return { key, value: `${sumOf(key, text)} ${text}` };
}

/** Throws a `Damage` for a value that is missing, or that differs from what was written. */
export function open(key: string, value: string | undefined): unknown {
  if (value === undefined) throw new Damage(`its record "${key}" is missing`);
  const text = value.slice(SUM_DIGITS + 1);
  if (value !== `${sumOf(key, text)} ${text}`) throw new Damage(`its record "${key}" is corrupted`);
  return JSON.parse(text);
}

export function openLatest(value: string | undefined): Latest {
  const latest = open(LATEST_KEY, value) as Latest;
  if (latest.version === VERSION) return latest;
  throw new Damage(`it is of version ${latest.version}, which this program does not know`);
}

/** What `entries` change: the new summary, and all rows to be written in one piece. */
export function write(
  before: Latest,
  entries: readonly Entry[],
  rules: string,
): { readonly latest: Latest; readonly rows: readonly Row[] } {
  const rows: Row[] = [];
  let latest = before;
  for (const entry of entries) latest = writeOne(latest, entry, rules, rows);
  return { latest, rows: [...rows, seal(LATEST_KEY, latest)] };
}

/** A peer that was told of no list takes over that of the network it finds, and so its Rules. */
export function rulesAfter(entries: readonly Entry[], rules: Rules): Rules {
  const entry = entries.find(({ kind }) => kind === 'genesis');
  if (entry?.kind !== 'genesis') return rules;
  return rulesWithGenesis(rules, digestOfGenesis(entry.genesis, nodeHasher));
}

/** The summary after one more entry, whose rows are added to `rows`; a later row counts. */
function writeOne(before: Latest, entry: Entry, rules: string, rows: Row[]): Latest {
  const latest: Latest = { ...before, seq: before.seq + 1 };
  if (entry.kind === 'sealed') {
    const { block, digest, batch } = entry;
    const { height } = latest;
    const stored: StoredBlock = { block, digest };
    rows.push(seal(blockKey(height), stored), seal(sealKey(height), entry.seal));
    if (batch !== undefined) rows.push(seal(batchKey(height), batch));
    return { ...latest, height: height + 1 };
  }
  if (entry.kind === 'genesis') {
    rows.push(seal(GENESIS_KEY, entry.genesis));
    return latest;
  }
  if (entry.kind === 'founded') {
    rows.push(seal(FOUNDING_KEY, entry.founding));
    return { ...latest, rules, small: withoutBinding(latest.small) };
  }
  if (entry.kind === 'accepted' && entry.batch !== undefined) {
    const { batch, ...accepted } = entry;
    rows.push(seal(ACCEPTED_BATCH_KEY, batch));
    return { ...latest, small: { ...latest.small, accepted } };
  }
  return { ...latest, small: { ...latest.small, [entry.kind]: entry } };
}

/** A founding ends what bound a peer to its roster, which can be long. */
function withoutBinding({ voted, ...others }: Latest['small']): Latest['small'] {
  return voted === undefined ? others : { ...others, voted: { ...voted, founding: null } };
}

/** The last of each small kind. */
export function smallEntriesOf({ small }: Latest, acceptedBatch: Batch | null): readonly Entry[] {
  const { accepted, ...others } = small;
  const batch = acceptedBatch === null ? {} : { batch: acceptedBatch };
  return [...Object.values(others), ...(accepted === undefined ? [] : [{ ...accepted, ...batch }])];
}
