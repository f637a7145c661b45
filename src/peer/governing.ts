/** The controller's half: takes over, opens challenges, judges, proposes, seals (PROTOCOL 7). */

import { judge } from '../controller/judge.ts';
import { countQuorum } from '../controller/quorum.ts';
import { blockToPropose, heightToReach } from '../controller/succession.ts';
import { assert } from '../domain/assert.ts';
import type {
  Acknowledgement,
  Block,
  Challenge,
  Mandate,
  Reason,
  Solution,
} from '../domain/message.ts';
import type { ClientID, Instant } from '../domain/names.ts';
import { majority } from '../domain/roster.ts';
import { type Batch, emptyBatch } from '../domain/transaction.ts';
import type { CastVote } from '../election/booth.ts';
import { silentHeartbeats } from '../election/suspicion.ts';
import { isVoiceOf } from '../finality/seal.ts';
import { applyBatch } from '../ledger/batch.ts';
import { digestOf, type Opening, openingOf } from '../ledger/block.ts';
import { bitsOfNext, problemOfOpening } from '../ledger/chain.ts';
import { merkleRoot } from '../ledger/merkle.ts';
import { nextBatch } from '../ledger/next-batch.ts';
import { append } from './appending.ts';
import { fallBehind } from './asking.ts';
import { batchOf, holdBatch, sayBatch, wantBatch } from './batches.ts';
import { spend } from './budget.ts';
import { doesQuestGoFirst } from './leasing.ts';
import { isInRoster, rosterOf } from './memory.ts';
import type { Office } from './state.ts';
import type { Step } from './step.ts';
import { stepDown } from './terms.ts';

const proposeMs = 300;
const mandateAgainMs = 1_000;
/** A miner says its solution again and again; each is refused once while it is remembered. */
const mostRefused = 1_000;

/** Begins to govern with the votes that make our mandate. */
export function enterOffice(step: Step, casts: readonly CastVote[]): void {
  const { state, now } = step;
  const { network, term } = state.memory;
  assert(network !== null, 'Only a member of a network becomes controller.');
  const votes = casts.map(({ vote }) => vote);
  const mandate: Mandate = {
    kind: 'mandate',
    clientID: step.self,
    term,
    votes: casts.map(({ text }) => text),
    members: rosterOf(state.memory, votes[0]?.roster ?? network.digest)?.members ?? [],
  };
  const named: Record<ClientID, Instant> = {};
  for (const { clientID } of votes) named[clientID] = now.at;
  state.office = {
    term,
    mandate,
    votes,
    since: now.at,
    mandateSaidAt: now.at,
    isGoverning: false,
    opening: null,
    batch: emptyBatch,
    openedAt: null,
    proposed: null,
    acknowledgements: {},
    named,
    refused: [],
    isHeldUp: false,
    isBlockDue: false,
    workers: {},
  };
  step.say(mandate, true);
  const { heartbeatMs } = state.settings;
  step.alarm('quorum', heartbeatMs);
  step.alarm('reach', silentHeartbeats * heartbeatMs);
  governIfReached(step);
}

/** Governs once the ledger has all that our voters have; asks them for it until then. */
export function governIfReached(step: Step): void {
  const { office, memory } = step.state;
  if (office === null || office.isGoverning) return;
  const height = heightToReach(office.votes);
  if (memory.height < height) {
    fallBehind(step, height);
    return;
  }
  const accepted = blockToPropose(office.votes, memory.height);
  const batch = accepted === null ? emptyBatch : batchOf(step, accepted);
  if (accepted !== null && batch === null) {
    // Whoever accepted it has it on its disk.
    wantBatch(step, accepted.root);
    return;
  }
  office.isGoverning = true;
  step.cancel('reach');
  if (accepted !== null && batch !== null) propose(step, accepted, batch);
  else openChallenge(step);
}

