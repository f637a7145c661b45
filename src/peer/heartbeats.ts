/** Hears heartbeats: what each says of its sender, network, controller, term and height. */

import type { Heartbeat } from '../domain/message.ts';
import type { Digest, Term, TransactionID } from '../domain/names.ts';
import type { Refusal } from '../domain/refusal.ts';
import { believable, makeRoster } from '../domain/roster.ts';
import { closeBooths, isFar, isNearlyFar } from '../election/booth.ts';
import { hearBeat } from './acquainting.ts';
import { fallBehind, hearClaim } from './asking.ts';
import { bindingOf } from './binding.ts';
import { dropRequest } from './helping.ts';
import { isInRoster, presentRoster } from './memory.ts';
import { confirm } from './obeying.ts';
import { hearNaming } from './quorum.ts';
import type { Step } from './step.ts';
import { hearAnswered } from './suspecting.ts';
import { leaveElection, raiseTerm } from './terms.ts';
import { hearHeir } from './yielding.ts';

/** A far term that one member may have claimed alone has so long to bring a mandate. */
const claimedMs = 30_000;

/** What a heartbeat says of its sender, its network, its term and its height. */
export function hearHeartbeat(step: Step, heartbeat: Heartbeat): Refusal | null {
  const stale = hearBeat(step, heartbeat);
  if (stale !== null) return stale;
  const { memory } = step.state;
  const { clientID, term, network, transactionID } = heartbeat;
  hearAnswered(step, heartbeat);
  dropRequest(step, clientID, transactionID);
  if (network !== null && memory.network === null) {
    return hearOfNetwork(step, network, heartbeat);
  }
  if (network !== null && memory.network !== null && network !== memory.network.digest)
    return { code: 'other-network', theirs: network, ours: memory.network.digest };
  // A peer that has more blocks can prove it, a member of ours or not.
  if (network !== null) hearClaim(step, clientID);
  if (network !== null && isInRoster(memory, clientID)) {
    const far = hearTerm(step, term);
    if (far !== null) return far;
    hearStanding(step, heartbeat);
  }
  const namesUs = term === memory.term && heartbeat.controllerID === step.self;
  if (term <= memory.term) hearNaming(step, clientID, namesUs);
  hearHeir(step, heartbeat, namesUs);
  return null;
}

/** Who is bound to a founding learns no other network meanwhile. */
function hearOfNetwork(step: Step, digest: Digest, heartbeat: Heartbeat): Refusal | null {
  // To found anew is to give up a network that lost its majority, but not one that is governed.
  const isGoverned = heartbeat.controllerID === heartbeat.clientID;
  if (step.state.settings.foundsAnew === true && !isGoverned) return null;
  const binding = bindingOf(step);
  if (binding !== null && binding.digest !== digest) return null;
  const { founders } = step.state.settings;
  const ours = founders && makeRoster(founders, step.state.rules, step.hasher).digest;
  if (ours !== null && ours !== digest) return { code: 'other-network', theirs: digest, ours };
  step.state.heardNetwork = { digest, at: step.now.at };
  fallBehind(step, 0 as TransactionID);
  return null;
}

/** A far term is believed when as many members name one as could not all be wrong. */
function hearTerm(step: Step, term: Term): Refusal | null {
  const { memory } = step.state;
  const { term: ours } = memory;
  raiseTerm(step, isFar(term, ours) ? believableTerm(step, ours) : term);
  return isFar(term, memory.term) ? { code: 'far-term', term, ours } : null;
}

/** `unknown`: the term of those that we have not heard, and our own. */
function believableTerm({ state }: Step, unknown: Term): Term {
  const { acquaintances, memory } = state;
  const roster = presentRoster(memory);
  if (roster === null) return unknown;
  const claims = roster.members.map(({ clientID }) => acquaintances[clientID]?.term ?? unknown);
  return believable(claims, roster) ?? unknown;
}

/**
 * Claims, none of them far above the one before, have led us where others are not, as they did not
 * hear them: our term is far for them, and theirs are over for us. [safety] As after a restart, we
 * go back to the highest term in which we took part; sooner, as that may be above all of theirs.
 */
export function forgetClaimedTerm(step: Step): void {
  const { state, now } = step;
  const { memory, obeyed, termSince } = state;
  const { term: claimed, usedTerm } = memory;
  if (!isNearlyFar(claimed, usedTerm) || obeyed?.term === claimed) return;
  if (memory.network === null || step.since(termSince) < claimedMs) return;
  if (isNearlyFar(believableTerm(step, usedTerm), usedTerm)) return;
  memory.term = usedTerm;
  leaveElection(step);
  closeBooths(state.booths, Number.POSITIVE_INFINITY as Term);
  state.termSince = now.at;
  step.note({ kind: 'term-forgotten', claimed, term: memory.term });
}

/** What the controller's heartbeat says of its own office. */
function hearStanding(step: Step, heartbeat: Heartbeat): void {
  const { obeyed, memory } = step.state;
  if (obeyed === null || obeyed.controllerID !== heartbeat.clientID) return;
  if (obeyed.term !== memory.term || heartbeat.term !== obeyed.term) return;
  // Before it has shown that it knows of its mandate, it may simply not know yet.
  if (heartbeat.controllerID === heartbeat.clientID) {
    confirm(step);
    // What we took for its stepping down was from before its mandate, and repeated since.
    obeyed.hasSteppedDown = false;
  } else if (obeyed.isConfirmed) obeyed.hasSteppedDown = true;
}
