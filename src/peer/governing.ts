/** The controller's half: takes over, opens challenges, judges, proposes, seals (PROTOCOL 7). */

import { judge } from '../controller/judge.ts';
import { blockToPropose, heightToReach, votesWithin } from '../controller/succession.ts';
import { assert } from '../domain/assert.ts';
import type {
  Acknowledgement,
  Block,
  Challenge,
  Mandate,
  Reason,
  Solution,
  Vote,
} from '../domain/message.ts';
import type { ClientID, Instant } from '../domain/names.ts';
import { isMember, majority } from '../domain/roster.ts';
import { type Batch, emptyBatch } from '../domain/transaction.ts';
import type { CastVote } from '../election/booth.ts';
import { silentHeartbeats } from '../election/suspicion.ts';
import { isVoiceOf } from '../finality/seal.ts';
import { digestOf, type Opening } from '../ledger/block.ts';
import { answerAbsent } from './answering.ts';
import { append } from './appending.ts';
import { fallBehind } from './asking.ts';
import { batchOf, holdBatch, sayBatch, wantBatch } from './batches.ts';
import { spend } from './budget.ts';
import { doesQuestGoFirst } from './leasing.ts';
import { isInRoster, rosterOf } from './memory.ts';
import { easierOpening, knownOpening, newOpening } from './opening.ts';
import { rememberSolution } from './progress.ts';
import type { Office } from './state.ts';
import type { Step } from './step.ts';

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
    earlier: [],
    batch: emptyBatch,
    openedAt: null,
    proposed: null,
    acknowledgements: {},
    named,
    refused: [],
    isHeldUp: false,
    blockUntil: null,
    questsSince: null,
    workers: {},
    answers: {},
    heirs: {},
  };
  answerAbsent(step);
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
  const votes = votesToHonour(step, office);
  const height = heightToReach(votes);
  if (memory.height < height) {
    fallBehind(step, height);
    return;
  }
  const accepted = blockToPropose(votes, memory.height);
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

/** The mandate's votes; others for us, too, once we asked in vain for what the mandate's claim. */
function votesToHonour({ state, self }: Step, { term, votes }: Office): readonly Vote[] {
  const { behind, booths, memory } = state;
  if (behind === null || behind.asked < 2) return votes;
  const digest = votes[0]?.roster;
  const roster = digest === undefined ? null : rosterOf(memory, digest);
  const cast = Object.values(booths[term]?.votes ?? {}).map(({ vote }) => vote);
  const others = cast.filter(
    ({ clientID, controllerID, roster: named }) =>
      controllerID === self && named === digest && roster !== null && isMember(roster, clientID),
  );
  return votesWithin(votes, others, memory.height);
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
  const { memory, beat } = step.state;
  const challenge: Challenge = {
    kind: 'challenge',
    clientID: step.self,
    term: office.term,
    ...opening,
    algorithm: 'sha256',
    incarnation: memory.incarnation,
    beat,
  };
  step.say(challenge);
}

/** Says again what is open, for a peer that missed it; made easier if it stays unsolved. */
export function repeatChallenge(step: Step): void {
  const { office } = step.state;
  if (!office?.opening || office.proposed !== null) return;
  const easier = easierOpening(step, office.opening);
  if (easier !== null) {
    // A miner that has solved it as it was before is not too late.
    office.earlier.push(office.opening);
    office.opening = easier;
  }
  sayChallenge(step, office, office.opening);
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

export function hearSolution(step: Step, solution: Solution): void {
  const { office, memory } = step.state;
  if (office === null) rememberSolution(step, solution);
  if (office === null || !office.isGoverning) return;
  const proposed = office.proposed?.block ?? null;
  const { opening, earlier } = office;
  const openings = opening === null ? [] : [opening, ...earlier];
  const desk = { height: memory.height, openings, proposed };
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
