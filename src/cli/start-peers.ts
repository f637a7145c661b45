/** What each peer of a run does at the moment, and what it has done. */

import type { NameOf } from '../client/describe.ts';
import { nameWithNumber } from '../client/name-book.ts';
import type { Idle } from '../domain/idle.ts';
import type { ClientID, TransactionID, UnixMs } from '../domain/names.ts';
import type { Place } from './fleet.ts';
import type { Ending } from './fleet-process.ts';
import type { Said } from './fleet-said.ts';

type Progress = Extract<Said, { readonly kind: 'progress' }>;

/** One process and the peer that it is. */
export type PeerRow = {
  readonly place: Place;
  readonly pid: number;
  readonly startedAt: UnixMs;
  /** Null until it has said who it is. */
  name: ClientID | null;
  /** The small number by which people call it, where it was given one. */
  readonly called: number | null;
  isConnected: boolean;
  /** Null while it mines. */
  idle: Idle | null;
  /** Hashes a second; 0 while it is idle. */
  perSecond: number;
  /** Hashes tried for the challenge that it searched last, as far as it has said. */
  triedLast: { readonly transactionID: TransactionID; readonly tried: number } | null;
  /** Hashes tried for all challenges before that one. */
  triedBefore: number;
  /** Hashes tried in all, as it says at its end; null before. */
  triedInAll: number | null;
  wins: number;
  /** The highest block that it has; -1 before the first. */
  lastResult: number;
  wasController: boolean;
  ending: Ending | null;
  endedAt: UnixMs | null;
};

export function newRow(
  place: Place,
  pid: number,
  startedAt: UnixMs,
  called: number | null,
): PeerRow {
  return {
    place,
    pid,
    startedAt,
    name: null,
    called,
    isConnected: false,
    idle: { reason: 'disconnected' },
    perSecond: 0,
    triedLast: null,
    triedBefore: 0,
    triedInAll: null,
    wins: 0,
    lastResult: -1,
    wasController: false,
    ending: null,
    endedAt: null,
  };
}

/** How people call the peers of these rows. */
export function namesIn(rows: readonly PeerRow[]): NameOf {
  return (peer) => nameWithNumber(peer, rows.find(({ name }) => name === peer)?.called);
}

/** Keeps a row in line with what its process says. */
export function hearOf(row: PeerRow, said: Said): void {
  switch (said.kind) {
    case 'started':
      row.name = said.peer;
      return;
    case 'connected':
      row.isConnected = true;
      return;
    case 'disconnected':
      row.isConnected = false;
      return;
    case 'idle':
      row.idle = said.idle;
      row.perSecond = 0;
      return;
    case 'resumed':
      if (row.idle?.reason === 'paused') row.idle = null;
      return;
    case 'challenge':
      // Whoever stays idle nevertheless says so after this, unless the reason is still the same.
      if (row.idle?.reason !== 'governing' && row.idle?.reason !== 'paused') row.idle = null;
      return;
    case 'progress':
      row.idle = null;
      row.perSecond = said.perSecond;
      takeProgress(row, said);
      return;
    case 'result':
      row.lastResult = Math.max(row.lastResult, said.block.transactionID);
      return;
    case 'ended':
      row.triedInAll = said.tried;
      return;
    default:
      return;
  }
}

/** A peer never goes back to an earlier challenge. */
function takeProgress(row: PeerRow, { transactionID, tried }: Progress): void {
  const last = row.triedLast;
  if (last !== null && last.transactionID !== transactionID) row.triedBefore += last.tried;
  row.triedLast = { transactionID, tried };
}

/** Hashes that a peer has tried in all, as far as it has said. */
export function triedBy(row: PeerRow): number {
  return row.triedInAll ?? row.triedBefore + (row.triedLast?.tried ?? 0);
}

/** Hashes that all have tried for the open challenge, as far as they have said. */
export function triedFor(rows: readonly PeerRow[], transactionID: TransactionID): number {
  return rows.reduce(
    (sum, { triedLast }) =>
      triedLast?.transactionID === transactionID ? sum + triedLast.tried : sum,
    0,
  );
}
