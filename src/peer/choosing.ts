/** Whom a vote goes to where the Rules leave the lot out (PROTOCOL 11), and who goes first. */

import type { Settings } from '../domain/contract.ts';
import type { ClientID } from '../domain/names.ts';
import { type Draw, nameLowest } from '../election/draw.ts';
import type { Named } from '../election/precedence.ts';
import type { Election, State } from './state.ts';
import type { Step } from './step.ts';

/** Whom our vote goes to where the Rules leave the lot out; null where they don't. */
export function nameWithoutLot(
  state: State,
  drawn: Draw,
  counted: Election['counted'],
): ReturnType<typeof nameLowest> | null {
  const { election } = state.settings;
  if (election === 'present') return nameLowest(drawn, null, (peer) => counted[peer]?.name);
  return election === 'lowest' ? nameLowest(drawn, incumbentOf(state)) : null;
}

/**
 * Who governed last, as far as we know. Not all know the same: after an election that came to
 * nothing nobody counts as incumbent, so that the next one is unanimous.
 */
function incumbentOf({ obeyed, givenUp }: State): ClientID | null {
  return givenUp > 0 ? null : (obeyed?.controllerID ?? null);
}

/** Only where it counts: signed with the commitment, all who count that know it alike. */
export function nameInCommitment({ election, name }: Settings): { readonly name?: number } {
  return election === 'present' && name !== undefined ? { name } : {};
}

/** A peer with the Name that it last said of itself. */
export function namedOf({ state, self }: Step, clientID: ClientID): Named {
  const { acquaintances, settings } = state;
  const said = clientID === self ? settings.name : acquaintances[clientID]?.name;
  return { clientID, name: said ?? null };
}
