/** Which change of the roster is due: the gone before the silent before the new (PROTOCOL 8). */

import type { Member } from '../domain/message.ts';
import { type ClientID, compareText, type Instant } from '../domain/names.ts';
import { isMember } from '../domain/roster.ts';
import { type Change, type Electorate, problemOfChange } from '../ledger/change.ts';

/** What the controller knows of a peer that may have to go, or to come. */
export type Candidate = Member & {
  readonly hasSaidGoodbye: boolean;
  readonly heardAt: Instant;
  readonly hereSince: Instant;
  /** It counts as there, under our rules, and its last heartbeat names us, our term and height. */
  readonly isReady: boolean;
};

export type Care = {
  readonly self: ClientID;
  readonly isLeaving: boolean;
  /** What changes are judged by: none is proposed that the others would refuse. */
  readonly electorate: Electorate;
  readonly peers: readonly Candidate[];
  readonly now: Instant;
  /** Since when we are controller: silence before that is nobody's fault. */
  readonly since: Instant;
  /** Silence after which a member is removed. */
  readonly removalMs: number;
  /** So long an observer must have been heard. */
  readonly patienceMs: number;
};

/** The change to propose now; null if none is due. The last member is never removed. */
export function changeDue(care: Care): Change | null {
  if (care.electorate.roster.members.length > 1) {
    if (care.isLeaving) return { kind: 'remove', clientID: care.self };
    const gone = goneMember(care);
    if (gone !== null) return { kind: 'remove', clientID: gone.clientID };
  }
  if (care.isLeaving) return null;
  const next = waitingLongest(care);
  return next === null ? null : admissionOf(next);
}

/** When the next member will have been silent too long, if it stays silent; null for never. */
export function nextRemoval(care: Care): Instant | null {
  const ends = members(care).map((peer) => silentSince(care, peer) + care.removalMs);
  return ends.length === 0 ? null : (Math.min(...ends) as Instant);
}

function goneMember(care: Care): Candidate | null {
  const all = members(care);
  const left = all.find(({ hasSaidGoodbye }) => hasSaidGoodbye);
  const isSilent = (peer: Candidate): boolean =>
    care.now - silentSince(care, peer) >= care.removalMs;
  return left ?? all.find(isSilent) ?? null;
}

function silentSince(care: Care, peer: Candidate): number {
  return Math.max(peer.heardAt, care.since);
}

function members(care: Care): readonly Candidate[] {
  return care.peers.filter(
    ({ clientID }) => clientID !== care.self && isMember(care.electorate.roster, clientID),
  );
}

function admissionOf({ clientID, publicKey }: Candidate): Change {
  return { kind: 'admit', member: { clientID, publicKey } };
}

function waitingLongest(care: Care): Candidate | null {
  const waiting = care.peers.filter(
    (peer) =>
      peer.isReady &&
      care.now - peer.hereSince >= care.patienceMs &&
      problemOfChange(admissionOf(peer), care.electorate) === null,
  );
  waiting.sort((a, b) => a.hereSince - b.hereSince || compareText(a.clientID, b.clientID));
  return waiting[0] ?? null;
}
