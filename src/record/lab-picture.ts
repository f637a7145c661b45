/** How a network of the labs' clients stands, as far as somebody can know who only listens. */

import type { UnixMs } from '../domain/names.ts';
import { DIALECTS, type DialectName } from '../lab/dialect.ts';
import type { LabMessage, Name } from '../lab/message.ts';
import { isWin } from './lab-rounds.ts';
import { keep, OCCURRENCES_KEPT, RESULTS_KEPT } from './picture.ts';
import { type Check, isOrdinary, type LabFault, type LabSighting } from './sighting.ts';

export type LabPeerPicture = {
  readonly name: Name;
  heardAt: UnixMs;
  lastKind: string;
  /** Its first vote; null where none was heard. */
  voteID: Name | null;
  /** Vote messages, which those clients count. */
  votes: number;
  introductions: number;
  /** The TransactionID of a solution that it waits to hear about. */
  solved: number | null;
  wins: number;
  gone: 'lost' | 'disconnected' | null;
};

export type LabChallengePicture = {
  readonly transactionID: number;
  /** In the dialect's own unit. */
  readonly challenge: number;
  readonly bits: number;
  readonly openedAt: UnixMs;
  solutions: number;
  isWon: boolean;
};

export type LabResultPicture = {
  readonly transactionID: number;
  readonly challenge: number | null;
  readonly winner: Name | null;
  readonly solution: string;
  readonly at: UnixMs;
  readonly elapsedMs: number | null;
};

export type LabOccurrence = { readonly at: UnixMs } & (
  | { readonly kind: 'here'; readonly peer: Name }
  | { readonly kind: 'gone'; readonly peer: Name; readonly how: 'lost' | 'disconnected' }
  | { readonly kind: 'elected'; readonly controller: Name; readonly votes: number }
  | {
      readonly kind: 'solution-refused';
      readonly transactionID: number;
      readonly miner: Name | null;
    }
);

export type LabPicture = {
  readonly dialect: DialectName;
  /** N: so many votes elect. */
  readonly seats: number;
  heard: number;
  since: UnixMs | null;
  at: UnixMs | null;
  /** By their names as `keyOf` writes them. */
  readonly peers: Record<string, LabPeerPicture>;
  /** Votes that count, in their order, until the election is over. */
  readonly votes: { readonly peer: Name; readonly voteID: Name }[];
  controller: { readonly name: Name; readonly voteID: Name; readonly since: UnixMs } | null;
  challenge: LabChallengePicture | null;
  /** The last ones that were opened, won or not; that one among them. */
  readonly challenges: LabChallengePicture[];
  readonly results: LabResultPicture[];
  resultsHeard: number;
  readonly refusals: Record<
    string,
    { count: number; readonly check: Check; from: Name | null; at: UnixMs; refusal: LabFault }
  >;
  readonly occurrences: LabOccurrence[];
};

/** Those networks have some dozen peers; a flood of names is none. */
const PEERS_MOST = 500;
/** Some controllers open 20 a second, and answer later. */
const CHALLENGES_KEPT = 100;

export function newLabPicture(dialect: DialectName, seats: number): LabPicture {
  return {
    dialect,
    seats,
    heard: 0,
    since: null,
    at: null,
    peers: {},
    votes: [],
    controller: null,
    challenge: null,
    challenges: [],
    results: [],
    resultsHeard: 0,
    refusals: {},
    occurrences: [],
  };
}

/** Changes the picture. The same sightings in the same order always give the same picture. */
export function advanceLab(picture: LabPicture, sighting: LabSighting): void {
  const { recorded, message, fault, from } = sighting;
  const at = Math.max(recorded.time, picture.at ?? 0) as UnixMs;
  picture.heard += 1;
  picture.since ??= at;
  picture.at = at;
  if (fault !== null && !isOrdinary(fault.refusal)) {
    const { check, refusal } = fault;
    const known = picture.refusals[refusal.code];
    if (known === undefined) {
      picture.refusals[refusal.code] = { count: 1, check, from, at, refusal };
    } else Object.assign(known, { count: known.count + 1, from, at, refusal });
  }
  if (message === null || (fault !== null && !isOrdinary(fault.refusal))) return;
  // A result names the miner, and nobody says a challenge in its own name.
  const isOwnWord = message.kind !== 'result' && message.kind !== 'challenge';
  const peer = isOwnWord && from !== null ? meet(picture, from, message.kind, at) : null;
  take(picture, message, peer, at);
}

/** No name of anybody is one that all objects have. */
function keyOf(name: Name): string {
  return `peer ${name}`;
}

function meet(
  picture: LabPicture,
  name: Name,
  lastKind: LabMessage['kind'],
  at: UnixMs,
): LabPeerPicture | null {
  const known = picture.peers[keyOf(name)];
  if (known !== undefined) {
    if (lastKind !== 'presence') Object.assign(known, { heardAt: at, lastKind, gone: null });
    return known;
  }
  if (lastKind === 'presence' || Object.keys(picture.peers).length >= PEERS_MOST) return null;
  const peer: LabPeerPicture = {
    name,
    heardAt: at,
    lastKind,
    voteID: null,
    votes: 0,
    introductions: 0,
    solved: null,
    wins: 0,
    gone: null,
  };
  picture.peers[keyOf(name)] = peer;
  keep(picture.occurrences, { at, kind: 'here', peer: name }, OCCURRENCES_KEPT);
  return peer;
}

