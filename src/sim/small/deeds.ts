/** What peers do of themselves, or because their clocks say so: at any moment, or never. */

import type { Hasher } from '../../domain/crypto.ts';
import type { Change } from '../../ledger/change.ts';
import { proposeChange } from '../../peer/caring.ts';
import { beginElection, closePhase, sayAgain } from '../../peer/electing.ts';
import { openChallenge, repeatMandate, sayProposal } from '../../peer/governing.ts';
import { isInRoster, presentRoster } from '../../peer/memory.ts';
import { saySolution } from '../../peer/searching.ts';
import { solve } from '../false-miner.ts';
import type { Making } from './making.ts';

/**
 * `suspect` its controller, as if it had been silent too long; find a phase of the election `late`;
 * `open` the next challenge; `solve` the one it knows; say `again` what is said until it is heard.
 */
export type Deed = 'suspect' | 'late' | 'open' | 'solve' | 'again';

/** The longest phase of an election. */
const lateMs = 10_000;

export const deeds: Readonly<Record<Deed, (making: Making, hasher: Hasher) => void>> = {
  suspect: (making) => {
    const { state } = making;
    const roster = presentRoster(state.memory);
    if (roster === null || !isInRoster(state.memory, state.settings.self.clientID)) return;
    if (state.election !== null || state.office !== null || state.link.isLeaving) return;
    making.do((step) => beginElection(step, roster, 'silent'), 0);
  },
  late: (making) => {
    if (making.state.election === null) return;
    making.do((step) => {
      step.cancel('phase');
      closePhase(step, true);
    }, lateMs);
  },
  open: (making) => {
    if (making.state.office?.opening !== null) return;
    making.do(openChallenge, 0);
  },
  solve: (making, hasher) => {
    const { mining } = making.state;
    if (mining === null) return;
    making.run({ kind: 'found', work: mining.id, solution: solve(mining, hasher) });
  },
  again: (making) => {
    making.do((step) => {
      sayAgain(step);
      saySolution(step);
      repeatMandate(step);
      sayProposal(step);
    }, 0);
  },
};

/** Proposes a change of the roster, if nothing else is being proposed. */
export function change(making: Making, wish: Change): void {
  const { office } = making.state;
  if (!office?.isGoverning || office.proposed !== null) return;
  making.do((step) => proposeChange(step, wish), 0);
}
