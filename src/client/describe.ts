/** A note in one plain line for people. */

import { countOf } from '../domain/count-of.ts';
import type { Given } from '../domain/genesis.ts';
import type { Idle } from '../domain/idle.ts';
import type { ClientID } from '../domain/names.ts';
import type { Note } from '../domain/note.ts';
import { outcomeOf } from '../domain/quest.ts';
import type { Refusal } from '../domain/refusal.ts';
import type { Part } from '../domain/roster.ts';
import { stepDowns, suspicions } from './describe-cause.ts';
import { describeOutcome, describeQuest, describeRange, nearMisses } from './describe-quest.ts';
import { describeOtherRules } from './describe-rules.ts';
import { describeUnheard, explainCode } from './describe-trouble.ts';
import { shortKey } from './short-key.ts';

/** How a peer is called where people read: enough of its name to tell it from the others. */
export type NameOf = (peer: ClientID) => string;

/** The first 8 digits of a ClientID. */
export const shortName: NameOf = (peer) => peer.slice(0, 8);

/** What happened, without a capital and without a full stop; the caller knows when and to whom. */
export function describe(note: Note, nameOf: NameOf = shortName): string {
  // The table has a function for each kind; only the compiler cannot follow which one it gives.
  const sentence = sentences[note.kind] as (note: Note, nameOf: NameOf) => string;
  return sentence(note, nameOf);
}

/** Why a peer does not mine, likewise. */
export function describeIdle(idle: Idle, nameOf: NameOf = shortName): string {
  const reason = reasons[idle.reason] as (idle: Idle, nameOf: NameOf) => string;
  return reason(idle, nameOf);
}

type Sentences = {
  readonly [Kind in Note['kind']]: (note: Note & { readonly kind: Kind }, nameOf: NameOf) => string;
};

