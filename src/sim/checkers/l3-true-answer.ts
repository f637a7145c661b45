/** L3: what is answered to a quest is true, and all of it was searched. */

import type { Hasher } from '../../domain/crypto.ts';
import type { QuestID } from '../../domain/names.ts';
import { outcomeOf, type Quest } from '../../domain/quest.ts';
import { questIDOf } from '../../lease/quest.ts';
import { gapsIn, join, type Ranges } from '../../lease/ranges.ts';
import { zerosOf } from '../../miner/candidates.ts';
import type { Checker, Fact, Watcher } from './fact.ts';
import { short } from './networks.ts';

export function trueAnswer(hasher: Hasher): Checker {
  return {
    name: 'L3',
    states:
      'A quest is answered with its lowest find, or with none where there is none, and not ' +
      'before every nonce below was reported.',
    begin: () => new TrueAnswer(hasher),
  };
}

type Seen = { readonly quest: Quest; cover: Ranges; truth: number | null | undefined };

class TrueAnswer implements Watcher {
  readonly #hasher: Hasher;
  readonly #seen = new Map<QuestID, Seen>();

  constructor(hasher: Hasher) {
    this.#hasher = hasher;
  }

  see(fact: Fact): string | null {
    if (fact.kind !== 'said') return null;
    const { message } = fact;
    if (message.kind === 'quest') {
      const id = questIDOf(message, this.#hasher);
      if (!this.#seen.has(id)) this.#seen.set(id, { quest: message, cover: [], truth: undefined });
    }
    if (message.kind === 'report') {
      const seen = this.#seen.get(message.quest);
      const { from, to, found } = message;
      if (seen !== undefined) seen.cover = join(seen.cover, { from, to: found ?? to });
    }
    if (message.kind !== 'outcome' || message.reason !== null) return null;
    const problem = this.#judge(this.#seen.get(message.quest), message.found);
    return problem === null ? null : `${short(fact.by)} answers a quest, but ${problem}.`;
  }

  #judge(seen: Seen | undefined, found: number | null): string | null {
    if (seen === undefined) return 'nobody asked for it';
    const { quest } = seen;
    if (seen.truth === undefined) seen.truth = lowestIn(quest);
    const outcome = outcomeOf(found, null);
    if (found !== seen.truth) return `${seen.truth ?? 'none'} is the truth, not ${outcome.kind}`;
    const wanted = { from: quest.from, to: found ?? quest.to };
    const [gap] = gapsIn(wanted, seen.cover);
    return gap === undefined ? null : `nobody has reported ${gap.from} to ${gap.to}`;
  }
}

function lowestIn({ algorithm, prefix, bits, from, to }: Quest): number | null {
  const form = { algorithm, header: prefix, nonceForm: 'decimal' } as const;
  for (let nonce = from; nonce < to; nonce += 1) if (zerosOf(form, nonce) >= bits) return nonce;
  return null;
}
