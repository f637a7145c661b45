/** A member's yes to a proposal: recorded first, then said (PROTOCOL 7). */

import type { Proposal } from '../domain/message.ts';
import type { Refusal } from '../domain/refusal.ts';
import { answer } from '../finality/acceptor.ts';
import { digestOf } from '../ledger/block.ts';
import { problemOfBlock } from '../ledger/chain.ts';
import { isInRoster } from './memory.ts';
import { controllerOf } from './presence.ts';
import type { Step } from './step.ts';
import { fallBehind } from './syncing.ts';

export function hearProposal(step: Step, proposal: Proposal): Refusal | null {
  const { state } = step;
  const { memory } = state;
  const { block, term } = proposal;
  const { chain } = memory;
  if (chain === null) return null;
  if (block.transactionID > chain.height) {
    fallBehind(step, block.transactionID);
    return null;
  }
  if (block.transactionID < chain.height)
    return { code: 'stale-transaction', transactionID: block.transactionID };
  const problem = problemOfBlock(block, chain, memory.rules, step.hasher);
  if (problem !== null) return { code: 'wrong-block', problem };

  const digest = digestOf(block, step.hasher);
  const controllerID = controllerOf(state);
  const verdict = answer(
    { term: memory.term, controllerID, accepted: memory.accepted },
    proposal,
    digest,
  );
  if (verdict.kind === 'refuse') return verdict.refusal;
  if (state.proposal?.term !== term) {
    state.proposal = { term, block };
    const { transactionID, clientID } = block;
    step.note({ kind: 'proposed', transactionID, miner: clientID, term });
  }
  if (!isInRoster(memory, step.self)) return null;
  if (verdict.kind === 'accept') step.record({ kind: 'accepted', term, block, digest });
  const { transactionID } = block;
  step.say({ kind: 'acknowledgement', clientID: step.self, term, transactionID, digest });
  return null;
}
