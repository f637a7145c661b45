/** Moves a picture of a network on by one message that was looked at. */

import type { Hasher } from '../domain/crypto.ts';
import { type Message, senderOf } from '../domain/message.ts';
import { type ClientID, type TransactionID, UNFOUNDED, type UnixMs } from '../domain/names.ts';
import { isMemberIn, type PeerPicture, type Picture } from './picture.ts';
import { takeCommitment, takeMandate, takeReveal, takeVote } from './picture-election.ts';
import { takeAbout, takeHeartbeat } from './picture-peers.ts';
import { type Step, tell } from './picture-step.ts';
import { takeAnswer, takeChallenge, takeProposal, takeResult } from './picture-work.ts';
import { isOrdinary, type Sighting } from './sighting.ts';

/** Strangers must not fill the memory. */
const PEERS_MOST = 500;

/** Changes the picture. The same sightings in the same order always give the same picture. */
export function advance(picture: Picture, sighting: Sighting, hasher: Hasher): void {
  const { recorded, message, fault } = sighting;
  // A wall clock that is set back must not turn our time back.
  const at = Math.max(recorded.time, picture.at ?? 0) as UnixMs;
  picture.heard += 1;
  picture.since ??= at;
  picture.at = at;
  if (fault !== null) countFault(picture, sighting, at);
  const isProven = fault === null || fault.check === 'rule';
  if (message === null || message.kind === 'transaction' || !isProven) return;
  const step: Step = { picture, at, hasher, retained: recorded.retained };
  const sender = senderOf(message);
  const peer = peerOf(step, sender, message);
  if (peer === null) return;
  if (!recorded.retained && !isFarewell(message)) hearWord(step, peer, message);
  const isTaken = fault === null || ['other-rules', 'other-network'].includes(fault.refusal.code);
  if (isTaken) take(step, peer, message, sighting.evidence);
}

function countFault(picture: Picture, { fault, from }: Sighting, at: UnixMs): void {
  if (fault === null) return;
  const { check, refusal } = fault;
  if (isOrdinary(refusal)) {
    picture.late += 1;
    return;
  }
  const known = picture.refusals[refusal.code];
  if (known === undefined) picture.refusals[refusal.code] = { count: 1, check, from, at, refusal };
  else Object.assign(known, { count: known.count + 1, from, at, refusal });
}

/** A goodbye, or a will: not a sign of life. */
function isFarewell(message: Message): boolean {
  return message.kind === 'presence' && message.state !== 'ready';
}

/** Null for somebody of whom nothing is known but that it went. */
function peerOf(step: Step, clientID: ClientID, message: Message): PeerPicture | null {
  const { peers } = step.picture;
  const known = peers[clientID];
  if (known !== undefined) return known;
  if (isFarewell(message)) return null;
  forgetOne(step.picture);
  const peer: PeerPicture = {
    clientID,
    incarnation: 0,
    gone: null,
    heardAt: null,
    lastKind: null,
    beat: null,
    beatAt: null,
    longestPauseMs: 0,
    name: null,
    rules: null,
    known: 0,
    seats: 0,
    height: UNFOUNDED,
    behind: null,
    solved: null,
    wins: 0,
  };
  peers[clientID] = peer;
  return peer;
}

/** Makes room by forgetting the stranger that was silent longest. */
function forgetOne(picture: Picture): void {
  const all = Object.values(picture.peers);
  if (all.length < PEERS_MOST) return;
  const strangers = all.filter(({ clientID }) => !isMemberIn(picture, clientID));
  strangers.sort((a, b) => (a.heardAt ?? 0) - (b.heardAt ?? 0));
  const [oldest] = strangers;
  if (oldest !== undefined) delete picture.peers[oldest.clientID];
}

function hearWord(step: Step, peer: PeerPicture, message: Message): void {
  const isNew = peer.heardAt === null || peer.gone === 'lost' || peer.gone === 'disconnected';
  if (isNew) tell(step, { kind: 'here', peer: peer.clientID });
  if (peer.gone !== 'leaving') peer.gone = null;
  peer.height = Math.max(peer.height, heightIn(message)) as TransactionID;
  peer.heardAt = step.at;
  peer.lastKind = message.kind;
}

/** Whoever speaks of its next block shows how many it has. */
function heightIn(message: Message): number {
  switch (message.kind) {
    case 'heartbeat':
    case 'vote':
    case 'challenge':
    case 'solution':
    case 'acknowledgement':
      return message.transactionID;
    default:
      return UNFOUNDED;
  }
}

function take(step: Step, peer: PeerPicture, message: Message, evidence: readonly Message[]): void {
  switch (message.kind) {
    case 'introduction':
    case 'presence':
      takeAbout(step, peer, message);
      return;
    case 'heartbeat':
      takeHeartbeat(step, peer, message);
      return;
    case 'commitment':
      takeCommitment(step, message);
      return;
    case 'reveal':
      takeReveal(step, message);
      return;
    case 'vote':
      takeVote(step, message);
      return;
    case 'mandate':
      takeMandate(step, message, evidence);
      return;
    case 'challenge':
      takeChallenge(step, message);
      return;
    case 'solution':
      peer.solved = message.transactionID;
      return;
    case 'proposal':
    case 'acknowledgement':
      takeProposal(step, message);
      return;
    case 'result':
      takeResult(step, message);
      return;
    case 'answer':
      takeAnswer(step, message);
      return;
    default:
      return;
  }
}
