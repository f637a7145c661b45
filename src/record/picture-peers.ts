/** What peers say of themselves, in a picture: introductions, presence and heartbeats. */

import type { Heartbeat, Introduction, Presence } from '../domain/message.ts';
import type { Term } from '../domain/names.ts';
import { isMemberIn, type PeerPicture } from './picture.ts';
import { type Step, tell } from './picture-step.ts';

/** Pauses beyond this are silence, and say nothing about how often somebody speaks. */
const PAUSE_MOST_MS = 120_000;

export function takeAbout(step: Step, peer: PeerPicture, about: Introduction | Presence): void {
  const { picture } = step;
  if (about.incarnation > peer.incarnation) {
    peer.incarnation = about.incarnation;
    peer.gone = null;
  }
  peer.rules = about.rules;
  peer.name = about.name ?? null;
  peer.known = about.known;
  peer.seats = about.peers;
  const isFarewell = about.kind === 'presence' && about.state !== 'ready';
  // Until somebody who lives has shown which rules hold here, those named last are a guess.
  if (picture.rulesOf === 'anybody' && !isFarewell) takeRules(step, peer);
  if (isFarewell) depart(step, peer, about.state);
}

export function takeHeartbeat(step: Step, peer: PeerPicture, heartbeat: Heartbeat): void {
  const { at } = step;
  const { incarnation, beat, state } = heartbeat;
  const before = peer.beat;
  const isNext = before?.incarnation === incarnation && beat === before.beat + 1;
  if (isNext && peer.beatAt !== null) {
    const pauseMs = Math.min(PAUSE_MOST_MS, at - peer.beatAt);
    peer.longestPauseMs = Math.max(peer.longestPauseMs, pauseMs);
  }
  if (incarnation > peer.incarnation) peer.gone = null;
  Object.assign(peer, { incarnation, beat: heartbeat, beatAt: at });
  hearRules(step, peer, heartbeat);
  const { height: of } = step.picture;
  const { transactionID: height } = heartbeat;
  // The last block may still be on its way to it.
  peer.behind = of !== null && height + 1 < of ? { height, of } : null;
  if (state === 'leaving') depart(step, peer, 'leaving');
  hearStanding(step, heartbeat);
}

function takeRules({ picture }: Step, { rules, seats }: PeerPicture): void {
  picture.rules = rules;
  picture.seats = seats;
}

/** Others are judged by the rules of the first peer that lives; sooner by those of a network. */
function hearRules(step: Step, peer: PeerPicture, { network }: Heartbeat): void {
  const { picture } = step;
  const whose = network === null ? 'peer' : 'network';
  if (peer.rules === null || picture.rulesOf === 'network' || picture.rulesOf === whose) return;
  takeRules(step, peer);
  picture.rulesOf = whose;
}

function depart(step: Step, peer: PeerPicture, how: NonNullable<PeerPicture['gone']>): void {
  if (peer.gone === how) return;
  peer.gone = how;
  tell(step, { kind: 'gone', peer: peer.clientID, how });
}

/** Whom it obeys, and in which network. */
function hearStanding(step: Step, heartbeat: Heartbeat): void {
  const { picture, at } = step;
  const { clientID, term, controllerID, network } = heartbeat;
  const { controller } = picture;
  const isKnown = picture.roster === null || isMemberIn(picture, clientID);
  if (network === null || (!isKnown && controller?.isAlive === true)) return;
  if (!isKnown) {
    // The roster is that of a mandate which the broker has kept, and no peer obeys.
    if (controllerID === clientID) Object.assign(picture, { controller: null, roster: null });
    else return;
    hearStanding(step, heartbeat);
    return;
  }
  raiseTerm(step, term);
  if (controller?.term === term && controller.clientID === controllerID) {
    controller.isAlive = true;
    picture.network ??= network;
  } else if (controllerID === clientID && (controller === null || controller.term <= term)) {
    // Its mandate was before our time, and the broker has not kept it.
    picture.controller = { clientID, term, votes: 0, since: at, isAlive: true };
    picture.network ??= network;
  } else if (controller?.clientID === clientID && controller.isAlive && term >= controller.term) {
    tell(step, { kind: 'stepped-down', term: controller.term, controller: clientID });
    picture.controller = null;
  }
}

/** Terms only rise. */
export function raiseTerm({ picture }: Step, term: Term): void {
  if (term > picture.term) picture.term = term;
}