const sentences: Sentences = {
  connected: () => 'connected to the broker',
  disconnected: ({ reason, attempts }) => {
    const again =
      attempts === 0 ? 'trying again' : `still trying, ${countOf(attempts, 'attempt')} so far`;
    return `no connection: ${reason.replace(/\.$/, '')}; ${again}`;
  },
  unheard: ({ topics }) => describeUnheard(topics),
  joined: ({ peer, known, wanted }, nameOf) => `${nameOf(peer)} is here (${count(known, wanted)})`,
  left: ({ peer, known, wanted }, nameOf) => `${nameOf(peer)} is gone (${count(known, wanted)})`,
  called: ({ who, name }, nameOf) =>
    `${nameOf(who)} ${name === null ? 'has no name any more' : `is called ${name}`}`,
  'same-name': ({ name, by }, nameOf) =>
    `${nameOf(by)} has the name ${name}, too, and goes first: this peer gets no seat if it has ` +
    'none; start it with another --name',
  idle: ({ idle }, nameOf) => `not mining: ${describeIdle(idle, nameOf)}`,
  'network-found': ({ network, rules }) =>
    `network ${network.slice(0, 8)} answers, and has other rules: ${rules}`,
  'dead-mandate': ({ controller, term }, nameOf) =>
    `the broker remembers ${nameOf(controller)} as controller of term ${term}, ` +
    'but nobody answers: founding anew',
  founded: ({ network, members, genesis, ...part }, nameOf) =>
    `network ${network.slice(0, 8)} of ${members.map(nameOf).join(' ')}; ${describePart(part)}` +
    (genesis === undefined ? '' : `; ${describeGiven(genesis, nameOf)}`),
  recalled: ({ network, term, height, ...part }) =>
    network === null
      ? `we remember term ${term}, and no network yet`
      : `we remember network ${network.slice(0, 8)} up to height ${height}, term ${term}; ` +
        describePart(part),
  'term-forgotten': ({ claimed, term }) =>
    `term ${claimed} was only claimed by a peer: going on in term ${term}`,
  election: ({ term, suspicion }) => `election of term ${term}: ${suspicions[suspicion]}`,
  'gave-up': ({ term, heard, needed }) => `term ${term} given up: ${heard} heard, ${needed} needed`,
  drawn: ({ term, numbers, highest, named }, nameOf) => {
    const drawn = numbers.map(({ peer, number }) => `${nameOf(peer)} ${number}`);
    const outcome =
      named === undefined
        ? `${nameOf(highest)} is highest`
        : `our vote goes to ${nameOf(named.peer)}, ${namings[named.why]}`;
    return `drawn in term ${term}: ${drawn.join(', ')}; ${outcome}`;
  },
  mandate: ({ term, controller, votes, isSelf }, nameOf) =>
    `${isSelf ? 'we are' : `${nameOf(controller)} is`} controller of term ${term}, ` +
    `by ${countOf(votes, 'vote')}`,
  roster: ({ change, member, members, shutOut }, nameOf) =>
    `${nameOf(member)} is ${change === 'admit' ? 'admitted' : 'removed'}: ` +
    `${members.length} member${members.length === 1 ? '' : 's'}` +
    (shutOut === undefined ? '' : `; ${describePart({ isMember: false, shutOut })}`),
  'stepped-down': ({ term, why }) => `no longer controller of term ${term}: ${stepDowns[why]}`,
  'no-quorum': ({ present, needed, of }) =>
    `no quorum: ${present} of ${of} are here, ${needed} are needed`,
  challenge: ({ transactionID, bits, expected }) =>
    `challenge ${transactionID}: ${bits} zero bits, about ${formatCount(expected)} tries`,
  progress: ({ transactionID, tried, expected, perSecond, elapsedMs }) =>
    `challenge ${transactionID}: ${formatCount(tried)} of about ${formatCount(expected)} tried, ` +
    `${formatRate(perSecond)}, ${formatSeconds(elapsedMs)}`,
  found: ({ solution, transactionID }) =>
    `found ${shortSolution(solution)} for challenge ${transactionID}`,
  near: ({ solution, transactionID }) =>
    `near miss for challenge ${transactionID}: ${shortSolution(solution)}`,
  proposed: ({ transactionID, miner }, nameOf) =>
    `block ${transactionID} of ${nameOf(miner)} is proposed`,
  result: ({ block, isOwn, elapsedMs, digest, transactions }, nameOf) =>
    `result ${block.transactionID}: ${isOwn ? 'we win' : `${nameOf(block.clientID)} wins`} ` +
    `with ${shortSolution(block.solution)} after ${formatSeconds(elapsedMs)}, ` +
    `digest ${digest.slice(0, 16)}${transactions === 0 ? '' : `, ${transactions} in its batch`}`,
  'solution-refused': ({ isOwn, miner, solution, transactionID, reason }, nameOf) =>
    `${isOwn ? 'our solution' : `solution of ${nameOf(miner)}`} ${shortSolution(solution)} ` +
    `for challenge ${transactionID} refused: ${reason}`,
  evicted: ({ count: times, sender, nonce, waiting }) =>
    `${waiting} transactions wait, and no more can: ${times} had to go for others, ` +
    `last of all ${nonce === null ? 'one without a nonce' : `number ${nonce}`} ` +
    `of ${shortKey(sender)}`,
  dropped: ({ count: times, ours, sender, nonce, fault }) =>
    `${ours > 0 ? 'our ' : ''}transaction ${nonce ?? 'without a nonce'} of ${shortKey(sender)}` +
    `${times === 1 ? '' : ` and ${times - 1} more`} can be in no block any more: ${fault}`,
  quest: ({ quest, ...asked }) => `quest ${quest.slice(0, 8)}: ${describeQuest(asked)}`,
  lease: ({ quest, ...range }) => `quest ${quest.slice(0, 8)}: we search ${describeRange(range)}`,
  covered: ({ quest, by, from, to, found, near, covered, of }, nameOf) => {
    const what = found === null ? '' : `, found ${found}`;
    return (
      `quest ${quest.slice(0, 8)}: ${nameOf(by)} has searched ${describeRange({ from, to })}` +
      `${what}, ${nearMisses(near)}; ${formatCount(covered)} of ${formatCount(of)} are covered`
    );
  },
  named: ({ quest, who, why, near, expected }, nameOf) =>
    `quest ${quest.slice(0, 8)}: ${nameOf(who)} claims what it has not searched ` +
    `(${falsehoods[why]}; ${nearMisses(near)}, ${Math.round(expected)} are usual)`,
  answered: ({ quest, found, reason }) =>
    `quest ${quest.slice(0, 8)}: ${describeOutcome(outcomeOf(found, reason))}`,
  task: ({ quest, previous, bits }) =>
    `task of the service: quest ${quest.slice(0, 8)}, ${countOf(bits, 'zero bit')} behind ` +
    `${previous.slice(0, 16)}${previous.length > 16 ? '…' : ''}`,
  submitted: ({ quest, nonce, rejected }) =>
    `quest ${quest.slice(0, 8)}: the service ` +
    (rejected === null ? `has taken nonce ${nonce}` : `rejects nonce ${nonce}: ${rejected}`),
  'source-failed': ({ doing, problem, attempts }) => {
    const what = doing === 'fetch' ? 'no task' : 'a find is not handed in yet';
    const again = attempts === 1 ? 'trying again' : `still trying, ${attempts} attempts so far`;
    return `${what}: the service ${problem}; ${again}`;
  },
  syncing: (note) => `catching up: ${describeSyncing(note)}`,
  synced: ({ from, to }) => `caught up from height ${from} to ${to}`,
  refused: ({ count: times, from, code, refusal }, nameOf) => {
    const whose = from === null ? '' : ` of ${nameOf(from)}`;
    const facts = factsOf(refusal, nameOf);
    return `refused ${times} message${times === 1 ? '' : 's'}${whose}: ${code}${facts}`;
  },
  'thread-replaced': ({ lane, tried }) =>
    `mining thread ${lane} died and is replaced; its lane goes on behind ` +
    `the ${formatCount(tried)} nonces that it had counted`,
  'threads-missing': ({ running, wanted, reason }) => {
    const why = reason === 'died' ? 'one died again and again' : explainCode(reason);
    return running === 0
      ? `no mining thread runs (${why}); we go on without mining`
      : `only ${running} of ${wanted} mining threads run (${why}); we go on with those`;
  },
  paused: () => 'mining is paused',
  resumed: () => 'mining goes on',
  leaving: () => 'leaving',
  failed: ({ code }) =>
    `cannot write down what we must not forget (${explainCode(code)}): ` +
    'observing until that works, without a vote',
  recorded: ({ afterMs }) =>
    `everything is written down again after ${formatSeconds(afterMs)}: taking part`,
};

