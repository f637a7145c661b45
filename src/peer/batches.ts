/** Holds the batches of blocks to come, asks for those we lack, and hands out those we have. */

import type { BatchRequest, Block, SaidBatch } from '../domain/message.ts';
import type { Digest, Instant } from '../domain/names.ts';
import type { Refusal } from '../domain/refusal.ts';
import { type Batch, emptyBatch } from '../domain/transaction.ts';
import { carriesBatch, type Opening } from '../ledger/block.ts';
import { merkleRoot } from '../ledger/merkle.ts';
import { spend, waitFor } from './budget.ts';
import { isInRoster } from './memory.ts';
import type { State } from './state.ts';
import type { Step } from './step.ts';

/** Those of the open challenge, of a proposal and of the next one are three; faults make more. */
const mostHeld = 8;

/** Said again so often until it comes, and so many times at the most. */
const fetchMs = 300;
const mostFetched = 20;

/** The controller hands one out at once, but the same one not more often than that. */
const handOutMs = 100;

/** The others leave the controller so much time, and then one another. */
const othersMs: readonly [low: number, high: number] = [50, 300];

/** Others may ask for so many at a time. */
const mostOwed = 8;

/** The batch that goes with a block; null where we don't have it. */
export function batchOf(step: Step, block: Opening & Pick<Block, 'change'>): Batch | null {
  return carriesBatch(block, step.hasher) ? heldBatch(step.state, block.root) : emptyBatch;
}

function heldBatch(state: State, root: Digest): Batch | null {
  const { accepted } = state.memory;
  const held = state.batches.find((one) => one.root === root)?.batch;
  return held ?? (accepted?.block.root === root ? (accepted.batch ?? null) : null);
}

/** Holds a batch until so many others have come. */
export function holdBatch(state: State, root: Digest, batch: Batch): void {
  const others = state.batches.filter((one) => one.root !== root);
  state.batches = [...others, { root, batch }].slice(-mostHeld);
  if (state.wanted?.root === root) state.wanted = null;
}

export function sayBatch(step: Step, root: Digest, transactions: Batch): void {
  step.say({ kind: 'batch', clientID: step.self, root, transactions });
}

/** A batch is what its Root says, whoever brings it; strangers bring only what we asked for. */
export function hearBatch(step: Step, said: SaidBatch): Refusal | null {
  const { state } = step;
  const { clientID, root, transactions } = said;
  delete state.owed[root];
  if (state.wanted?.root !== root && !isInRoster(state.memory, clientID))
    return { code: 'not-asked-for' };
  if (merkleRoot(transactions, step.hasher) !== root)
    return { code: 'wrong-batch', problem: 'its root is not that of its transactions' };
  holdBatch(state, root, transactions);
  return null;
}

/** We need the batch of this root: asks for it, and goes on asking for a while. */
export function wantBatch(step: Step, root: Digest): void {
  if (step.state.wanted?.root === root) return;
  step.state.wanted = { root, asked: 0 };
  fetchBatch(step);
}

export function fetchBatch(step: Step): void {
  const { wanted } = step.state;
  step.cancel('fetch');
  if (wanted === null) return;
  if (wanted.asked >= mostFetched) {
    step.state.wanted = null;
    return;
  }
  wanted.asked += 1;
  step.say({ kind: 'fetch', clientID: step.self, root: wanted.root });
  step.alarm('fetch', fetchMs);
}

/** A member lacks a batch. All hear the answer: who would have given the same keeps silent. */
export function hearBatchRequest(step: Step, request: BatchRequest): Refusal | null {
  const { state, now } = step;
  const { clientID, root } = request;
  if (!isInRoster(state.memory, clientID)) return { code: 'not-a-member' };
  if (heldBatch(state, root) === null || state.owed[root] !== undefined) return null;
  if (Object.keys(state.owed).length >= mostOwed) return null;
  const isHasty = state.handedOut?.root === root && step.since(state.handedOut.at) < handOutMs;
  if (isHasty) return null;
  const waitMs = state.office === null ? step.jitter(...othersMs) : 0;
  state.owed[root] = (now.at + waitMs) as Instant;
  handOut(step);
  return null;
}

/** Says the batches whose turn has come. */
export function handOut(step: Step): void {
  const { state, now } = step;
  step.cancel('hand-out');
  for (const [name, dueAt] of Object.entries(state.owed)) {
    const root = name as Digest;
    const batch = heldBatch(state, root);
    // Members ask for what they lack, and any stranger may publish it again.
    const waitMs = Math.max(dueAt - now.at, waitFor(state.budgets, 'batches', now.at));
    if (waitMs > 0 && batch !== null) {
      step.alarmBy('hand-out', waitMs);
      continue;
    }
    delete state.owed[root];
    if (batch === null) continue;
    spend(state.budgets, 'batches', now.at);
    state.handedOut = { root, at: now.at };
    sayBatch(step, root, batch);
  }
}
