/** Terms only ever rise, and a higher one ends the authority of a lower one's controller. */

import type { StepDown } from '../domain/cause.ts';
import type { Term } from '../domain/names.ts';
import { closeBooths, isLast } from '../election/booth.ts';
import type { Step } from './step.ts';

/**
 * Hears of `term`: a member voted in it, or obeys in it. Where too few are left above it, only a
 * mandate proves it: of two members one could end all elections otherwise.
 */
export function raiseTerm(step: Step, term: Term): void {
  if (term <= step.state.memory.term || isLast(term)) return;
  step.record({ kind: 'term', term });
  enterTerm(step);
}

/** What follows from a term that has just risen, or whose vote is used up. */
export function enterTerm(step: Step): void {
  const { state } = step;
  const { term } = state.memory;
  state.termSince = step.now.at;
  closeBooths(state.booths, term);
  if (state.office !== null && state.office.term < term) stepDown(step, 'higher-term');
  if (state.election !== null && state.election.term < term) leaveElection(step);
}

/** Takes no further part in the election under way. */
export function leaveElection(step: Step): void {
  step.state.election = null;
  step.state.lockedUntil = null;
  step.cancel('phase', 'say-again');
}

/** Gives up the office; whoever hears our next heartbeat knows. */
export function stepDown(step: Step, why: StepDown): void {
  const { state } = step;
  if (state.office === null) return;
  step.note({ kind: 'stepped-down', term: state.office.term, why });
  state.office = null;
  if (state.obeyed?.controllerID === step.self) state.obeyed.hasSteppedDown = true;
  step.cancel('mandate', 'reach', 'open', 'propose', 'quorum', 'care', 'welcome');
}
