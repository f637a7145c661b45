/** The manners of one random schedule: how its network and its peers behave. */

import type { Chance } from '../chance.ts';

/** Likelihoods, save for `spell`. */
export type Temper = {
  /** Of a crash of a peer at each of its steps, if nothing of its own is open. */
  readonly crash: number;
  /** Of doubts of a member in a controller that it could hear. */
  readonly doubt: number;
  /** Of cutting a controller off before anybody hears what it proposes or has sealed. */
  readonly aim: number;
  /** Of the loss of each letter to each peer. */
  readonly loss: number;
  /** Of cutting off one peer from all others, whenever the network changes; */
  readonly alone: number;
  /** of cutting ways at random instead. Otherwise none is cut. */
  readonly ragged: number;
  /** For at most so many steps the network stays as it is. */
  readonly spell: number;
};

/** Two pairs of three that share only one, again and again: the long way to break a seal. */
export function drawTemper(chance: Chance): Temper {
  const isDuel = chance.happens(0.3);
  if (isDuel) return { ...duel, spell: chance.between(100, 250) };
  return {
    crash: chance.happens(0.5) ? chance.next() * 0.05 : 0,
    doubt: chance.next() * 0.1,
    aim: chance.next(),
    loss: chance.next() * 0.06,
    alone: 0.5,
    ragged: 0.25,
    spell: chance.between(50, 200),
  };
}

const duel = { crash: 0, doubt: 0, aim: 1, loss: 0, alone: 1, ragged: 0 };
