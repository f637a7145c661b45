/** Hears of other peers: who is there, who is gone, and what they last said of themselves. */

import type { Heartbeat, Introduction, Message, Presence } from '../domain/message.ts';
import { type ClientID, type Term, UNFOUNDED } from '../domain/names.ts';
import type { Refusal } from '../domain/refusal.ts';
import { type Acquaintance, isKnown } from '../election/gathering.ts';
import { attendSoon } from './attending.ts';
import { isInRoster } from './memory.ts';
import { controllerOf, countKnown, greetSoon, knownSince } from './presence.ts';
import type { State } from './state.ts';
import type { Step } from './step.ts';

/** Strangers must not fill the memory; members of the network are never forgotten. */
const mostAcquaintances = 1_000;

/** The record of a peer, begun where there is none. */
export function acquaintanceOf(step: Step, clientID: ClientID): Acquaintance {
  const { acquaintances } = step.state;
  const known = acquaintances[clientID];
  if (known !== undefined) return known;
  forgetOne(step.state);
  const acquaintance: Acquaintance = {
    clientID,
    publicKey: null,
    incarnation: 0,
    beat: 0,
    heardAt: null,
    hereSince: null,
    gone: null,
    goneAt: null,
    rules: null,
    network: null,
    term: 0 as Term,
    controllerID: null,
    height: UNFOUNDED,
    hashRate: 0,
    isAnnounced: false,
  };
  acquaintances[clientID] = acquaintance;
  return acquaintance;
}

/** Makes room by forgetting the stranger that was silent longest. */
function forgetOne(state: State): void {
  const all = Object.values(state.acquaintances);
  if (all.length < mostAcquaintances) return;
  const strangers = all.filter(({ clientID }) => !isInRoster(state.memory, clientID));
  strangers.sort((a, b) => (a.heardAt ?? 0) - (b.heardAt ?? 0));
  const [oldest] = strangers;
  if (oldest !== undefined) delete state.acquaintances[oldest.clientID];
}

/** Any valid message is a sign of life, unless a broker kept it or an older connection sent it. */
export function hearSignOfLife(step: Step, clientID: ClientID, message: Message): void {
  const peer = acquaintanceOf(step, clientID);
  if ('publicKey' in message && message.publicKey !== undefined) peer.publicKey = message.publicKey;
  const isFirst = peer.heardAt === null || peer.heardAt < knownSince(step);
  if (isFirst || peer.gone !== null || peer.hereSince === null) peer.hereSince = step.now.at;
  peer.heardAt = step.now.at;
  if (peer.gone === 'lost') peer.gone = null;
  if (isFirst) {
    greetSoon(step);
    attendSoon(step);
  }
  announce(step, peer);
}

/** What an introduction or a presence says of its sender. A refusal changes nothing. */
export function hearAbout(step: Step, about: Introduction | Presence): Refusal | null {
  const peer = acquaintanceOf(step, about.clientID);
  if (about.incarnation < peer.incarnation) return { code: 'stale-incarnation' };
  if (about.incarnation > peer.incarnation) {
    peer.incarnation = about.incarnation;
    peer.beat = 0;
    peer.gone = null;
  }
  peer.publicKey = about.publicKey;
  peer.rules = about.rules;
  peer.network = about.network;
  if (about.kind === 'presence' && about.state !== 'ready') depart(step, peer, about.state);
  const { rules } = step.state;
  if (about.rules === rules) return null;
  return { code: 'other-rules', theirs: about.rules, ours: rules };
}

/** What a heartbeat says of its sender; only ever newer ones count. */
export function hearBeat(step: Step, heartbeat: Heartbeat): Refusal | null {
  const peer = acquaintanceOf(step, heartbeat.clientID);
  const isNew = heartbeat.incarnation > peer.incarnation;
  if (heartbeat.incarnation < peer.incarnation) return { code: 'stale-incarnation' };
  if (!isNew && heartbeat.beat <= peer.beat) return { code: 'stale-beat' };
  if (isNew) peer.gone = null;
  peer.incarnation = heartbeat.incarnation;
  peer.beat = heartbeat.beat;
  peer.network = heartbeat.network;
  peer.term = heartbeat.term;
  peer.controllerID = heartbeat.controllerID;
  peer.height = heartbeat.transactionID;
  peer.hashRate = heartbeat.hashRate;
  if (heartbeat.state === 'leaving') depart(step, peer, 'leaving');
  return null;
}

function depart(step: Step, peer: Acquaintance, how: NonNullable<Acquaintance['gone']>): void {
  if (peer.gone !== how) peer.goneAt = step.now.at;
  peer.gone = how;
  retract(step, peer);
}

/** Tells people of a peer that is there, once. */
function announce(step: Step, peer: Acquaintance): void {
  if (peer.isAnnounced || !isKnown(peer, step.state.rules, knownSince(step))) return;
  peer.isAnnounced = true;
  tell(step, 'joined', peer.clientID);
}

function retract(step: Step, peer: Acquaintance): void {
  if (!peer.isAnnounced) return;
  peer.isAnnounced = false;
  tell(step, 'left', peer.clientID);
}

/** Tells people of those who fell silent. */
export function retractSilent(step: Step): void {
  for (const peer of Object.values(step.state.acquaintances)) {
    if (!isKnown(peer, step.state.rules, knownSince(step))) retract(step, peer);
  }
}

function tell(step: Step, kind: 'joined' | 'left', peer: ClientID): void {
  step.note({ kind, peer, known: countKnown(step), wanted: step.state.settings.peers });
}

/** When the controller we obey was last heard, and how it went if it did. */
export function controllerRecord(step: Step): Acquaintance | null {
  const controllerID = controllerOf(step.state);
  return controllerID === null ? null : acquaintanceOf(step, controllerID);
}
