/** What `watch`, `replay` and their screens have in common: one onlooker of either dialect. */

import type { Command } from 'commander';
import type { NameOf } from '../client/describe.ts';
import type { UnixMs } from '../domain/names.ts';
import type { DialectName } from '../lab/dialect.ts';
import { nodeHasher, nodeVerifier } from '../node/crypto.ts';
import { LabOnlooker } from '../record/lab-onlooker.ts';
import { advanceLab } from '../record/lab-picture.ts';
import { OurOnlooker } from '../record/onlooker.ts';
import { advance } from '../record/picture-advance.ts';
import type { Recorded } from '../record/recording.ts';
import type { AnySighting, Sighting } from '../record/sighting.ts';
import { Walk } from '../record/walk.ts';
import type { Board } from './board.ts';
import { labSettings } from './lab-settings.ts';
import { peerSettings } from './peer-settings.ts';
import { labelOf, type Settings, sourceOf, usageError } from './setting.ts';
import { boardOf, namesIn } from './watch-board.ts';
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

/** Throws a `usage` error for a setting that was typed and means nothing without a dialect. */
export function refuseWithoutDialect(
  command: Command,
  { dialect }: Pick<WatchValues, 'dialect'>,
): void {
  if (dialect !== null || sourceOf(command, 'peers') !== 'argument') return;
  const label = labelOf(command, 'peers', watchSettings.peers);
  throw usageError(`${label} is for --dialect alone: our own peers say how many they are.`, {
    setting: label,
  });
}

/** Somebody who looks on, and whose picture can be shown. */
export type Watching = {
  readonly isLab: boolean;
  hear(recorded: Recorded): AnySighting;
  /** How people call the peers of a network of ours. */
  readonly nameOf?: NameOf;
  board(now: UnixMs): Board;
};

/** A walk through a recording, in the same way. */
export type Walking = {
  readonly isLab: boolean;
  readonly at: number;
  readonly length: number;
  /** The last message that was heard; null at the beginning. */
  readonly sighting: AnySighting | null;
  goTo(at: number): void;
  board(now: UnixMs): Board;
};

export function walkAlong(values: WatchValues, recording: readonly Recorded[]): Walking {
  const { dialect, prefix, peers } = values;
  if (dialect === null) {
    const ours = new OurOnlooker({ prefix, hasher: nodeHasher, verifier: nodeVerifier() });
    const walk = new Walk(recording, ours, (picture, sighting: Sighting) =>
      advance(picture, sighting, nodeHasher),
    );
    return walking(walk, false, (now) => boardOf(walk.picture, now));
  }
  const labs = new LabOnlooker({ prefix, dialect, seats: peers });
  const walk = new Walk(recording, labs, advanceLab);
  return walking(walk, true, (now) => labBoardOf(walk.picture, now));
}

function walking<Seen extends AnySighting, Shown>(
  walk: Walk<Seen, Shown>,
  isLab: boolean,
  board: (now: UnixMs) => Board,
): Walking {
  return {
    isLab,
    length: walk.length,
    get at() {
      return walk.at;
    },
    get sighting() {
      return walk.sighting;
    },
    goTo: (at) => walk.goTo(at),
    board,
  };
}

export function lookOn({ prefix, dialect, peers }: WatchValues): Watching {
  if (dialect === null) {
    const ours = new OurOnlooker({ prefix, hasher: nodeHasher, verifier: nodeVerifier() });
    return {
      isLab: false,
      hear: (recorded) => ours.hear(recorded),
      nameOf: (peer) => namesIn(ours.picture)(peer),
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
