/** What somebody can be told who only looks on in a network: its rules, if not the usual ones. */

import type { Adopted } from './asked-rules.ts';
import { type PeerValues, peerSettings } from './peer-settings.ts';
import type { Settings } from './setting.ts';

type Shared =
  | 'prefix'
  | 'peers'
  | 'difficulty'
  | 'election'
  | 'admit'
  | 'reward'
  | 'genesis'
  | 'announce'
  | 'heartbeat'
  | 'roster';

export type ObserverValues = Pick<PeerValues, Shared>;

export const observerSettings: Settings<ObserverValues> = {
  prefix: peerSettings.prefix,
  peers: peerSettings.peers,
  difficulty: peerSettings.difficulty,
  election: peerSettings.election,
  admit: peerSettings.admit,
  reward: peerSettings.reward,
  genesis: peerSettings.genesis,
  announce: peerSettings.announce,
  heartbeat: peerSettings.heartbeat,
  roster: peerSettings.roster,
};

/** As a whole peer is told it. */
export function peerValuesOf(values: ObserverValues & Adopted): PeerValues & Adopted {
  return {
    ...values,
    threads: 1,
    name: null,
    removal: 60_000,
    identity: null,
    data: null,
    newIdentity: false,
    foundAnew: false,
    challenges: 0,
    mine: false,
    rewardKey: null,
    mineWhen: 'always',
    source: null,
    sourceFields: null,
    sourceSubmit: null,
    trace: null,
  };
}
