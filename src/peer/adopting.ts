/** Adopts a founding that its votes prove, heard from whomever. */

import type { Founding, Vote } from '../domain/message.ts';
import { type Digest, UNFOUNDED } from '../domain/names.ts';
import type { Refusal } from '../domain/refusal.ts';
import { makeRoster } from '../domain/roster.ts';
import { problemOf } from '../election/mandate.ts';
import { attendSoon, foundedMs } from './attending.ts';
import { recordFounding, termsOf } from './inheriting.ts';
import { partOf } from './memory.ts';
import type { Step } from './step.ts';

/** Nothing else speaks against it. */
const missingGenesis = 'the list that its accounts begin with has not come yet';

/** Records a founding if its votes hold; `network`: the one that it must be, null for any. */
export function adoptFounding(
  step: Step,
  founding: Founding,
  votes: readonly Vote[],
  network: Digest | null,
): string | null {
  const { memory, settings } = step.state;
  const terms = termsOf(step, founding, network);
  const rules = terms?.rules.text ?? memory.rules.text;
  const roster = makeRoster(founding.members, rules, step.hasher);
  if (network !== null && roster.digest !== network) return 'it is of another network';
  const founders = settings.founders && makeRoster(settings.founders, rules, step.hasher);
  if (founders !== null && roster.digest !== founders.digest)
    return 'it is not that of our roster file';
  if (roster.members.length !== settings.peers)
    return `it has ${roster.members.length} members where the rules say ${settings.peers}`;
  const [first] = votes;
  if (first === undefined) return 'it has no votes';
  if (votes.some(({ transactionID }) => transactionID !== UNFOUNDED))
    return 'a vote in it is of a later election';
  const problem = problemOf({ term: first.term, controllerID: first.controllerID, votes }, roster);
  if (problem !== null) return problem;
  if (memory.network !== null) return memory.network.digest === roster.digest ? null : 'another';
  if (terms === null) return missingGenesis;
  const begun = recordFounding(step, founding, terms);
  step.state.standing = null;
  step.state.heardNetwork = null;
  step.state.deadMandateUntil = null;
  attendSoon(step, foundedMs);
  step.note({
    kind: 'founded',
    network: roster.digest,
    members: roster.members.map(({ clientID }) => clientID),
    ...begun,
    ...partOf(memory, settings.self),
  });
  return null;
}

/**
 * Why the answer with a founding is refused. Not where the list is missing, which came before it
 * and was lost: both are asked for again.
 */
export function refuseFounding(problem: string | null): Refusal | null {
  if (problem === null || problem === missingGenesis) return null;
  return { code: 'not-a-founding', problem };
}
