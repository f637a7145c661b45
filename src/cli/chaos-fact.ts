/** What happens in a run of chaos, each thing once, and the line that tells it to people. */

import { formatSeconds, shortName } from '../client/describe.ts';
import type { ClientID, Term, TransactionID } from '../domain/names.ts';
import type { Deed, Label } from './chaos-deeds.ts';
import type { Failover } from './chaos-failovers.ts';
import type { Violation } from './chaos-judge.ts';
import type { Machine } from './chaos-machine.ts';
import type { Ending } from './fleet-process.ts';
import { describeEnding } from './start-fact.ts';

export type ChaosFact =
  | {
      readonly kind: 'began';
      readonly broker: string;
      readonly url: string;
      readonly peers: number;
      readonly seed: number;
      /** Where what everybody says is written to. */
      readonly log: string;
    }
  | { readonly kind: 'founded'; readonly members: number }
  | {
      readonly kind: 'mandate';
      readonly term: Term;
      readonly controller: ClientID;
      readonly label: Label | null;
    }
  | { readonly kind: 'deed'; readonly number: number; readonly deed: Deed }
  /** Nothing more could befall the network than does already. */
  | { readonly kind: 'spared'; readonly number: number; readonly why: 'broker' | 'majority' }
  /** It struck, or its moment did not come in time. */
  | { readonly kind: 'struck'; readonly peer: Label; readonly term: Term }
  | { readonly kind: 'missed'; readonly number: number }
  | { readonly kind: 'back'; readonly what: string }
  | {
      readonly kind: 'came';
      readonly peer: Label;
      readonly pid: number;
      readonly hasData: boolean;
      readonly machine: Machine;
    }
  | { readonly kind: 'left'; readonly peer: Label; readonly afterMs: number }
  | { readonly kind: 'failover'; readonly failover: Failover }
  /** The first block after a long time. */
  | { readonly kind: 'block'; readonly transactionID: TransactionID; readonly afterMs: number }
  | { readonly kind: 'died'; readonly peer: Label; readonly ending: Ending }
  | { readonly kind: 'mending' }
  | { readonly kind: 'agreed'; readonly height: number; readonly afterMs: number }
  | { readonly kind: 'violation'; readonly violation: Violation };

export function describeChaos(fact: ChaosFact): string {
  switch (fact.kind) {
    case 'began':
      return (
        `seed ${fact.seed}: ${fact.peers} peers on ${fact.broker} at ${fact.url}, ` +
        `everything they say in ${fact.log}`
      );
    case 'founded':
      return `founded by ${fact.members}; chaos begins`;
    case 'mandate': {
      const label = fact.label === null ? '' : `${fact.label}, `;
      return `${label}${shortName(fact.controller)} is controller of term ${fact.term}`;
    }
    case 'deed':
      return `${fact.number}. ${describeDeed(fact.deed)}`;
    case 'spared':
      return `${fact.number}. nothing, as ${WHY[fact.why]}`;
    case 'struck':
      return `${fact.peer}, controller of term ${fact.term}, is struck`;
    case 'missed':
      return `${fact.number}. its moment did not come`;
    case 'back':
      return `${fact.what} again`;
    case 'came':
      return `${fact.peer} comes in (process ${fact.pid}${fact.hasData ? ', with its data' : ''})`;
    case 'left':
      return `${fact.peer} has left, after ${formatSeconds(fact.afterMs)}`;
    case 'failover':
      return (
        `all know the next controller, ${fact.failover.ms} ms after the last was ` +
        fact.failover.loss
      );
    case 'block':
      return `block ${fact.transactionID}, the first after ${formatSeconds(fact.afterMs)}`;
    case 'died':
      return (
        `${fact.peer} ${describeEnding(fact.ending)}, and nobody had told it to: ` +
        fact.ending.lastWords
      );
    case 'mending':
      return 'mending everything';
    case 'agreed':
      return `all agree and have block ${fact.height}, after ${formatSeconds(fact.afterMs)}`;
    case 'violation':
      return `${fact.violation.name} does not hold: ${fact.violation.sentence}`;
  }
}

function describeDeed(deed: Deed): string {
  const back = 'backMs' in deed ? ` for ${formatSeconds(deed.backMs)}` : '';
  switch (deed.kind) {
    case 'kill-controller':
      return `kill the controller ${WHEN[deed.when]}`;
    case 'freeze-controller':
      return `freeze the controller ${WHEN[deed.when]}${back}`;
    case 'kill':
      return `kill ${deed.peer}`;
    case 'freeze':
      return `freeze ${deed.peer}${back}`;
    case 'kill-broker':
      return `kill the broker${back}${describeRefusal(deed.refusesMs)}`;
    case 'cut': {
      const who = deed.peers.join(', ');
      if (typeof deed.way === 'number') return `make ${who} ${deed.way} ms late${back}`;
      return `${WAYS[deed.way] ?? deed.way} ${who}${back}`;
    }
    case 'leave':
      return `have ${deed.peers.join(', ')} leave (${BY[deed.by]})`;
    case 'join':
      return `have one more come${MACHINES[deed.machine]}`;
    case 'flood':
      return `flood the broker with 1,000 messages of garbage a second${back}`;
  }
}

function describeRefusal(ms: number): string {
  return ms === 0 ? '' : `; then it refuses everybody for ${formatSeconds(ms)}`;
}

const MACHINES = {
  sound: '',
  'full-log': ' whose log finds no room',
  'few-threads': ' that gets no thread to mine with',
} as const;

const WHY = {
  broker: 'there is no broker',
  majority: 'anything would cost the majority',
} as const;

const WHEN = {
  challenge: 'while a challenge is open',
  proposal: 'right after a proposal',
} as const;

const WAYS: Readonly<Record<string, string>> = {
  closed: 'cut off',
  frozen: 'pull the cable of',
  deaf: 'let nothing reach',
  mute: 'let nothing pass from',
};

const BY = { SIGTERM: 'SIGTERM', SIGHUP: 'SIGHUP', parent: 'as its parent says' } as const;
