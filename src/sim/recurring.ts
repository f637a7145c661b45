/** What happens again and again in a false world, for as long as it lasts. */

import type { Agenda } from './agenda.ts';
import type { Chance } from './chance.ts';

/** From now on, so often on average. */
export function recur(agenda: Agenda, chance: Chance, everyMs: number, happen: () => void): void {
  agenda.plan(chance.next() * 2 * everyMs, () => {
    happen();
    recur(agenda, chance, everyMs, happen);
  });
}
