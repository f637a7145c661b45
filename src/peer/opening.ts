/** What a controller opens for miners: the challenge that is open already, or a new one. */

import { assert } from '../domain/assert.ts';
import type { Batch } from '../domain/transaction.ts';
import { applyBatch } from '../ledger/batch.ts';
import { type Opening, openingOf } from '../ledger/block.ts';
import { bitsOfNext, problemOfOpening } from '../ledger/chain.ts';
import { merkleRoot } from '../ledger/merkle.ts';
import { nextBatch } from '../ledger/next-batch.ts';
import { batchOf } from './batches.ts';
import { timeToOpen } from './ledger-time.ts';
import type { Step } from './step.ts';

export type Opened = { readonly opening: Opening; readonly batch: Batch };

/** What is open already, if we have all of it. */
export function knownOpening(step: Step): Opened | null {
  const { challenge, memory } = step.state;
  const { chain, rules } = memory;
  if (challenge === null || chain === null) return null;
  const opening = openingOf(challenge.message);
  const batch = batchOf(step, opening);
  if (batch === null || problemOfOpening(opening, chain, rules) !== null) return null;
  return applyBatch(chain, batch, step.hasher).problem === null ? { opening, batch } : null;
}

/** Null where there is nothing to open one for. */
export function newOpening(step: Step): Opened | null {
  const { memory, mempool, settings } = step.state;
  const { chain, rules } = memory;
  assert(chain !== null, 'A controller has a ledger.');
  const batch = nextBatch(mempool, chain, step.hasher);
  if (batch.length === 0 && settings.mineWhen === 'transactions') return null;
  const time = timeToOpen(step);
  const opening = {
    transactionID: chain.height,
    parent: chain.tip,
    root: merkleRoot(batch, step.hasher),
    time,
    challenge: bitsOfNext(chain, rules, time),
  };
  return { opening, batch };
}

/** The same work at a later Time, where the rule makes it easier by now; null where it doesn't. */
export function easierOpening(step: Step, opening: Opening): Opening | null {
  const { chain, rules } = step.state.memory;
  assert(chain !== null, 'A controller has a ledger.');
  const time = timeToOpen(step);
  const challenge = bitsOfNext(chain, rules, time);
  return time > opening.time && challenge < opening.challenge
    ? { ...opening, time, challenge }
    : null;
}
