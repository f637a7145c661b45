/** What `watch`, `replay` and their screens have in common: one onlooker of either dialect. */

import type { Command } from 'commander';
import type { UnixMs } from '../domain/names.ts';
import type { DialectName } from '../lab/dialect.ts';
import { nodeHasher, nodeVerifier } from '../node/crypto.ts';
import { LabOnlooker } from '../record/lab-onlooker.ts';
import { OurOnlooker } from '../record/onlooker.ts';
import type { Recorded } from '../record/recording.ts';
import type { AnySighting } from '../record/sighting.ts';
import type { Board } from './board.ts';
import { labSettings } from './lab-settings.ts';
import { peerSettings } from './peer-settings.ts';
import { labelOf, type Settings, sourceOf, usageError } from './setting.ts';
import { boardOf } from './watch-board.ts';
import { labBoardOf } from './watch-lab-board.ts';

export type WatchValues = {
  readonly prefix: string;
  readonly dialect: DialectName | null;
  /** N, which nothing in a dialect says. */
  readonly peers: number;
};

export const watchSettings: Settings<WatchValues> = {
  prefix: { ...peerSettings.prefix, help: 'what all topics of the network begin with' },
  dialect: { ...labSettings.dialect, help: "a network of the labs' clients: ufes or statement" },
  peers: { ...peerSettings.peers, help: 'with --dialect: so many votes elect' },
};

/** Throws a `usage` error for a setting that means nothing without a dialect. */
export function refuseWithoutDialect(command: Command, { dialect }: WatchValues): void {
  if (dialect !== null || sourceOf(command, 'peers') === 'fallback') return;
  const label = labelOf(command, 'peers', watchSettings.peers);
  throw usageError(`${label} is for --dialect alone: our own peers say how many they are.`, {
    setting: label,
  });
}

/** Somebody who looks on, and whose picture can be shown. */
export type Watching = {
  readonly isLab: boolean;
  hear(recorded: Recorded): AnySighting;
  board(now: UnixMs): Board;
};

export function lookOn({ prefix, dialect, peers }: WatchValues): Watching {
  if (dialect === null) {
    const ours = new OurOnlooker({ prefix, hasher: nodeHasher, verifier: nodeVerifier() });
    return {
      isLab: false,
      hear: (recorded) => ours.hear(recorded),
      board: (now) => boardOf(ours.picture, now),
    };
  }
  const labs = new LabOnlooker({ prefix, dialect, seats: peers });
  return {
    isLab: true,
    hear: (recorded) => labs.hear(recorded),
    board: (now) => labBoardOf(labs.picture, now),
  };
}
