/** Where each peer of a picture stands at a moment, and why it does not mine if it doesn't. */

import type { Idle } from '../domain/idle.ts';
import { type ClientID, compareText, type UnixMs } from '../domain/names.ts';
import { isMemberIn, type PeerPicture, type Picture } from './picture.ts';

export type Role = 'controller' | 'member' | 'observer' | 'none';

/** What a peer does: mines, does not for a reason of its own, or is not there. */
export type Doing =
  | { readonly kind: 'mines' }
  | { readonly kind: 'idle'; readonly idle: Idle }
  /** Its last heartbeat says no rate although there is work: it may just have begun. */
  | { readonly kind: 'rests' }
  | { readonly kind: 'gone'; readonly how: 'lost' | 'disconnected' }
  | { readonly kind: 'silent'; readonly ms: number }
  /** The broker remembers it, and it has not said a word. */
  | { readonly kind: 'unheard' }
  | { readonly kind: 'other-network' | 'other-rules' };

export type Standing = {
  readonly peer: PeerPicture;
  readonly role: Role;
  readonly doing: Doing;
  /** Hashes a second, 0 for who does not mine. */
  readonly perSecond: number;
};

/** PROTOCOL 4: every 5 s, unless a peer is told otherwise. */
const HEARTBEAT_MS = 5_000;

/** PROTOCOL 6.1: who gave no sign for so many heartbeats is suspected. */
const SILENT_HEARTBEATS = 3;

/** Who is gone for good is of no interest after so long. */
const GONE_MS = 60_000;

/** Members first, then observers, then who is gone; each in order of ClientID. */
export function standingsOf(picture: Picture, now: UnixMs): readonly Standing[] {
  const rank = ({ role, doing }: Standing): number => {
    if (doing.kind === 'gone') return 3;
    return role === 'controller' || role === 'member' ? 0 : role === 'observer' ? 1 : 2;
  };
  return Object.values(picture.peers)
    .map((peer) => standingOf(picture, peer, now))
    .filter(({ doing, role, peer: { heardAt } }) => {
      const isOver = doing.kind === 'gone' && role !== 'member' && role !== 'controller';
      return !isOver || now - (heardAt ?? 0) < GONE_MS;
    })
    .sort((a, b) => rank(a) - rank(b) || compareText(a.peer.clientID, b.peer.clientID));
}

/** What all who mine try in a second. */
export function totalRate(standings: readonly Standing[]): number {
  return standings.reduce((sum, { perSecond }) => sum + perSecond, 0);
}

function standingOf(picture: Picture, peer: PeerPicture, now: UnixMs): Standing {
  const doing = doingOf(picture, peer, now);
  const perSecond = doing.kind === 'mines' ? (peer.beat?.hashRate ?? 0) : 0;
  return { peer, role: roleOf(picture, peer.clientID), doing, perSecond };
}

function roleOf(picture: Picture, clientID: ClientID): Role {
  if (picture.controller?.clientID === clientID) return 'controller';
  if (isMemberIn(picture, clientID)) return 'member';
  return picture.roster === null ? 'none' : 'observer';
}

function doingOf(picture: Picture, peer: PeerPicture, now: UnixMs): Doing {
  const { gone, heardAt, beat, rules } = peer;
  if (gone === 'lost' || gone === 'disconnected') return { kind: 'gone', how: gone };
  if (heardAt === null) return { kind: 'unheard' };
  const heartbeatMs = Math.max(HEARTBEAT_MS, peer.longestPauseMs);
  const silentMs = now - heardAt;
  if (silentMs > SILENT_HEARTBEATS * heartbeatMs) return { kind: 'silent', ms: silentMs };
  if (picture.rules !== null && rules !== null && rules !== picture.rules) {
    return { kind: 'other-rules' };
  }
  const theirs = beat?.network ?? null;
  if (picture.network !== null && theirs !== null && theirs !== picture.network) {
    return { kind: 'other-network' };
  }
  if (gone === 'leaving') return idle({ reason: 'leaving' });
  return atWork(picture, peer);
}

function atWork(picture: Picture, peer: PeerPicture): Doing {
  const { challenge, controller } = picture;
  const { clientID, beat, behind } = peer;
  if (controller?.clientID === clientID) return idle({ reason: 'governing' });
  // What it said before the last mandate says nothing of how it stands under it.
  const isNews = beat !== null && (peer.beatAt ?? 0) > (controller?.since ?? 0);
  if (!isMemberIn(picture, clientID) && (beat === null || beat.network === null)) {
    return unfounded(picture, peer);
  }
  if (controller === null || (isNews && beat.controllerID === null)) {
    return idle({ reason: 'no-controller', term: picture.term });
  }
  if (behind !== null) return idle({ reason: 'behind', ...behind });
  return underChallenge(challenge, peer);
}

function underChallenge(challenge: Picture['challenge'], { solved, beat }: PeerPicture): Doing {
  if (challenge === null) return idle({ reason: 'no-challenge' });
  if (challenge.proposal !== null) {
    return idle({ reason: 'proposed', miner: challenge.proposal.miner });
  }
  if (solved === challenge.transactionID) return idle({ reason: 'solved' });
  return beat !== null && beat.hashRate > 0 ? { kind: 'mines' } : { kind: 'rests' };
}

function unfounded({ network }: Picture, { known, seats }: PeerPicture): Doing {
  if (network !== null) return idle({ reason: 'learning', network });
  if (known >= seats) return idle({ reason: 'founding' });
  return idle({ reason: 'peers-missing', known, wanted: seats });
}

function idle(why: Idle): Doing {
  return { kind: 'idle', idle: why };
}
