/** Hears of other peers: who is there, who is gone, and what they last said of themselves. */

import type { Heartbeat, Introduction, Message, Presence } from '../domain/message.ts';
import { type ClientID, type Term, UNFOUNDED } from '../domain/names.ts';
import type { Refusal } from '../domain/refusal.ts';
import {
  type Acquaintance,
  isFarSign,
  isKnown,
  isLater,
  type Sign,
} from '../election/gathering.ts';
import { answerSoon, isUnanswered } from './answering.ts';
import { attendSoon } from './attending.ts';
import { isHeir, isHeritable } from './inheriting.ts';
import { isInRoster } from './memory.ts';
import { beatInTurn, controllerOf, countKnown, greetSoon, knownSince } from './presence.ts';
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
    lastSign: { incarnation: 0, beat: 0 },
    heardAt: null,
    hereSince: null,
    gone: null,
    goneAt: null,
    rules: null,
    name: null,
    network: null,
    term: 0 as Term,
    controllerID: null,
    height: UNFOUNDED,
    boasts: 0,
    boastedAt: null,
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

/**
 * What an older connection of a peer says is void. So would be all that it says later, if it were
 * believed that it has connected, or beaten, as often as no peer can.
 */
export function refuseCounts({ state }: Step, message: Message): Refusal | null {
  if (!('incarnation' in message)) return null;
  const { incarnation } = message;
  if (incarnation === undefined) return null;
  const beat = 'beat' in message ? (message.beat ?? 0) : 0;
  const { clientID } = message;
  // Of ourselves we know more than what we hear.
  const isOurs = clientID === state.settings.self.clientID;
  const known = isOurs ? undefined : state.acquaintances[clientID];
  const own = { incarnation: state.memory.incarnation, beat: state.beat };
  const last = isOurs ? own : known?.lastSign;
  if (isFarSign({ incarnation, beat }, last)) return { code: 'far-count' };
  return known !== undefined && incarnation < known.incarnation
    ? { code: 'stale-incarnation' }
    : null;
}

/** What a live message brings along, whatever it says. */
export function learnKey(step: Step, clientID: ClientID, message: Message): void {
  const peer = acquaintanceOf(step, clientID);
  if ('publicKey' in message && message.publicKey !== undefined) peer.publicKey = message.publicKey;
  if (message.kind === 'introduction' || message.kind === 'presence')
    hearName(step, peer, message.name ?? null);
  // In a founding, commitments may come before introductions.
  if (message.kind === 'commitment' && message.name !== undefined)
    hearName(step, peer, message.name);
}

/**
 * Whether a live message shows that its sender lives: by a higher incarnation or beat than ever
 * before. Anybody can publish an old text again, so a text that we do not remember is no sign.
 */
export function hearSign(step: Step, clientID: ClientID, message: Message): boolean {
  const sign = signIn(message);
  if (sign === null) return false;
  const peer = acquaintanceOf(step, clientID);
  if (!isLater(sign, peer.lastSign)) return false;
  const isConnection = sign.incarnation > peer.lastSign.incarnation;
  peer.lastSign = sign;
  hearAlive(step, clientID);
  if (isConnection) hearConnection(step, clientID);
  return true;
}

/** A peer has connected: it waits for an answer of the controller, or we for its. */
function hearConnection(step: Step, clientID: ClientID): void {
  answerSoon(step, clientID);
  if (clientID === controllerOf(step.state) && isUnanswered(step.state)) beatInTurn(step);
}

/** What counts its sender's connections and beats, but for farewells. */
function signIn(message: Message): Sign | null {
  switch (message.kind) {
    case 'heartbeat':
      return { incarnation: message.incarnation, beat: message.beat };
    case 'introduction':
      return { incarnation: message.incarnation, beat: 0 };
    case 'presence':
      return message.state === 'ready' ? { incarnation: message.incarnation, beat: 0 } : null;
    case 'challenge': {
      const { incarnation, beat } = message;
      return incarnation === undefined || beat === undefined ? null : { incarnation, beat };
    }
    default:
      return null;
  }
}

/** A peer is there now. */
export function hearAlive(step: Step, clientID: ClientID): void {
  const peer = acquaintanceOf(step, clientID);
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
  hearName(step, peer, about.name ?? null);
  peer.network = about.network;
  if (about.kind === 'presence' && about.state !== 'ready') depart(step, peer, about.state);
  const { rules } = step.state;
  if (about.rules === rules) return null;
  // One that comes to a network takes over what its accounts begin with, and with it its Rules.
  const isToCome = about.network === null && isHeir(step.state, about.rules);
  const isThere = about.network !== null && isHeritable(step.state, about.rules);
  if (isToCome || isThere) return null;
  return { code: 'other-rules', theirs: about.rules, ours: rules };
}

/** People are told by which small number it is called, and again when that changes. */
function hearName(step: Step, peer: Acquaintance, name: number | null): void {
  if (peer.name === name) return;
  peer.name = name;
  step.note({ kind: 'called', who: peer.clientID, name });
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

/** What we know of the controller that we obey. */
export function controllerRecord(step: Step): Acquaintance | null {
  const controllerID = controllerOf(step.state);
  return controllerID === null ? null : acquaintanceOf(step, controllerID);
}
