/** Challenges, proposals and results in a picture. */

import type { Answer, Block, Challenge, Message } from '../domain/message.ts';
import { nextTransaction } from '../domain/names.ts';
import { makeRoster } from '../domain/roster.ts';
import { digestOf } from '../ledger/block.ts';
import { applyChange, parseChange } from '../ledger/change.ts';
import { keep, RESULTS_KEPT } from './picture.ts';
import { type Step, tell } from './picture-step.ts';

/** What was open when we came was opened by its own clock, unless that is absurd. */
const CLOCKS_DIFFER_MS = 3_600_000;

export function takeChallenge({ picture, at }: Step, message: Challenge): void {
  const { transactionID, challenge: bits, parent, time, term } = message;
  const { challenge } = picture;
  const isSame =
    challenge?.transactionID === transactionID &&
    challenge.parent === parent &&
    challenge.time === time;
  if (isSame) {
    challenge.term = term;
    return;
  }
  const ageMs = at - time;
  const wasOpen = picture.height === null && challenge === null;
  const isCredible = ageMs > 0 && ageMs < CLOCKS_DIFFER_MS;
  const openedAt = wasOpen && isCredible ? time : at;
  const opened = { transactionID, bits, parent, time, term, openedAt, proposal: null };
  picture.challenge = opened;
}

export function takeProposal(
  { picture, hasher }: Step,
  message: Extract<Message, { kind: 'proposal' | 'acknowledgement' }>,
): void {
  const { challenge } = picture;
  if (challenge === null) return;
  if (message.kind === 'proposal') {
    const { block } = message;
    const digest = digestOf(block, hasher);
    if (block.transactionID !== challenge.transactionID) return;
    if (challenge.proposal?.digest === digest) return;
    challenge.proposal = { miner: block.clientID, digest, acknowledged: [] };
    return;
  }
  const { proposal } = challenge;
  const isAbout = proposal?.digest === message.digest;
  if (isAbout && !proposal.acknowledged.includes(message.clientID)) {
    proposal.acknowledged.push(message.clientID);
  }
}

export function takeResult(step: Step, result: Extract<Message, { kind: 'result' }>): void {
  const { picture, at, hasher } = step;
  const { transactionID, clientID } = result;
  const winner = picture.peers[clientID];
  if (winner?.solved === transactionID) winner.solved = null;
  if (result.result === 0) {
    const { reason } = result;
    tell(step, { kind: 'solution-refused', transactionID, miner: clientID, reason });
    return;
  }
  const { block } = result;
  const digest = digestOf(block, hasher);
  if (picture.results.some((known) => known.digest === digest)) return;
  for (const peer of Object.values(picture.peers)) {
    if (peer.solved !== null && peer.solved <= transactionID) peer.solved = null;
  }
  const { challenge } = picture;
  const isOpen = challenge !== null && challenge.transactionID <= transactionID;
  // Block times are of the controller's clock; what we saw ourselves is of ours.
  const openedAt = challenge?.time === block.time ? challenge.openedAt : block.time;
  if (isOpen) picture.challenge = null;
  const next = nextTransaction(transactionID);
  if (picture.height === null || next > picture.height) picture.height = next;
  if (block.change !== undefined) changeRoster(step, block.change);
  else if (winner !== undefined) winner.wins += 1;
  const elapsedMs = Math.max(0, at - openedAt);
  picture.resultsHeard += 1;
  keep(picture.results, { block, digest, at, elapsedMs }, RESULTS_KEPT);
}

function changeRoster(step: Step, text: NonNullable<Block['change']>): void {
  const { picture, hasher } = step;
  const change = parseChange(text);
  const { roster, rules } = picture;
  if (change === null || roster === null || rules === null) return;
  picture.roster = applyChange(roster, change, rules, hasher);
  tell(step, { kind: 'roster', change: text, members: picture.roster.members.length });
}

/** Somebody was told the founding: so are we. */
export function takeAnswer({ picture, hasher }: Step, answer: Answer): void {
  const { rules } = picture;
  if (!('founding' in answer) || rules === null || picture.network !== null) return;
  const founders = makeRoster(answer.founding.members, rules, hasher);
  picture.network = founders.digest;
  picture.roster ??= founders;
}
