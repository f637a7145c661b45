/** What each peer of a run does at the moment, and what it has done. */

import type { ClientID, TransactionID, UnixMs } from '../domain/names.ts';
import type { Idle } from '../domain/note.ts';
import type { Place } from './fleet.ts';
import type { Ending } from './fleet-process.ts';
import type { Said } from './fleet-said.ts';

/** One process and the peer that it is. */
export type PeerRow = {
  readonly place: Place;
  readonly pid: number;
  readonly startedAt: UnixMs;
  /** Null until it has said who it is. */
  name: ClientID | null;
  isConnected: boolean;
  /** Null while it mines. */
  idle: Idle | null;
  /** Hashes a second; 0 while it is idle. */
  perSecond: number;
  /** Hashes tried for each challenge, as far as it has said. */
  readonly triedFor: Map<TransactionID, number>;
  /** Hashes tried in all, as it says at its end; null before. */
  triedInAll: number | null;
  wins: number;
  /** The highest block that it has; -1 before the first. */
  lastResult: number;
  wasController: boolean;
  ending: Ending | null;
  endedAt: UnixMs | null;
};

export function newRow(place: Place, pid: number, startedAt: UnixMs): PeerRow {
  return {
    place,
    pid,
    startedAt,
    name: null,
    isConnected: false,
    idle: { reason: 'disconnected' },
    perSecond: 0,
    triedFor: new Map(),
    triedInAll: null,
    wins: 0,
    lastResult: -1,
    wasController: false,
    ending: null,
    endedAt: null,
  };
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
      row.triedFor.set(said.transactionID, said.tried);
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

/** Hashes that a peer has tried in all, as far as it has said. */
export function triedBy(row: PeerRow): number {
  return row.triedInAll ?? [...row.triedFor.values()].reduce((sum, tried) => sum + tried, 0);
}

/** Hashes that all have tried for one challenge, as far as they have said. */
export function triedFor(rows: readonly PeerRow[], transactionID: TransactionID): number {
  return rows.reduce((sum, row) => sum + (row.triedFor.get(transactionID) ?? 0), 0);
}