function take(
  picture: LabPicture,
  message: LabMessage,
  peer: LabPeerPicture | null,
  at: UnixMs,
): void {
  switch (message.kind) {
    case 'introduction':
      if (peer !== null) peer.introductions += 1;
      return;
    case 'vote':
      if (peer !== null) takeVote(picture, message, peer, at);
      return;
    case 'challenge':
      takeChallenge(picture, message, at);
      return;
    case 'solution':
      if (peer !== null) peer.solved = message.transactionID;
      takeSolution(picture, message);
      return;
    case 'result':
      takeResult(picture, message, at);
      return;
    case 'presence':
      if (peer === null || peer.gone === message.state) return;
      peer.gone = message.state;
      keep(
        picture.occurrences,
        { at, kind: 'gone', peer: peer.name, how: message.state },
        OCCURRENCES_KEPT,
      );
      return;
  }
}

/** PROTOCOL 10: `ufes` counts the first N vote messages, `statement` the first N voters. */
function takeVote(
  picture: LabPicture,
  { voteID, topic }: LabMessage & { readonly kind: 'vote' },
  peer: LabPeerPicture,
  at: UnixMs,
): void {
  const dialect = DIALECTS[picture.dialect];
  // Where each vote goes out on two topics, one of them counts it.
  if (topic === 'voting' || dialect.voteTopics.length === 1) peer.votes += 1;
  const isFirst = peer.voteID === null;
  peer.voteID ??= voteID;
  if (picture.controller !== null || (dialect.repeatsVotes && !isFirst)) return;
  picture.votes.push({ peer: peer.name, voteID });
  if (picture.votes.length < picture.seats) return;
  const [highest] = [...picture.votes].sort(
    (a, b) => dialect.compare(b.voteID, a.voteID) || dialect.compare(b.peer, a.peer),
  );
  if (highest === undefined) return;
  picture.controller = { name: highest.peer, voteID: highest.voteID, since: at };
  const votes = picture.votes.length;
  keep(
    picture.occurrences,
    { at, kind: 'elected', controller: highest.peer, votes },
    OCCURRENCES_KEPT,
  );
}

const NEW = { solutions: 0, isWon: false };

function takeChallenge(
  picture: LabPicture,
  { transactionID, challenge }: LabMessage & { readonly kind: 'challenge' },
  at: UnixMs,
): void {
  const open = picture.challenge;
  if (open?.transactionID === transactionID && open.challenge === challenge) return;
  const bits = challenge * DIALECTS[picture.dialect].bitsPerUnit;
  picture.challenge = { transactionID, challenge, bits, openedAt: at, ...NEW };
  keep(picture.challenges, picture.challenge, CHALLENGES_KEPT);
}

function takeSolution(
  picture: LabPicture,
  { transactionID }: LabMessage & { readonly kind: 'solution' },
): void {
  const named = picture.challenges.findLast((it) => it.transactionID === transactionID);
  if (named !== undefined) named.solutions += 1;
}

/** Whether this win is told already; a number that was given away again may be won again. */
function isOver(
  { challenges, results }: LabPicture,
  transactionID: number,
  { winner, solution }: Pick<LabResultPicture, 'winner' | 'solution'>,
): boolean {
  const known = results.filter((it) => it.transactionID === transactionID);
  if (known.some((it) => it.winner === winner && it.solution === solution)) return true;
  const named = challenges.findLast((it) => it.transactionID === transactionID);
  return named?.isWon ?? known.length > 0;
}

function takeResult(
  picture: LabPicture,
  message: LabMessage & { readonly kind: 'result' },
  at: UnixMs,
): void {
  const { transactionID, clientID, result } = message;
  const winner = clientID === null ? undefined : picture.peers[keyOf(clientID)];
  if (winner?.solved === transactionID) winner.solved = null;
  if (!isWin({ result })) {
    const refused = { at, kind: 'solution-refused', transactionID, miner: clientID } as const;
    keep(picture.occurrences, refused, OCCURRENCES_KEPT);
    return;
  }
  const named = picture.challenges.findLast((it) => it.transactionID === transactionID) ?? null;
  const solution = String(message.solution);
  if (isOver(picture, transactionID, { winner: clientID, solution })) return;
  if (named !== null) named.isWon = true;
  if (winner !== undefined) winner.wins += 1;
  if (picture.challenge === named) picture.challenge = null;
  for (const peer of Object.values(picture.peers)) {
    if (peer.solved === transactionID) peer.solved = null;
  }
  picture.resultsHeard += 1;
  keep(
    picture.results,
    {
      transactionID,
      challenge: named?.challenge ?? null,
      winner: clientID,
      solution,
      at,
      elapsedMs: named === null ? null : at - named.openedAt,
    },
    RESULTS_KEPT,
  );
}