const falsehoods = {
  'too-few': 'too few near misses',
  'wrong-near': 'a near miss that is none',
  'wrong-find': 'a find that is none',
};

type Reasons = {
  readonly [Reason in Idle['reason']]: (
    idle: Idle & { readonly reason: Reason },
    nameOf: NameOf,
  ) => string;
};

const reasons: Reasons = {
  disconnected: () => 'no connection to the broker',
  'name-in-use': () => 'another process uses our identity; we say nothing until it has ended',
  journal: () => 'what we must not forget cannot be written down',
  'peers-missing': ({ known, wanted }) =>
    `${known} of ${wanted} peers are here; ${describeMissing(known, wanted)}`,
  founding: () => 'everybody is here; drawing the lot',
  'old-mandate': ({ controller }, nameOf) =>
    `the broker remembers ${nameOf(controller)} as controller; waiting whether its network lives`,
  'no-network': () => 'no network is heard of yet',
  learning: () => 'there is a network already; asking it for its founding',
  behind: ({ height, of }) => `catching up, at ${height} of ${of} blocks`,
  'no-controller': ({ term }) => `nobody is controller in term ${term}`,
  governing: () => 'the controller does not mine',
  'no-challenge': () => 'waiting for the next challenge',
  solved: () => 'we have a solution; waiting for its result',
  proposed: ({ miner }, nameOf) => `${nameOf(miner)} has a solution; waiting for its result`,
  'no-transactions': () => 'waiting for a transaction to open a challenge for',
  'no-work': () => 'waiting for the service that work comes from',
  exhausted: () => 'every nonce is tried',
  paused: () => 'paused',
  leaving: () => 'leaving, once our seat is given up',
  finished: () => 'all challenges are solved',
};

