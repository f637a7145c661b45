/** Elections in a picture: commitments, reveals, votes, mandates, and the draw computed again. */

import type { Commitment, Mandate, Message, Reveal, Vote } from '../domain/message.ts';
import {
  type ClientID,
  compareText,
  type Nonce,
  type Term,
  UNFOUNDED,
  type VoteID,
} from '../domain/names.ts';
import { makeRoster, type Roster } from '../domain/roster.ts';
import { draw } from '../election/draw.ts';
import type { DrawPicture, ElectionPicture } from './picture.ts';
import { raiseTerm } from './picture-peers.ts';
import { type Step, tell } from './picture-step.ts';

export function takeCommitment(step: Step, { clientID, term, commit }: Commitment): void {
  const election = electionOf(step, term, clientID);
  if (election !== null) election.commitments[clientID] = commit;
}

export function takeReveal(step: Step, { clientID, term, nonce }: Reveal): void {
  const election = electionOf(step, term, clientID);
  if (election !== null) election.reveals[clientID] = nonce;
}

export function takeVote(step: Step, vote: Vote): void {
  const { clientID, term, voteID } = vote;
  const election = electionOf(step, term, clientID);
  if (election !== null) election.votes[clientID] = voteID;
  if (step.picture.network !== null) raiseTerm(step, term);
  // Votes come after their mandate, too.
  const { picture } = step;
  if (picture.draw?.term === term) picture.draw = drawOf(step, vote, picture.roster, [vote]);
}

/** A mandate that nobody obeys gives way to any that is just said. */
export function takeMandate(step: Step, mandate: Mandate, evidence: readonly Message[]): void {
  const { picture, at, hasher, retained } = step;
  const { clientID, term, members } = mandate;
  const { controller } = picture;
  if (controller?.term === term && controller.clientID === clientID && controller.votes > 0) return;
  const isKept = controller !== null && (controller.isAlive || retained);
  if (isKept && term < controller.term) return;
  const votes = evidence.filter((message): message is Vote => message.kind === 'vote');
  const rules = rulesBy(step, clientID);
  const roster = rules === null ? null : makeRoster(members, rules, hasher);
  const isFounding = votes.every(({ transactionID }) => transactionID === UNFOUNDED);
  if (roster !== null) picture.roster = roster;
  if (roster !== null && isFounding && !retained) picture.network = roster.digest;
  picture.controller = {
    clientID,
    term,
    votes: votes.length,
    since: at,
    isAlive: !retained,
  };
  // A mandate that was kept may be of a network long gone, whose terms bind nobody.
  if (!retained) picture.term = term;
  const [first] = votes;
  if (first !== undefined) picture.draw = drawOf(step, first, roster, votes);
  if (!retained) tell(step, { kind: 'mandate', term, controller: clientID, votes: votes.length });
}

/** The rules by which a controller goes; those of its network, if its mandate is just said. */
function rulesBy({ picture, retained }: Step, controller: ClientID): string | null {
  const rules = picture.peers[controller]?.rules ?? picture.rules;
  if (rules === null || (retained && picture.rulesOf !== 'anybody')) return rules;
  picture.rules = rules;
  if (!retained) picture.rulesOf = 'network';
  return rules;
}

/** The election of a term, if none of a higher one is under way. */
function electionOf(step: Step, term: Term, peer: ClientID): ElectionPicture | null {
  const { picture, at } = step;
  const { election } = picture;
  if (election?.term === term) return election;
  if (election !== null && election.term > term && term <= picture.term) return null;
  const begun: ElectionPicture = { term, since: at, commitments: {}, reveals: {}, votes: {} };
  picture.election = begun;
  tell(step, { kind: 'election', term, peer });
  return begun;
}

/** The numbers of the voters we know of, and whether their seed is that of the nonces we heard. */
function drawOf(
  { picture, hasher }: Step,
  { term, draw: seed, drawn, roster: digest }: Vote,
  roster: Roster | null,
  votes: readonly Vote[],
): DrawPicture {
  const before = picture.draw?.term === term ? picture.draw.numbers : [];
  const heard = picture.election?.term === term ? picture.election : null;
  const numbers = new Map<ClientID, VoteID>(before.map(({ peer, number }) => [peer, number]));
  for (const [peer, number] of Object.entries(heard?.votes ?? {})) {
    numbers.set(peer as ClientID, number);
  }
  for (const { clientID, voteID } of votes) numbers.set(clientID, voteID);
  const sorted = [...numbers]
    .map(([peer, number]) => ({ peer, number }))
    .sort((a, b) => compareText(b.number, a.number) || compareText(b.peer, a.peer));
  const nonces = roster?.digest === digest ? countedNonces(roster, drawn, heard) : null;
  const isRecomputed = nonces === null ? null : draw(term, digest, nonces, hasher).seed === seed;
  return { term, seed, numbers: sorted, isRecomputed };
}

/** What those revealed whom `drawn` counts, a bit for each member; null where some are missing. */
function countedNonces(
  { members }: Roster,
  drawn: string,
  election: ElectionPicture | null,
): Record<ClientID, Nonce> | null {
  const nonces: Record<ClientID, Nonce> = {};
  for (const [index, { clientID }] of members.entries()) {
    const four = Number.parseInt(drawn.charAt(Math.floor(index / 4)), 16);
    if (((four >> (3 - (index % 4))) & 1) === 0) continue;
    const nonce = election?.reveals[clientID];
    if (nonce === undefined) return null;
    nonces[clientID] = nonce;
  }
  return nonces;
}
