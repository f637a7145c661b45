/** What a peer is doing at the moment, gathered from its notes, for a line at a screen's bottom. */

import {
  describeIdle,
  describeSyncing,
  formatCount,
  formatRate,
  formatSeconds,
  type NameOf,
  shortName,
} from '../client/describe.ts';
import { describeRange } from '../client/describe-quest.ts';
import type { Idle } from '../domain/idle.ts';
import type { Note } from '../domain/note.ts';
import type { View } from '../peer/view.ts';

type NoteOf<Kind extends Note['kind']> = Extract<Note, { readonly kind: Kind }>;

type Leased = {
  readonly lease: NoteOf<'lease'>;
  /** Unix milliseconds. */
  readonly since: number;
  readonly covered: NoteOf<'covered'> | null;
};

export type Status = {
  /** Peers that are there, and seats. */
  readonly known: number;
  readonly wanted: number;
  /** The challenge that is open, as far as we know. */
  readonly challenge: NoteOf<'challenge'> | null;
  /** Unix milliseconds. */
  readonly challengedAt: number;
  /** How the search for it goes. */
  readonly progress: NoteOf<'progress'> | null;
  /** How far we have caught up, where that takes long. */
  readonly syncing: NoteOf<'syncing'> | null;
  /** The range that we search for a quest, and how far all have come with that. */
  readonly leased: Leased | null;
  readonly idle: Idle | null;
  readonly isPaused: boolean;
};

/** The peer has just started. */
export function startStatus(wanted: number): Status {
  return {
    known: 1,
    wanted,
    challenge: null,
    challengedAt: 0,
    progress: null,
    syncing: null,
    leased: null,
    idle: null,
    isPaused: false,
  };
}

/** The status after one more note; `unixMs`: when it was said. */
export function follow(status: Status, note: Note, unixMs: number): Status {
  switch (note.kind) {
    case 'joined':
    case 'left':
      return { ...status, known: note.known, wanted: note.wanted };
    case 'idle':
      return { ...status, leased: null, idle: note.idle };
    case 'lease': {
      const isSame = status.leased?.lease.quest === note.quest;
      const covered = isSame ? (status.leased?.covered ?? null) : null;
      return { ...status, leased: { lease: note, since: unixMs, covered }, idle: null };
    }
    case 'covered':
      if (status.leased?.lease.quest !== note.quest) return status;
      return { ...status, leased: { ...status.leased, covered: note } };
    case 'answered':
      return status.leased?.lease.quest === note.quest ? { ...status, leased: null } : status;
    case 'syncing':
      return { ...status, syncing: note };
    case 'disconnected':
      return { ...status, syncing: null };
    case 'synced': {
      const idle = status.idle?.reason === 'behind' ? null : status.idle;
      return { ...status, syncing: null, idle };
    }
    case 'challenge': {
      const isSame = status.challenge?.preimage === note.preimage;
      const since = isSame ? {} : { challengedAt: unixMs, progress: null };
      return { ...status, ...since, challenge: note, leased: null, idle: lasting(status.idle) };
    }
    case 'result':
      return { ...status, challenge: null, progress: null };
    case 'progress':
      return { ...status, progress: note, leased: null, idle: null };
    // No note says that a peer is idle no more; if it still is, for another reason, that follows.
    case 'stepped-down':
      return { ...status, idle: null };
    case 'connected':
    case 'mandate':
    case 'solution-refused':
      return { ...status, idle: lasting(status.idle) };
    case 'paused':
    case 'resumed':
      return { ...status, idle: null, isPaused: note.kind === 'paused' };
    default:
      return status;
  }
}

/** Two reasons outlast whatever happens on the network. */
function lasting(idle: Idle | null): Idle | null {
  return idle?.reason === 'governing' || idle?.reason === 'paused' ? idle : null;
}

/** Who we are and where we stand, most important first: the end may be cut off. */
export function describePlace(status: Status, view: View, nameOf: NameOf = shortName): string {
  const { role, term, controllerID, height, isConnected } = view;
  const parts = [`${nameOf(view.clientID)} ${role === 'unfounded' ? 'no network yet' : role}`];
  if (!isConnected) parts.push('no connection');
  if (controllerID !== null && role !== 'controller') {
    parts.push(`controller ${nameOf(controllerID)}`);
  }
  if (role !== 'unfounded') {
    parts.push(`term ${term}${controllerID === null ? ' without controller' : ''}`);
    parts.push(`height ${height}`);
  }
  parts.push(`${status.known} of ${status.wanted} peers`);
  return parts.join(' · ');
}

const BAR_COLUMNS = 20;

/** How many of the blocks are here that there are, those that were here before among them. */
function barOf({ height, of }: NoteOf<'syncing'>): string {
  const share = Math.min(1, height / of);
  const filled = Math.floor(BAR_COLUMNS * share);
  const bar = '█'.repeat(filled) + '░'.repeat(BAR_COLUMNS - filled);
  return `${bar} ${Math.floor(100 * share)} %,`;
}

/** Whether our threads have something to do; `threads` is 0 for a peer that never mines. */
export function isSearching({ idle, leased, challenge }: Status, threads: number): boolean {
  return threads > 0 && idle === null && (leased !== null || challenge !== null);
}

/** `searching nonces 0 to 99999 for quest 5d962e54 · 1.2 M of 2.0 G covered · 0.8 s`. */
function describeLeased({ lease, since, covered }: Leased, unixMs: number): string {
  const what = `searching ${describeRange(lease)} for quest ${lease.quest.slice(0, 8)}`;
  const far = covered && `${formatCount(covered.covered)} of ${formatCount(covered.of)} covered`;
  return [what, far, formatSeconds(unixMs - since)].filter(Boolean).join(' · ');
}

/** What we search and how that goes, or why we don't; `threads` is 0 for a peer that never does. */
export function describeWork(status: Status, threads: number, unixMs: number): string {
  const { challenge, progress, idle, syncing, leased } = status;
  if (syncing !== null) return `catching up ${barOf(syncing)} ${describeSyncing(syncing)}`;
  if (idle !== null) return `not mining: ${describeIdle(idle)}`;
  if (leased !== null) return describeLeased(leased, unixMs);
  if (challenge === null) return 'not mining: nothing is known yet';
  const { transactionID, bits, expected } = challenge;
  const what = `challenge ${transactionID}, ${bits} bits`;
  const elapsed = formatSeconds(unixMs - status.challengedAt);
  if (threads === 0) return `not mining, as told: ${what} is open · ${elapsed}`;
  if (progress === null)
    return `mining ${what} · about ${formatCount(expected)} tries · ${elapsed}`;
  const tried = `${formatCount(progress.tried)} of about ${formatCount(expected)}`;
  return `mining ${what} · ${formatRate(progress.perSecond)} · ${tried} · ${elapsed}`;
}
