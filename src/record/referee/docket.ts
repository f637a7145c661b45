/** Counts messages, and turns charges into violations that are told once. */

import type { Rule } from './rules.ts';
import type { Place } from './testimony.ts';
import type { Violation } from './violation.ts';

/** A charge of either dialect, with its rule looked up. */
export type Entry = {
  readonly rule: Rule;
  /** As programs, and as people are shown it; null where nobody can be named. */
  readonly who: { readonly name: string; readonly short: string } | null;
  readonly what: string;
  readonly subject: string;
  readonly place: Place | null;
  readonly isRemark?: boolean;
};

/** A flood of bad words would fill every memory and every report. */
const MOST_OF_A_RULE = 1_000;

export class Docket {
  /** What was told already. */
  readonly #told = new Set<string>();
  /** How many violations of each rule. */
  readonly #counts = new Map<string, number>();
  #repeated = 0;
  #messages = 0;
  #from: number | null = null;
  #to = 0;

  get messages(): number {
    return this.#messages;
  }

  get ms(): number {
    return this.#from === null ? 0 : this.#to - this.#from;
  }

  get repeated(): number {
    return this.#repeated;
  }

  /** The place of the message that was heard last. */
  get last(): Place {
    return { number: this.#messages, at: this.#to };
  }

  /** The place that the next message has, if it counts. */
  next(at: number): Place {
    return { number: this.#messages + 1, at };
  }

  count(at: number): void {
    this.#messages += 1;
    this.#from ??= at;
    this.#to = Math.max(this.#to, at);
  }

  tell(entries: readonly Entry[], place: Place): readonly Violation[] {
    return entries.flatMap((entry) => {
      const { rule, who, what, subject, isRemark = false } = entry;
      const heap = `${rule.id}${isRemark ? ' remark' : ''}`;
      const key = `${heap} ${who?.name} ${subject}`;
      const count = this.#counts.get(heap) ?? 0;
      if (this.#told.has(key) || count >= MOST_OF_A_RULE) {
        if (!isRemark) this.#repeated += 1;
        return [];
      }
      this.#told.add(key);
      this.#counts.set(heap, count + 1);
      const sentence = `${who === null ? 'somebody' : `peer ${who.short}`} ${what}`;
      const { number: message, at: time } = entry.place ?? place;
      const { id, section } = rule;
      const peer = who?.name ?? null;
      const remark = isRemark ? ({ isRemark } as const) : {};
      return [{ rule: id, section, peer, sentence, message, time, ...remark }];
    });
  }
}
