/** Why an election begins, and why an office ends, in words for people. */

import type { StepDown, Suspicion } from '../domain/cause.ts';

/** Goes on behind the election that it is the reason for. */
export const suspicions: Readonly<Record<Suspicion, string>> = {
  founding: 'everybody is here',
  silent: 'the controller is silent',
  lost: 'the controller is lost',
  disconnected: 'the controller has left',
  'stepped-down': 'the controller has stepped down',
  'no-mandate': 'the controller does not show its mandate',
  'no-controller': 'there is no controller',
  removed: 'the controller is no member any more',
  idle: 'the controller does not go on with the work',
  unjust: 'the controller has removed a member that is here',
  'joined-others': 'others called for it',
};

/** Why a controller is one no more. */
export const stepDowns: Readonly<Record<StepDown, string>> = {
  'no-quorum': 'too few members name us',
  'higher-term': 'a later election is under way',
  behind: 'we could not get the blocks that our voters have',
  journal: 'we could not write down what we must not forget',
  leaving: 'we are leaving',
  removed: 'we are no member any more',
  restarted: 'we were started again',
  'lower-member': 'we make way for a lower member that is here',
};
