/** What a peer of a lab dialect is doing, gathered from its notes, for lines at the bottom. */

import { formatCount, formatRate, formatSeconds } from '../client/describe.ts';
import { describeLab, shortLabName } from '../client/describe-lab.ts';
import { countOf } from '../domain/count-of.ts';
import type { Name } from '../lab/message.ts';
import type { LabNote } from '../lab/note.ts';

type NoteOf<Kind extends LabNote['kind']> = LabNote & { readonly kind: Kind };

export type LabStatus = {
  readonly self: Name;
  readonly isConnected: boolean;
  /** Peers that were heard, and N. */
  readonly known: number;
  readonly wanted: number;
  /** Why nobody is elected, as it was told last. */
  readonly waiting: NoteOf<'waiting'> | null;
  readonly elected: NoteOf<'elected'> | null;
  readonly challenge: NoteOf<'challenge'> | null;
  /** Unix milliseconds. */
  readonly challengedAt: number;
  readonly progress: NoteOf<'progress'> | null;
  /** We have said a solution for it, and are not told yet what came of it. */
  readonly isSolved: boolean;
  readonly results: number;
  readonly wins: number;
  readonly gone: NoteOf<'controller-gone'> | null;
  readonly isFinished: boolean;
  readonly isPaused: boolean;
};

/** The peer has just started. */
export function startLabStatus(self: Name, wanted: number): LabStatus {
  return {
    ...{ self, isConnected: false, known: 1, wanted, waiting: null, elected: null },
    ...{ challenge: null, challengedAt: 0, progress: null, isSolved: false },
    ...{ results: 0, wins: 0, gone: null, isFinished: false, isPaused: false },
  };
}

const NO_CHALLENGE = { challenge: null, progress: null, isSolved: false } as const;

/** The status after one more note; `unixMs`: when it was said. */
export function followLab(status: LabStatus, note: LabNote, unixMs: number): LabStatus {
  switch (note.kind) {
    case 'connected':
    case 'disconnected':
      return { ...status, isConnected: note.kind === 'connected' };
    case 'joined':
      return { ...status, known: note.known, wanted: note.wanted, waiting: null };
    case 'waiting':
      return { ...status, known: note.known, wanted: note.wanted, waiting: note };
    case 'elected':
      return { ...status, ...NO_CHALLENGE, elected: note, waiting: null };
    case 'challenge': {
      const search = { challenge: note, challengedAt: unixMs, progress: null, isSolved: false };
      return { ...status, ...search, gone: null, waiting: null };
    }
    case 'progress':
      return isOpen(status, note) ? { ...status, progress: note } : status;
    case 'found':
      return isOpen(status, note) ? { ...status, isSolved: true } : status;
    case 'result': {
      const results = status.results + 1;
      const wins = status.wins + (note.isOwn ? 1 : 0);
      const over = isOpen(status, note) ? NO_CHALLENGE : {};
      return { ...status, ...over, results, wins, gone: null };
    }
    case 'solution-refused':
      return isOpen(status, note) ? followRefused(status, note) : status;
    case 'gave-up':
      return isOpen(status, note) ? { ...status, ...NO_CHALLENGE } : status;
    case 'controller-gone':
      return { ...status, gone: note };
    case 'finished':
      return { ...status, isFinished: true };
    case 'paused':
    case 'resumed':
      return { ...status, progress: null, isPaused: note.kind === 'paused' };
    default:
      return status;
  }
}

/** After a refusal of ours we search on, unless somebody was first. */
function followRefused(
  status: LabStatus,
  { isOwn, reason }: NoteOf<'solution-refused'>,
): LabStatus {
  if (!isOwn) return status;
  if (reason === 'late') return { ...status, ...NO_CHALLENGE };
  return { ...status, isSolved: false, progress: null };
}

function isOpen(
  { challenge }: LabStatus,
  { transactionID }: { readonly transactionID: number },
): boolean {
  return challenge?.transactionID === transactionID;
}

/** Who we are and where we stand, most important first: the end may be cut off. */
export function describeLabPlace(status: LabStatus): string {
  const { self, isConnected, elected, known, wanted, results, wins } = status;
  const role = elected === null ? 'not elected yet' : elected.isSelf ? 'controller' : 'miner';
  const parts = [`${shortLabName(self)} ${role}`];
  if (!isConnected) parts.push('no connection');
  if (elected !== null && !elected.isSelf) {
    parts.push(`controller ${shortLabName(elected.controller)}`);
  }
  parts.push(`${known} of ${wanted} peers`);
  if (elected !== null || results > 0) {
    const ours = results === 0 ? '' : `, ${wins} of them ours`;
    parts.push(`${countOf(results, 'result')}${ours}`);
  }
  return parts.join(' · ');
}

/** Whether our threads have something to do; `threads` is 0 for a peer that never mines. */
export function isLabSearching(status: LabStatus, threads: number): boolean {
  const { challenge, elected, wanted, isSolved, isPaused } = status;
  // A controller does not mine, unless there is nobody else.
  const mayMine = elected?.isSelf !== true || wanted === 1;
  return threads > 0 && challenge !== null && mayMine && !isSolved && !isPaused;
}

/** What we search and how that goes, or why we don't; `threads` is 0 for a peer that never does. */
export function describeLabWork(status: LabStatus, threads: number, unixMs: number): string {
  const { challenge, isSolved, gone } = status;
  if (challenge === null) return `not mining: ${whyNoChallenge(status)}`;
  const elapsed = formatSeconds(unixMs - status.challengedAt);
  const what = `challenge ${challenge.transactionID}, ${challenge.bits} bits`;
  if (isLabSearching(status, threads)) return describeSearch(status, challenge, what, elapsed);
  if (isSolved) {
    const begin = gone === null ? 'solved, and awaiting the result' : 'solved, and not answered';
    return `${begin}: ${what} · ${elapsed}`;
  }
  return `not mining, ${whyNotSearching(status)}: ${what} is open · ${elapsed}`;
}

function describeSearch(
  { progress }: LabStatus,
  { expected }: NoteOf<'challenge'>,
  what: string,
  elapsed: string,
): string {
  if (progress === null)
    return `mining ${what} · about ${formatCount(expected)} tries · ${elapsed}`;
  const tried = `${formatCount(progress.tried)} of about ${formatCount(expected)}`;
  return `mining ${what} · ${formatRate(progress.perSecond)} · ${tried} · ${elapsed}`;
}

function whyNotSearching({ isPaused, elected, wanted }: LabStatus): string {
  if (elected?.isSelf === true && wanted > 1) return 'as controller';
  return isPaused ? 'paused' : 'as told';
}

function whyNoChallenge({ isConnected, waiting, elected, gone, ...rest }: LabStatus): string {
  if (!isConnected) return 'there is no connection';
  if (gone !== null) return describeLab(gone);
  if (waiting !== null) return describeLab(waiting);
  if (rest.isFinished) return 'all challenges are solved';
  const paused = rest.isPaused ? ', and paused' : '';
  return `${elected === null ? 'nobody is elected yet' : 'no challenge is open'}${paused}`;
}
