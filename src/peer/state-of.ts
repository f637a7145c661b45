/** A newborn peer's state. */

import type { Settings } from '../domain/contract.ts';
import type { Heritage } from '../domain/genesis.ts';
import type { Instant } from '../domain/names.ts';
import { newMempool } from '../ledger/mempool.ts';
import { type Rules, rulesOf } from '../ledger/rules.ts';
import { noAlarms } from './alarms.ts';
import { newMemory } from './memory.ts';
import type { State } from './state.ts';

/** No challenge is known. */
const noWork = {
  challenge: null,
  pendingChallenge: null,
  proposal: null,
  solved: null,
  heardSolution: null,
  mining: null,
  isExhausted: false,
};

/** No network is heard of. */
const noNetwork = { toldNetwork: null, heardNetwork: null, deadMandateUntil: null };

export function newState(settings: Settings): State {
  const rules = rulesOf(settings);
  const never = 0 as Instant;
  return {
    settings,
    rules: rules.text,
    heritage: heritageOf(settings, rules),
    dice: { seed: '', throws: 0 },
    alarms: noAlarms(),
    memory: newMemory(rules),
    naming: null,
    backlog: null,
    link: {
      isConnected: false,
      isFirst: true,
      since: never,
      answeredBy: null,
      attempts: 0,
      told: null,
      isLeaving: false,
      hasLeft: false,
    },
    beat: 0,
    saidLast: null,
    beatAt: never,
    isBeatSoon: false,
    acquaintances: {},
    attended: [],
    unknown: [],
    ...noNetwork,
    standing: null,
    lockedUntil: null,
    boundAt: never,
    booths: {},
    election: null,
    lastVote: null,
    votedAt: never,
    givenUp: 0,
    obeyed: null,
    termSince: never,
    pendingMandate: null,
    office: null,
    yielding: { madeWayFor: null, inVain: {}, toldNamesake: null },
    tipOpenedAt: never,
    ...noWork,
    isPaused: false,
    hashRate: 0,
    mempool: newMempool(),
    evicted: null,
    batches: [],
    wanted: null,
    owed: {},
    handedOut: null,
    awaited: null,
    quests: [],
    held: null,
    searches: 0,
    offered: null,
    paces: {},
    measured: {},
    wishes: [],
    sourcing: null,
    calls: 0,
    submitted: [],
    behind: null,
    asks: 0,
    requests: {},
    lastAsked: {},
    budgets: {},
    refusals: {},
    untold: {},
    toldIdle: null,
  };
}

/** What we have from our own file. */
function heritageOf({ genesisList }: Settings, { genesis: digest }: Rules): readonly Heritage[] {
  if (genesisList === undefined || genesisList.length === 0 || digest === null) return [];
  return [{ genesis: genesisList, digest, from: null }];
}
