/** Which words show that their sender lives: those that move something, as repeats do not. */

import type { Message } from '../domain/message.ts';
import type { State } from './state.ts';
import type { Step } from './step.ts';

/**
 * What a controller's words move, and each of them once: repeats, from any sender, find it moved.
 * So a controller shows by them that it lives, also where its heartbeats are lost.
 */
export function movable(state: State): readonly unknown[] {
  const { obeyed, challenge, proposal, memory } = state;
  return [obeyed, challenge, proposal, memory.accepted, memory.height];
}

/** How the work of a network goes on: its blocks, and what is leased and searched of quests. */
export type Work = { readonly blocks: readonly unknown[]; readonly searched: number };

export function workIn(state: State): Work {
  const searched = state.quests.map(({ book }) => 2 * book.claims.length + book.grants.length);
  return { blocks: movable(state), searched: searched.reduce((sum, each) => sum + each, 0) };
}

/** Whether words have moved something. */
export function hasChanged(before: readonly unknown[], after: readonly unknown[]): boolean {
  return before.some((each, index) => each !== after[index]);
}

/** In a founding peers are known by their parts in the election, too, but not by repeats. */
export function isNewInBooth({ state }: Step, message: Message): boolean {
  if (state.memory.network !== null) return false;
  switch (message.kind) {
    case 'commitment': {
      const known = state.booths[message.term]?.commitments[message.clientID];
      return known?.commit !== message.commit || known.roster !== message.roster;
    }
    case 'reveal':
      return state.booths[message.term]?.reveals[message.clientID] === undefined;
    case 'vote':
      return state.booths[message.term]?.votes[message.clientID] === undefined;
    default:
      return false;
  }
}
