/** What peers do of themselves, or because their clocks say so: at any moment, or never. */

import type { Hasher } from '../../domain/crypto.ts';
import { beginElection, closePhase } from '../../peer/electing.ts';
import { openChallenge } from '../../peer/governing.ts';
import { isInRoster, presentRoster } from '../../peer/memory.ts';
import { solve } from '../false-miner.ts';
import type { Making } from './making.ts';

/**
 * `suspect` its controller, as if it had been silent too long; find a phase of the election `late`;
 * `open` the next challenge; `solve` the one it knows.
 */
export type Deed = 'suspect' | 'late' | 'open' | 'solve';

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
};