/** Opens the challenge of our height: the one already open if we know it, else a new one. */
export function openChallenge(step: Step): void {
  const { office, settings, memory } = step.state;
  if (office === null || !office.isGoverning || office.proposed !== null) return;
  const { link } = step.state;
  if (office.opening !== null || !link.isConnected || link.isLeaving) return;
  const mined = memory.chain?.mined ?? 0;
  if (settings.challenges > 0 && mined >= settings.challenges) return;
  office.isHeldUp = doesQuestGoFirst(step);
  if (office.isHeldUp) return;
  const opened = knownOpening(step) ?? newOpening(step);
  if (opened === null) return;
  const { opening, batch } = opened;
  Object.assign(office, { opening, batch, openedAt: step.now.at });
  if (batch.length > 0) {
    holdBatch(step.state, opening.root, batch);
    sayBatch(step, opening.root, batch);
  }
  sayChallenge(step, office, opening);
}

type Opened = { readonly opening: Opening; readonly batch: Batch };

/** What is open already, if we have all of it. */
function knownOpening(step: Step): Opened | null {
  const { challenge, memory } = step.state;
  const { chain, rules } = memory;
  if (challenge === null || chain === null) return null;
  const opening = openingOf(challenge.message);
  const batch = batchOf(step, opening);
  if (batch === null || problemOfOpening(opening, chain, rules) !== null) return null;
  return applyBatch(chain.accounts, batch, step.hasher).problem === null
    ? { opening, batch }
    : null;
}

/** Null where there is nothing to open one for. */
function newOpening(step: Step): Opened | null {
  const { memory, mempool, settings } = step.state;
  const { chain, rules } = memory;
  assert(chain !== null, 'A controller has a ledger.');
  const batch = nextBatch(mempool, chain.accounts, step.hasher);
  if (batch.length === 0 && settings.mineWhen === 'transactions') return null;
  const opening = {
    transactionID: chain.height,
    parent: chain.tip,
    root: merkleRoot(batch, step.hasher),
    time: step.now.unix,
    challenge: bitsOfNext(chain, rules),
  };
  return { opening, batch };
}

/** A controller that waits for transactions opens a challenge as soon as there is one. */
export function openForTransactions(step: Step): void {
  const { settings, mempool } = step.state;
  if (settings.mineWhen !== 'transactions' || mempool.pending.length === 0) return;
  if (!step.isSet('open')) openChallenge(step);
}

/** What a quest held up goes on as soon as it may. */
export function openAfterQuest(step: Step): void {
  if (step.state.office?.isHeldUp && !doesQuestGoFirst(step)) openChallenge(step);
}

function sayChallenge(step: Step, office: Office, opening: Opening): void {
  const challenge: Challenge = {
    kind: 'challenge',
    clientID: step.self,
    term: office.term,
    ...opening,
    algorithm: 'sha256',
  };
  step.say(challenge);
}

/** Whoever may have missed what is open hears it again. */
export function repeatChallenge(step: Step): void {
  const { office } = step.state;
  if (office?.opening && office.proposed === null) sayChallenge(step, office, office.opening);
}

/** Says mandate and challenge again, for somebody who does not name us; once a second at most. */
export function repeatMandate(step: Step): void {
  const { office } = step.state;
  step.cancel('mandate');
  if (office === null) return;
  office.mandateSaidAt = step.now.at;
  step.say(office.mandate, true);
  repeatChallenge(step);
}

/** As soon as it may be said again; nothing if we are no controller. */
export function repeatMandateSoon(step: Step): void {
  const { office } = step.state;
  if (office !== null)
    step.alarmBy('mandate', Math.max(0, mandateAgainMs - step.since(office.mandateSaidAt)));
}

/** A heartbeat of somebody else, as the controller takes it. */
export function hearNaming(step: Step, peer: ClientID, namesUs: boolean): void {
  const { office } = step.state;
  if (office === null) return;
  if (namesUs) {
    if (isInRoster(step.state.memory, peer)) office.named[peer] = step.now.at;
  } else repeatMandateSoon(step);
}

