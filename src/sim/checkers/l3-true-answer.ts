/** L3: what is answered to a quest is true, and all of it was searched. */

import type { Hasher } from '../../domain/crypto.ts';
import type { AskedQuest } from '../../domain/message.ts';
import type { ClientID, QuestID } from '../../domain/names.ts';
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
      'before every nonce below was reported; for a service, with any find that was reported.',
    begin: () => new TrueAnswer(hasher),
  };
}

type Seen = {
  readonly quest: Quest;
  cover: Ranges;
  truth: number | null | undefined;
  /** Who wants it. */
  readonly askers: Set<ClientID>;
  /** All finds that were reported. */
  readonly finds: Set<number>;
};

class TrueAnswer implements Watcher {
  readonly #hasher: Hasher;
  readonly #seen = new Map<QuestID, Seen>();
  /** Whoever was controller: what only they ask for is for a service. */
  readonly #governors = new Set<ClientID>();

  constructor(hasher: Hasher) {
    this.#hasher = hasher;
  }

  see(fact: Fact): string | null {
    if (fact.kind !== 'said') return null;
    const { message } = fact;
    if (message.kind === 'mandate') this.#governors.add(message.clientID);
    if (message.kind === 'quest') this.#seeQuest(message);
    if (message.kind === 'report') {
      const seen = this.#seen.get(message.quest);
      const { from, to, found } = message;
      if (seen !== undefined) seen.cover = join(seen.cover, { from, to: found ?? to });
      if (found !== null) seen?.finds.add(found);
    }
    if (message.kind !== 'outcome' || message.reason !== null) return null;
    const problem = this.#judge(this.#seen.get(message.quest), message.found);
    return problem === null ? null : `${short(fact.by)} answers a quest, but ${problem}.`;
  }

  #seeQuest(quest: AskedQuest): void {
    const id = questIDOf(quest, this.#hasher);
    const none = { cover: [], truth: undefined, askers: new Set<ClientID>() };
    const seen = this.#seen.get(id) ?? { quest, ...none, finds: new Set<number>() };
    seen.askers.add(quest.clientID);
    this.#seen.set(id, seen);
  }

  #judge(seen: Seen | undefined, found: number | null): string | null {
    if (seen === undefined) return 'nobody asked for it';
    const { quest } = seen;
    if (found !== null && this.#isForService(seen)) return problemOfFind(seen, found);
    if (seen.truth === undefined) seen.truth = lowestIn(quest);
    const outcome = outcomeOf(found, null);
    if (found !== seen.truth) return `${seen.truth ?? 'none'} is the truth, not ${outcome.kind}`;
    const wanted = { from: quest.from, to: found ?? quest.to };
    const [gap] = gapsIn(wanted, seen.cover);
    return gap === undefined ? null : `nobody has reported ${gap.from} to ${gap.to}`;
  }

  #isForService({ askers }: Seen): boolean {
    return [...askers].every((asker) => this.#governors.has(asker));
  }
}

function problemOfFind({ quest, finds }: Seen, found: number): string | null {
  const { algorithm, prefix, bits } = quest;
  const zeros = zerosOf({ algorithm, header: prefix, nonceForm: 'decimal' }, found);
  if (zeros < bits) return `nonce ${found} is no find`;
  return finds.has(found) ? null : `nobody has reported nonce ${found}`;
}

function lowestIn({ algorithm, prefix, bits, from, to }: Quest): number | null {
  const form = { algorithm, header: prefix, nonceForm: 'decimal' } as const;
  for (let nonce = from; nonce < to; nonce += 1) if (zerosOf(form, nonce) >= bits) return nonce;
  return null;
}
