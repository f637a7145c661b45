/** A searcher as the driver sees it; threads or not is its own affair. */

import type { Work } from '../domain/contract.ts';
import type { WorkID } from '../domain/names.ts';

export type MinerEvents = {
  readonly onFound: (work: WorkID, solution: string) => void;
  /** About once a second while it searches, and once when the nonces are exhausted. */
  readonly onSearched: (report: SearchReport) => void;
};

export type SearchReport = {
  readonly work: WorkID;
  /** Hashes tried for this work in all. */
  readonly tried: number;
  readonly perSecond: number;
  /** Solutions that missed by a few bits, for people to look at. */
  readonly near: readonly string[];
  readonly exhausted: boolean;
};

export interface Miner {
  listen(events: MinerEvents): void;
  /** Replaces the work in hand; the work in hand again goes on where it is. */
  mine(work: Work): void;
  rest(): void;
  close(): Promise<void>;
}