/** Steps down if too few members named us for three heartbeats. */
export function checkQuorum(step: Step): void {
  const { office, memory, settings, link } = step.state;
  if (office === null || memory.chain === null) return;
  step.alarm('quorum', settings.heartbeatMs / 2);
  if (!link.isConnected) return;
  const since = (step.now.at - silentHeartbeats * settings.heartbeatMs) as Instant;
  const quorum = countQuorum(office.named, memory.chain.roster, step.self, since);
  if (quorum.present >= quorum.needed) return;
  step.note({ kind: 'no-quorum', ...quorum });
  stepDown(step, 'no-quorum');
}

/** After an outage, members get as long to name us as if they had just done it. */
export function excuseOutage(step: Step): void {
  const { office, settings } = step.state;
  if (office === null) return;
  const lately = (step.now.at - (silentHeartbeats - 1.2) * settings.heartbeatMs) as Instant;
  for (const peer of Object.keys(office.named) as ClientID[]) {
    office.named[peer] = Math.max(lately, office.named[peer] ?? lately) as Instant;
  }
}

export function hearSolution(step: Step, solution: Solution): void {
  const { office, memory } = step.state;
  if (office === null || !office.isGoverning) return;
  const proposed = office.proposed?.block ?? null;
  const desk = { height: memory.height, opening: office.opening, proposed };
  const judgement = judge(solution, desk, step.hasher);
  if (judgement.kind === 'win') propose(step, judgement.block, office.batch);
  if (judgement.kind === 'refuse') refuseOnce(step, office, solution, judgement.reason);
}

function refuseOnce(step: Step, office: Office, solution: Solution, reason: Reason): void {
  const { clientID, transactionID } = solution;
  const key = `${clientID}:${transactionID}:${solution.solution}:${reason}`;
  // More than are remembered could be repeated for ever; a miner says its own again.
  if (office.refused.includes(key) || !spend(step.state.budgets, 'refusals', step.now.at)) return;
  office.refused.push(key);
  if (office.refused.length > mostRefused) office.refused.shift();
  const about = { transactionID, solution: solution.solution, reason };
  step.say({ kind: 'result', clientID, controllerID: step.self, ...about, result: 0 });
  step.note({ kind: 'solution-refused', miner: clientID, isOwn: clientID === step.self, ...about });
}

/** One proposal at a time; our own acceptance is durable before anybody hears of it [safety]. */
export function propose(step: Step, block: Block, batch: Batch): void {
  const { office, memory } = step.state;
  assert(office !== null && office.proposed === null, 'One proposal at a time.');
  const digest = digestOf(block, step.hasher);
  const { accepted } = memory;
  const isTaken = accepted?.term === office.term && accepted.block.transactionID === memory.height;
  assert(!isTaken || accepted.digest === digest, 'One block for each number and term.');
  if (isInRoster(memory, step.self))
    step.record({
      kind: 'accepted',
      term: office.term,
      block,
      digest,
      ...(batch.length > 0 && { batch }),
    });
  office.proposed = { block, digest, batch };
  office.acknowledgements = {};
  sayProposal(step);
}

export function sayProposal(step: Step): void {
  const { office } = step.state;
  step.cancel('propose');
  if (office === null || office.proposed === null) return;
  const { block } = office.proposed;
  step.say({ kind: 'proposal', clientID: step.self, term: office.term, block });
  step.alarm('propose', proposeMs);
}

/** Counts an acknowledgement; Q of them are the seal, and the block is final. */
export function hearAcknowledgement(step: Step, voice: Acknowledgement, text: string): void {
  const { office, memory } = step.state;
  if (office === null || office.proposed === null || memory.chain === null) return;
  const { block, digest, batch } = office.proposed;
  const proposed = { term: office.term, transactionID: block.transactionID, digest };
  if (!isVoiceOf(voice, proposed) || !isInRoster(memory, voice.clientID)) return;
  office.acknowledgements[voice.clientID] = text;
  const seal = Object.values(office.acknowledgements);
  if (seal.length < majority(memory.chain.roster.members.length)) return;
  append(step, { block, digest, seal, batch });
  const { clientID, transactionID, solution } = block;
  const about = { clientID, controllerID: step.self, transactionID, solution };
  step.say({ kind: 'result', ...about, result: 1, block, seal });
}
