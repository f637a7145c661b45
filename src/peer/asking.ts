/** Asks for the blocks that others have and we don't, until we have them. */

import { type ClientID, compareText, type TransactionID } from '../domain/names.ts';
import { believable } from '../domain/roster.ts';
import type { Acquaintance } from '../election/gathering.ts';
import type { State } from './state.ts';
import type { Step } from './step.ts';

export const askMs = 1_000;

/** Whoever claimed the height may have lied, or be gone: we stop asking, and hear of it again. */
const mostAsked = 20;

/** So often in a row we ask in vain before we mine on meanwhile, on what we have. */
const mostPaused = 3;

/** Pages of so many peers may turn out wrong before the first of them gets another chance. */
const mostShunned = 16;

/** People hear how it goes where it takes more blocks than that, and so often at the most. */
const longSync = 1_000;
const tellMs = 1_000;

/** How long a claim that brought no blocks is not believed; twice as long each time. */
const doubtMs = 20_000;
const longestDoubtMs = 600_000;

/** What a peer says of its height, as far as we believe it. */
export function claimOf(state: State, peer: Acquaintance): TransactionID {
  if (peer.boastedAt === null) return peer.height;
  return Math.min(peer.height, believableHeight(state)) as TransactionID;
}

/** The highest height that not only lying members can claim. */
function believableHeight({ memory, acquaintances }: State): TransactionID {
  const { chain, height } = memory;
  if (chain === null) return height;
  const claims = chain.roster.members.map(
    ({ clientID }) => acquaintances[clientID]?.height ?? height,
  );
  return believable(claims, chain.roster) ?? height;
}

/** A peer claims a height: asks for its blocks, unless it claimed so in vain lately. */
export function hearClaim(step: Step, clientID: ClientID): void {
  const { state } = step;
  const peer = state.acquaintances[clientID];
  if (peer === undefined) return;
  const waitMs = Math.min(longestDoubtMs, doubtMs * 2 ** Math.min(peer.boasts - 1, 10));
  if (peer.boastedAt !== null && step.since(peer.boastedAt) >= waitMs) peer.boastedAt = null;
  fallBehind(step, claimOf(state, peer));
}

/** It has shown blocks: what it claims is believed again. */
export function trustClaims({ state }: Step, clientID: ClientID): void {
  const peer = state.acquaintances[clientID];
  if (peer === undefined) return;
  peer.boasts = 0;
  peer.boastedAt = null;
}

/** We asked long enough: those that claim more blocks than others do are doubted. */
function doubtClaims(step: Step): void {
  const { state } = step;
  const proven = Math.max(state.memory.height, believableHeight(state));
  for (const peer of Object.values(state.acquaintances)) {
    if (peer.height <= proven || peer.boastedAt !== null) continue;
    peer.boasts += 1;
    peer.boastedAt = step.now.at;
  }
}

/** We hear of blocks that we don't have, or of a network: asks, and goes on asking. */
export function fallBehind(step: Step, target: TransactionID): void {
  const { state } = step;
  const { height } = state.memory;
  if (target <= height) return;
  const { behind } = state;
  if (behind !== null) {
    behind.target = Math.max(target, behind.target) as TransactionID;
    return;
  }
  state.behind = {
    target,
    asked: 0,
    from: height,
    since: step.now.at,
    toldAt: null,
    isServed: false,
    helper: null,
    shunned: [],
  };
  ask(step);
}

/**
 * Says the request, and again each second until we have caught up: to whoever helped us last, and
 * if that one is silent, to everybody.
 */
export function ask(step: Step): void {
  const { behind, memory, settings } = step.state;
  step.cancel('ask');
  if (behind === null) return;
  if (memory.height >= behind.target || behind.asked >= mostAsked) {
    if (memory.height < behind.target) doubtClaims(step);
    endCatchUp(step);
    return;
  }
  if (behind.asked > 0) behind.helper = null;
  behind.asked += 1;
  step.state.asks += 1;
  const { self, isQuiet } = settings;
  step.say({
    kind: 'request',
    clientID: step.self,
    from: memory.height,
    incarnation: memory.incarnation,
    number: step.state.asks,
    ...(behind.helper !== null && { helper: behind.helper }),
    ...(isQuiet === true && { publicKey: self.publicKey }),
  });
  step.alarm('ask', askMs);
}

/** A page was good: its sender goes on at once. */
export function askOn(step: Step, helper: ClientID): void {
  const { behind } = step.state;
  if (behind === null) return;
  behind.helper = helper;
  behind.asked = 0;
  ask(step);
}

/** A page was wrong: its sender is not asked again, and somebody else is at once. */
export function shun(step: Step, clientID: ClientID): void {
  const { behind } = step.state;
  if (behind === null || behind.shunned.includes(clientID)) return;
  behind.shunned = [...behind.shunned, clientID].slice(-mostShunned);
  if (behind.helper !== null && behind.helper !== clientID) return;
  const other = whoElse(step.state, behind.shunned);
  // Everybody was asked already, and will be again in a moment.
  if (other !== null) askOn(step, other);
  else behind.helper = null;
}

/** Somebody of our network who says that it has more blocks. */
function whoElse(state: State, shunned: readonly ClientID[]): ClientID | null {
  const { acquaintances, memory, settings } = state;
  const able = Object.values(acquaintances).filter(
    ({ clientID, gone, network, height }) =>
      gone === null &&
      height > memory.height &&
      network === memory.network?.digest &&
      clientID !== settings.self.clientID &&
      !shunned.includes(clientID),
  );
  able.sort((a, b) => b.height - a.height || compareText(a.clientID, b.clientID));
  return able[0]?.clientID ?? null;
}

/** We have all that we heard of, or ask no more. */
export function endCatchUp(step: Step): void {
  const { behind, memory } = step.state;
  step.cancel('ask');
  step.state.behind = null;
  if (behind?.isServed) step.note({ kind: 'synced', from: behind.from, to: memory.height });
}

/** Tells people how far we are, if that is worth a word. */
export function tellCatchUp(step: Step): void {
  const { behind, memory } = step.state;
  if (behind === null || behind.target - behind.from < longSync) return;
  if (behind.toldAt !== null && step.since(behind.toldAt) < tellMs) return;
  behind.toldAt = step.now.at;
  const { from, target: of } = behind;
  const elapsedMs = step.since(behind.since);
  step.note({ kind: 'syncing', from, height: memory.height, of, elapsedMs });
}

/**
 * Whether our present number is taken already, so that to search it would be in vain: a page has
 * come, or a member says so. A claim that nobody follows up with blocks is believed for 3 s.
 */
export function isCatchingUp(state: State): boolean {
  const { behind, memory, acquaintances } = state;
  if (behind === null || behind.asked > mostPaused || memory.chain === null) return false;
  const { height, chain, network } = memory;
  return (
    behind.isServed ||
    chain.roster.members.some(({ clientID }) => {
      const peer = acquaintances[clientID];
      if (peer === undefined || peer.network !== network?.digest) return false;
      return claimOf(state, peer) > height;
    })
  );
}
