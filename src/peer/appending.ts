/** Appends sealed blocks to our ledger, whoever brings them and whatever the term [safety]. */

import type { Acknowledgement, Block, Seal } from '../domain/message.ts';
import { type Digest, nextTransaction } from '../domain/names.ts';
import { type Batch, emptyBatch } from '../domain/transaction.ts';
import { problemOfSeal } from '../finality/seal.ts';
import { digestOf, preimageOf } from '../ledger/block.ts';
import { problemOfBareBlock, problemOfBlock } from '../ledger/chain.ts';
import { parseChange } from '../ledger/change.ts';
import { answerSoon } from './answering.ts';
import { endCatchUp, fallBehind } from './asking.ts';
import { batchOf } from './batches.ts';
import { isInRoster, partOf, presentRoster } from './memory.ts';
import { beginWatch, countLeftOut, endWait, judgeRemoval } from './progress.ts';
import type { Office } from './state.ts';
import type { Step } from './step.ts';
import { takeOut } from './taking.ts';
import { stepDown } from './terms.ts';

/** Challenges open at least so far apart. */
const pauseMs = 100;

/** Appends `block` if it is the next one and its seal holds; else says what is wrong. */
export function appendSealed(
  step: Step,
  block: Block,
  seal: Seal,
  acknowledgements: readonly Acknowledgement[],
): string | null {
  const { memory } = step.state;
  const { chain, rules } = memory;
  if (chain === null) return 'we know no network yet';
  const batch = batchOf(step, block);
  const problem =
    batch === null
      ? problemOfBareBlock(block, chain, rules, step.hasher)
      : problemOfBlock(block, chain, rules, step.hasher, batch);
  if (problem !== null) return problem;
  const digest = digestOf(block, step.hasher);
  const about = { transactionID: block.transactionID, digest };
  const flaw = problemOfSeal(acknowledgements, about, chain.roster);
  if (flaw !== null) return flaw;
  if (batch !== null) append(step, { block, digest, seal, batch });
  // Whoever has the block has its batch, and gives both.
  else fallBehind(step, nextTransaction(block.transactionID));
  return null;
}

/** A block that has been checked, with all that belongs to it. */
export type Whole = {
  readonly block: Block;
  readonly digest: Digest;
  readonly seal: Seal;
  readonly batch: Batch;
};

/** Records a block that is final, and ends all that was about its number. */
export function append(step: Step, whole: Whole, isNews: boolean = true): void {
  const { state } = step;
  const { block, digest, seal, batch } = whole;
  if (isNews) judgeRemoval(step, block);
  beginWatch(step, block);
  step.record({ kind: 'sealed', block, digest, seal, ...(batch.length > 0 && { batch }) });
  if (isNews && block.change === undefined) noteResult(step, whole);
  else noteRoster(step, block, isNews);
  if (state.behind !== null && state.memory.height >= state.behind.target) endCatchUp(step);
  const opened = state.challenge;
  state.tipOpenedAt = opened?.message.time === block.time ? opened.heardAt : step.now.at;
  state.challenge = null;
  state.proposal = null;
  state.solved = null;
  endWait(step, block);
  state.isExhausted = false;
  state.wanted = null;
  state.awaited = null;
  step.cancel('solve', 'propose', 'fetch');
  takeOut(step, batch);
  if (isNews && block.change === undefined) countLeftOut(step, batch);
  if (state.office !== null) goOn(step, state.office, block);
}

/** The controller opens the next challenge, unless it governs no more. */
function goOn(step: Step, office: Office, block: Block): void {
  const { state } = step;
  if (!isInRoster(state.memory, step.self)) {
    stepDown(step, state.link.isLeaving ? 'leaving' : 'removed');
    return;
  }
  if (!office.isGoverning) return;
  const change = block.change === undefined ? null : parseChange(block.change);
  // It named us while it waited, when that did not count yet.
  if (change?.kind === 'admit') {
    office.named[change.member.clientID] = step.now.at;
    answerSoon(step, change.member.clientID);
  }
  office.opening = null;
  office.earlier = [];
  office.blockUntil = null;
  office.questsSince = null;
  office.batch = emptyBatch;
  office.proposed = null;
  office.acknowledgements = {};
  const waited = office.openedAt === null ? pauseMs : step.since(office.openedAt);
  step.alarm('open', Math.max(0, pauseMs - waited));
}

function noteResult(step: Step, { block, digest, batch }: Whole): void {
  step.note({
    kind: 'result',
    block,
    digest,
    preimage: preimageOf(block),
    transactions: batch.length,
    elapsedMs: Math.max(0, step.now.unix - block.time),
    isOwn: block.clientID === step.self,
  });
}

/** That we are out for good is news whenever we learn it. */
function noteRoster(step: Step, { transactionID, change: text }: Block, isNews: boolean): void {
  const change = text === undefined ? null : parseChange(text);
  const roster = presentRoster(step.state.memory);
  if (change === null || roster === null) return;
  const member = change.kind === 'admit' ? change.member.clientID : change.clientID;
  const members = roster.members.map(({ clientID }) => clientID);
  const { shutOut } = partOf(step.state.memory, step.state.settings.self);
  const isShut = member === step.self && shutOut !== undefined;
  if (!isNews && !isShut) return;
  const about = { change: change.kind, transactionID, member, members };
  step.note({ kind: 'roster', ...about, ...(isShut && { shutOut }) });
}
