/** A note in one plain line for people. */

import type { ClientID } from '../domain/names.ts';
import type { Idle, Note, StepDown, Suspicion } from '../domain/note.ts';

/** How a peer is called where people read: enough of its name to tell it from the others. */
export type NameOf = (peer: ClientID) => string;

/** The first 8 digits of a ClientID. */
export const shortName: NameOf = (peer) => peer.slice(0, 8);

export function describe(note: Note, nameOf: NameOf = shortName): string {
  switch (note.kind) {
    case 'connected':
      return 'connected to the broker';
    case 'disconnected':
      return `no connection: ${note.reason}; trying again`;
    case 'joined':
      return `${nameOf(note.peer)} is here (${note.known} of ${note.wanted})`;
    case 'left':
      return `${nameOf(note.peer)} is gone (${note.known} of ${note.wanted})`;
    case 'idle':
      return `not mining: ${describeIdle(note.idle, nameOf)}`;
    case 'dead-mandate':
      return (
        `the broker remembers ${nameOf(note.controller)} as controller of term ${note.term}, ` +
        'but nobody answers: founding anew'
      );
    case 'founded':
      return describeFounding(note, nameOf);
    case 'paused':
      return 'mining is paused';
    case 'resumed':
      return 'mining goes on';
    case 'leaving':
      return 'leaving';
    case 'failed':
      return `could not ${note.effect}: ${note.code}`;
    default:
      return describeElection(note, nameOf);
  }
}

type ElectionNote = Exclude<Note, { kind: PlainKind }>;
type PlainKind =
  | 'connected'
  | 'disconnected'
  | 'joined'
  | 'left'
  | 'idle'
  | 'dead-mandate'
  | 'founded'
  | 'paused'
  | 'resumed'
  | 'leaving'
  | 'failed';

function describeElection(note: ElectionNote, nameOf: NameOf): string {
  switch (note.kind) {
    case 'election':
      return `election of term ${note.term}: ${suspicions[note.suspicion]}`;
    case 'gave-up':
      return `term ${note.term} given up: ${note.heard} heard, ${note.needed} needed`;
    case 'drawn': {
      const numbers = note.numbers.map(({ peer, number }) => `${nameOf(peer)} ${number}`);
      return `drawn in term ${note.term}: ${numbers.join(', ')}; ${nameOf(note.highest)} is highest`;
    }
    case 'mandate': {
      const who = note.isSelf ? 'we are' : `${nameOf(note.controller)} is`;
      return `${who} controller of term ${note.term}, by ${note.votes} votes`;
    }
    case 'stepped-down':
      return `no longer controller of term ${note.term}: ${stepDowns[note.why]}`;
    case 'no-quorum':
      return `no quorum: ${note.present} of ${note.of} are here, ${note.needed} are needed`;
    case 'refused':
      return (
        `refused ${note.count} message${note.count === 1 ? '' : 's'}` +
        `${note.from === null ? '' : ` of ${nameOf(note.from)}`}: ${note.code}`
      );
    default:
      return describeMining(note, nameOf);
  }
}

type MiningNote = Exclude<
  ElectionNote,
  { kind: 'election' | 'gave-up' | 'drawn' | 'mandate' | 'stepped-down' | 'no-quorum' | 'refused' }
>;

function describeMining(note: MiningNote, nameOf: NameOf): string {
  switch (note.kind) {
    case 'challenge':
      return (
        `challenge ${note.transactionID}: ${note.bits} zero bits, ` +
        `about ${formatCount(note.expected)} tries`
      );
    case 'progress':
      return (
        `challenge ${note.transactionID}: ${formatCount(note.tried)} of about ` +
        `${formatCount(note.expected)} tried, ${formatRate(note.perSecond)}, ` +
        `${(note.elapsedMs / 1000).toFixed(1)} s`
      );
    case 'found':
      return `found ${note.solution} for challenge ${note.transactionID}`;
    case 'near':
      return `near miss for challenge ${note.transactionID}: ${note.solution}`;
    case 'proposed':
      return `block ${note.transactionID} of ${nameOf(note.miner)} is proposed`;
    case 'result': {
      const winner = note.isOwn ? 'we win' : `${nameOf(note.block.clientID)} wins`;
      const { transactionID, solution } = note.block;
      return (
        `result ${transactionID}: ${winner} with ${solution} ` +
        `after ${(note.elapsedMs / 1000).toFixed(1)} s, digest ${note.digest.slice(0, 16)}`
      );
    }
    case 'solution-refused': {
      const whose = note.isOwn ? 'our solution' : `solution of ${nameOf(note.miner)}`;
      return `${whose} ${note.solution} for challenge ${note.transactionID} refused: ${note.reason}`;
    }
    case 'synced':
      return `caught up from height ${note.from} to ${note.to}`;
  }
}

function describeFounding(note: Extract<Note, { kind: 'founded' }>, nameOf: NameOf): string {
  const members = note.members.map(nameOf).join(' ');
  const place = note.isMember ? 'we are a member' : 'we observe';
  return `network ${note.network.slice(0, 8)} of ${members}; ${place}`;
}

export function describeIdle(idle: Idle, nameOf: NameOf = shortName): string {
  switch (idle.reason) {
    case 'disconnected':
      return 'no connection, and nothing left to search';
    case 'peers-missing': {
      const missing = idle.wanted - idle.known;
      return (
        `${idle.known} of ${idle.wanted} peers are here; ` +
        `start ${missing} more, or give every peer --peers ${idle.known}`
      );
    }
    case 'founding':
      return 'everybody is here; drawing the lot';
    case 'learning':
      return 'there is a network already; asking it for its founding';
    case 'behind':
      return `catching up, at ${idle.height} of ${idle.of} blocks`;
    case 'no-controller':
      return `nobody is controller in term ${idle.term}`;
    case 'governing':
      return 'the controller does not mine';
    case 'no-challenge':
      return 'waiting for the next challenge';
    case 'solved':
      return 'we have a solution; waiting for its result';
    case 'proposed':
      return `${nameOf(idle.miner)} has a solution; waiting for its result`;
    case 'exhausted':
      return 'every nonce is tried';
    case 'paused':
      return 'paused';
    case 'finished':
      return 'all challenges are solved';
  }
}

const suspicions: Readonly<Record<Suspicion, string>> = {
  founding: 'everybody is here',
  silent: 'the controller is silent',
  lost: 'the controller is lost',
  disconnected: 'the controller has left',
  'stepped-down': 'the controller has stepped down',
  'no-mandate': 'the controller does not show its mandate',
  'no-controller': 'there is no controller',
  'joined-others': 'others called for it',
};

const stepDowns: Readonly<Record<StepDown, string>> = {
  'no-quorum': 'too few members name us',
  'higher-term': 'a later election is under way',
  behind: 'we could not get the blocks that our voters have',
  journal: 'we could not write down what we must not forget',
  leaving: 'we are leaving',
};

/** 16777216 as `16.8 M`. */
export function formatCount(count: number): string {
  const scale = Math.max(0, Math.min(5, Math.floor(Math.log10(Math.max(1, count)) / 3)));
  if (scale === 0) return String(Math.round(count));
  return `${(count / 1000 ** scale).toFixed(1)} ${' kMGTP'.charAt(scale)}`;
}

/** Hashes a second as `8.1 MH/s`. */
export function formatRate(perSecond: number): string {
  const text = formatCount(perSecond);
  return `${text}${/[kMGTP]$/.test(text) ? '' : ' '}H/s`;
}
