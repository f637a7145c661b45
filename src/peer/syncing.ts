/** Catches up with others (PROTOCOL 7, sync): takes what they answer, as far as it holds. */

import type {
  Acknowledgement,
  Answer,
  Block,
  Founding,
  Message,
  Seal,
  Vote,
} from '../domain/message.ts';
import type { ClientID, Digest, TransactionID } from '../domain/names.ts';
import type { Refusal } from '../domain/refusal.ts';
import type { Chain } from '../domain/standing.ts';
import { type Batch, emptyBatch } from '../domain/transaction.ts';
import { problemOfSeal } from '../finality/seal.ts';
import { carriesBatch, digestOf } from '../ledger/block.ts';
import { extendChain, problemOfBlock } from '../ledger/chain.ts';
import { adoptFounding, refuseFounding } from './adopting.ts';
import { append } from './appending.ts';
import { askOn, fallBehind, shun, tellCatchUp, trustClaims } from './asking.ts';
import { hearGenesis, isHeritable } from './inheriting.ts';
import { takeFoundingQuietly } from './looking.ts';
import { heardHeight } from './presence.ts';
import type { Step } from './step.ts';

/** People are told of each block that we missed if there are so few; else how many there were. */
const mostNews = 5;

/** Takes what somebody sent us, as far as it holds. */
export function hearAnswer(
  step: Step,
  answer: Answer,
  evidence: readonly Message[],
): Refusal | null {
  const { behind } = step.state;
  const { clientID } = answer;
  if (behind === null || behind.shunned.includes(clientID)) return { code: 'not-asked-for' };
  const { height } = step.state.memory;
  const refusal = take(step, answer, evidence);
  if (refusal !== null) shun(step, clientID);
  else if (step.state.memory.height > height) {
    trustClaims(step, clientID);
    askOn(step, clientID);
  }
  return refusal;
}

function take(step: Step, answer: Answer, evidence: readonly Message[]): Refusal | null {
  if ('genesis' in answer) return hearGenesis(step, answer.genesis, answer.clientID);
  return 'founding' in answer
    ? takeFounding(step, answer.founding, evidence.filter(isVote), answer.clientID)
    : takePage(step, answer, evidence.filter(isAcknowledgement));
}

/** Adopts the founding of the network that a heartbeat named; who only looks on, any that holds. */
function takeFounding(
  step: Step,
  founding: Founding,
  votes: readonly Vote[],
  from: ClientID,
): Refusal | null {
  const { heardNetwork, memory, settings } = step.state;
  // Another one has answered, too.
  if (memory.network !== null) return null;
  if (settings.isQuiet === true) {
    const refusal = takeFoundingQuietly(step, from, founding, votes);
    if (refusal !== null || memory.network === null) return refusal;
  } else {
    if (heardNetwork === null) return null;
    const refusal = refuseFounding(adoptFounding(step, founding, votes, heardNetwork.digest));
    if (memory.network === null) return mayLackGenesis(step, from) ? null : refusal;
  }
  // Heartbeats may have told us already how many blocks there are.
  fallBehind(step, heardHeight(step.state));
  if (step.state.behind !== null) step.state.behind.from = memory.height;
  return null;
}

/** Whether it may be one under a list of first balances that has not come from its sender. */
function mayLackGenesis({ state }: Step, from: ClientID): boolean {
  const { acquaintances, heritage } = state;
  if (heritage.some((heard) => heard.from === from)) return false;
  const theirs = acquaintances[from]?.rules ?? null;
  return theirs !== null && isHeritable(state, theirs);
}

/** Takes a page whole or not at all. */
function takePage(step: Step, page: Page, voices: readonly Acknowledgement[]): Refusal | null {
  const { memory, behind } = step.state;
  const from = memory.height;
  if (memory.chain === null || behind === null) return { code: 'not-asked-for' };
  const fresh = loadsOf(step, page).filter(({ block }) => block.transactionID >= from);
  if (fresh.length === 0) return null;
  const proofs = proofsOf(page.seals, voices);
  const refusal = refusePage(step, memory.chain, fresh, proofs);
  if (refusal !== null) return refusal;
  const end = from + fresh.length;
  behind.target = Math.max(behind.target, end) as TransactionID;
  behind.isServed = true;
  const isNews = fresh.length <= mostNews;
  for (const load of fresh) {
    const seal = proofs.get(load.block.transactionID)?.seal ?? [];
    append(step, { ...load, seal }, isNews);
  }
  tellCatchUp(step);
  return null;
}

type Page = Extract<Answer, { blocks: unknown }>;

/** A block with its digest, and the batch that a page has for it. */
type Load = { readonly block: Block; readonly digest: Digest; readonly batch: Batch };

/** Batches come in the order of the blocks that carry one; a missing one is found by its root. */
function loadsOf(step: Step, { blocks, batches = [] }: Page): readonly Load[] {
  const left = batches.values();
  return blocks.map((block) => {
    const batch = carriesBatch(block, step.hasher) ? left.next().value : undefined;
    return { block, digest: digestOf(block, step.hasher), batch: batch ?? emptyBatch };
  });
}

/** A seal with its acknowledgements as the door read them. */
type Proof = { readonly seal: Seal; readonly voices: readonly Acknowledgement[] };

function proofsOf(
  seals: readonly Seal[],
  voices: readonly Acknowledgement[],
): ReadonlyMap<TransactionID, Proof> {
  const proofs = new Map<TransactionID, Proof>();
  let at = 0;
  for (const seal of seals) {
    const own = voices.slice(at, at + seal.length);
    at += seal.length;
    const [first] = own;
    if (first !== undefined) proofs.set(first.transactionID, { seal, voices: own });
  }
  return proofs;
}

/**
 * A seal vouches for the blocks before it, which hang on one another by Parent; but a change of the
 * roster needs its own, by the roster before it, as those who seal what follows are new.
 */
function refusePage(
  step: Step,
  start: Chain,
  loads: readonly Load[],
  proofs: ReadonlyMap<TransactionID, Proof>,
): Refusal | null {
  const { rules } = step.state.memory;
  let chain = start;
  for (const { block, batch, digest } of loads) {
    const problem = problemOfBlock(block, chain, rules, step.hasher, batch);
    if (problem !== null) return { code: 'wrong-block', problem };
    const proof = proofs.get(block.transactionID);
    const isNeeded = block.change !== undefined || block === loads.at(-1)?.block;
    if (proof === undefined && isNeeded)
      return { code: 'not-a-seal', problem: `block ${block.transactionID} comes without one` };
    const about = { transactionID: block.transactionID, digest };
    const flaw = proof === undefined ? null : problemOfSeal(proof.voices, about, chain.roster);
    if (flaw !== null) return { code: 'not-a-seal', problem: flaw };
    chain = extendChain(chain, rules, block, digest, step.hasher, batch);
  }
  return null;
}

function isVote(message: Message): message is Vote {
  return message.kind === 'vote';
}

function isAcknowledgement(message: Message): message is Acknowledgement {
  return message.kind === 'acknowledgement';
}