const namings = { governs: 'who governs already', lowest: 'the lowest name' };

/** `7 of 10`, and more than that once there are more. */
function count(known: number, wanted: number): string {
  return known <= wanted ? `${known} of ${wanted}` : `${known} for ${wanted} seats`;
}

/** What people can do about peers that are missing before a network is founded. */
export function describeMissing(known: number, wanted: number): string {
  return `start ${wanted - known} more, or give every peer --peers ${known}`;
}

/** What we are in a network, and whether to wait for a seat. */
function describePart({ isMember, shutOut }: Part): string {
  if (isMember) return 'we are a member';
  if (shutOut === undefined) return 'we observe';
  const whom = shutOut === 'roster' ? 'only founders get a free seat' : 'no peer gets a free seat';
  return `we observe, and will not become a member: ${whom} here (admit=${shutOut})`;
}

/** Miners pad their solutions with zeros, up to 64 of them. */
export function shortSolution(solution: string): string {
  return solution.replace(/^0{17,}/, '0…');
}

function describeGiven({ units, digest, from }: Given, nameOf: NameOf): string {
  const source = from === null ? '' : ` by ${nameOf(from)}`;
  return `accounts begin with ${countOf(units, 'unit')} (genesis ${digest.slice(0, 8)}${source})`;
}

/** What a refusal tells beyond its code, where people can do something with it. */
function factsOf(refusal: Refusal, nameOf: NameOf): string {
  switch (refusal.code) {
    case 'other-rules':
      return ` (${describeOtherRules(refusal.theirs, refusal.ours)})`;
    case 'wrong-genesis':
      return (
        ` (the list that it gives has the SHA-256 ${refusal.theirs.slice(0, 16)}; ` +
        `our rules name ${refusal.ours.slice(0, 16)})`
      );
    case 'other-network':
      return ` (theirs is ${refusal.theirs.slice(0, 8)}; ours is ${refusal.ours.slice(0, 8)})`;
    case 'same-name':
      return ` (${nameOf(refusal.by)} has the name ${refusal.name}: give it another --name)`;
    case 'malformed':
      return ` (${refusal.field} ${refusal.problem})`;
    default:
      return 'problem' in refusal ? ` (${refusal.problem})` : '';
  }
}

/** `43100 of 100000 blocks, 6100 a second, about 0:09 to go`. */
export function describeSyncing({
  from,
  height,
  of,
  elapsedMs,
}: Extract<Note, { kind: 'syncing' }>): string {
  const perSecond = ((height - from) * 1000) / Math.max(1, elapsedMs);
  const left = formatClock((of - height) / Math.max(1, perSecond));
  return `${height} of ${of} blocks, ${Math.round(perSecond)} a second, about ${left} to go`;
}

/** Seconds as `0:29` or `1:02:03`. */
export function formatClock(seconds: number): string {
  const whole = Math.ceil(seconds);
  const two = (value: number): string => String(value).padStart(2, '0');
  const [minutes, hours] = [Math.floor(whole / 60), Math.floor(whole / 3600)];
  if (hours === 0) return `${minutes}:${two(whole % 60)}`;
  return `${hours}:${two(minutes % 60)}:${two(whole % 60)}`;
}

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

/** 1234 ms as `1.2 s`. */
export function formatSeconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
