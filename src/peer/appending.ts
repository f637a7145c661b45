/** Appends sealed blocks to our ledger, whoever brings them and whatever the term [safety]. */

import type { Acknowledgement, Block, Seal } from '../domain/message.ts';
import type { Digest } from '../domain/names.ts';
import { problemOfSeal } from '../finality/seal.ts';
import { digestOf, preimageOf, problemOfBlock } from '../ledger/block.ts';
import { tipOf } from './memory.ts';
import type { Step } from './step.ts';

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
  const tip = tipOf(memory);
  if (tip === null || memory.network === null) return 'we know no network yet';
  const problem = problemOfBlock(block, tip, step.hasher);
  if (problem !== null) return problem;
  const digest = digestOf(block, step.hasher);
  const about = { transactionID: block.transactionID, digest };
  const flaw = problemOfSeal(acknowledgements, about, memory.network.roster);
  if (flaw === null) append(step, block, digest, seal);
  return flaw;
}

/** Records a block that is final, and ends all that was about its number. */
export function append(step: Step, block: Block, digest: Digest, seal: Seal): void {
  const { state } = step;
  step.record({ kind: 'sealed', block, digest, seal });
  step.note({
    kind: 'result',
    block,
    digest,
    preimage: preimageOf(block),
    elapsedMs: Math.max(0, step.now.unix - block.time),
    isOwn: block.clientID === step.self,
  });
  state.challenge = null;
  state.proposal = null;
  state.solved = null;
  state.isExhausted = false;
  step.cancel('solve', 'propose');
  const { office } = state;
  if (office === null || !office.isGoverning) return;
  office.opening = null;
  office.proposed = null;
  office.acknowledgements = {};
  const waited = office.openedAt === null ? pauseMs : step.since(office.openedAt);
  step.alarm('open', Math.max(0, pauseMs - waited));
}
