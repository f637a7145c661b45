/** A member's yes to a proposal: recorded first, then said (PROTOCOL 7). */

import type { Proposal } from '../domain/message.ts';
import type { Digest } from '../domain/names.ts';
import type { Refusal } from '../domain/refusal.ts';
import type { Chain } from '../domain/standing.ts';
import type { Batch } from '../domain/transaction.ts';
import { answer } from '../finality/acceptor.ts';
import { digestOf } from '../ledger/block.ts';
import { problemOfBareBlock, problemOfBlock } from '../ledger/chain.ts';
import { fallBehind } from './asking.ts';
import { batchOf, wantBatch } from './batches.ts';
import { isInRoster } from './memory.ts';
import { controllerOf } from './presence.ts';
import { isDistrusted } from './progress.ts';
import type { Step } from './step.ts';

export function hearProposal(step: Step, proposal: Proposal): Refusal | null {
  const { state } = step;
  const { memory } = state;
  const { block } = proposal;
  const { chain } = memory;
  if (chain === null) return null;
  if (block.transactionID > chain.height) {
    fallBehind(step, block.transactionID);
    return null;
  }
  if (block.transactionID < chain.height)
    return { code: 'stale-transaction', transactionID: block.transactionID };
  const batch = batchOf(step, block);
  const problem = problemOf(step, proposal, chain, batch);
  if (problem !== null) return { code: 'wrong-block', problem };

  const digest = digestOf(block, step.hasher);
  const controllerID = controllerOf(state);
  const verdict = answer(
    { term: memory.term, controllerID, accepted: memory.accepted },
    proposal,
    digest,
  );
  if (verdict.kind === 'refuse') return verdict.refusal;
  if (isDistrusted(state, block)) return { code: 'distrusted' };
  if (batch === null && isInRoster(memory, step.self)) {
    state.awaited = proposal;
    wantBatch(step, block.root);
    return null;
  }
  stopMining(step, proposal);
  if (batch !== null && isInRoster(memory, step.self))
    acknowledge(step, proposal, digest, verdict.kind === 'accept' ? batch : null);
  return null;
}

/** Looks again at a proposal that came before its batch. */
export function reconsiderProposal(step: Step): void {
  const { awaited } = step.state;
  if (awaited === null || batchOf(step, awaited.block) === null) return;
  step.state.awaited = null;
  const refusal = hearProposal(step, awaited);
  if (refusal !== null) step.refuse(awaited.clientID, refusal);
}

/** Whoever lacks its batch, and does not vote, takes the rest of a block for what it says. */
function problemOf(
  step: Step,
  { block }: Proposal,
  chain: Chain,
  batch: Batch | null,
): string | null {
  const { rules } = step.state.memory;
  return batch === null
    ? problemOfBareBlock(block, chain, rules, step.hasher)
    : problemOfBlock(block, chain, rules, step.hasher, batch);
}

function stopMining(step: Step, { term, block }: Proposal): void {
  const { state } = step;
  if (state.proposal?.term === term) return;
  state.proposal = { term, block };
  const { transactionID, clientID } = block;
  step.note({ kind: 'proposed', transactionID, miner: clientID, term });
}

/** `batch` is null where all of it is recorded already. */
function acknowledge(
  step: Step,
  { term, block }: Proposal,
  digest: Digest,
  batch: Batch | null,
): void {
  if (batch !== null)
    step.record({ kind: 'accepted', term, block, digest, ...(batch.length > 0 && { batch }) });
  const { transactionID } = block;
  step.say({ kind: 'acknowledgement', clientID: step.self, term, transactionID, digest });
}
