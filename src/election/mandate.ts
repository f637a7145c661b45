/** Counts votes: so many members for one controller, in one term and under one roster. */

import type { Mandate, Vote } from '../domain/message.ts';
import type { ClientID, Term } from '../domain/names.ts';
import { UNFOUNDED } from '../domain/names.ts';
import { isMember, majority, type Roster } from '../domain/roster.ts';
import type { Booth, CastVote } from './booth.ts';

/** How many votes of `roster` make a mandate: all of them in a founding (PROTOCOL 5.5). */
export function votesNeeded(roster: Roster, isFounding: boolean): number {
  return isFounding ? roster.members.length : majority(roster.members.length);
}

/** The votes of a mandate, if one of the booth's candidates has enough under `roster`. */
export function countVotes(booth: Booth, roster: Roster, isFounding: boolean): CastVote[] | null {
  const forEach = new Map<ClientID, CastVote[]>();
  for (const cast of Object.values(booth.votes)) {
    const { vote } = cast;
    if (vote.roster !== roster.digest || !isMember(roster, vote.clientID)) continue;
    if ((vote.transactionID === UNFOUNDED) !== isFounding) continue;
    forEach.set(vote.controllerID, [...(forEach.get(vote.controllerID) ?? []), cast]);
  }
  const needed = votesNeeded(roster, isFounding);
  const enough = [...forEach.values()].find((votes) => votes.length >= needed);
  // Never more than needed: the votes of a hundred members would not fit a message.
  return enough?.slice(0, needed) ?? null;
}

/** A mandate's votes, read and signed as the door saw them, against the roster that they name. */
export type Claim = Pick<Mandate, 'term'> & {
  readonly controllerID: ClientID;
  readonly votes: readonly Vote[];
};

/** What is wrong with a mandate, in words; null if it holds. */
export function problemOf(claim: Claim, roster: Roster): string | null {
  const { votes } = claim;
  const isFounding = votes.every(({ transactionID }) => transactionID === UNFOUNDED);
  const voters = new Set(votes.map(({ clientID }) => clientID));
  if (!isMember(roster, claim.controllerID)) return 'its controller is no member';
  if (voters.size < votes.length) return 'somebody votes twice in it';
  if (votes.some(({ term }) => term !== (claim.term as Term))) return 'a vote is of another term';
  if (votes.some(({ controllerID }) => controllerID !== claim.controllerID))
    return 'a vote is for somebody else';
  if (votes.some((vote) => vote.roster !== roster.digest)) return 'a vote is of another roster';
  if (votes.some(({ clientID }) => !isMember(roster, clientID))) return 'a voter is no member';
  const needed = votesNeeded(roster, isFounding);
  return votes.length < needed ? `${votes.length} votes where ${needed} are needed` : null;
}
