/** L6: under `interval2`, Times rise, and bits by one at most with each window of blocks. */

import type { Block } from '../../domain/message.ts';
import type { ClientID } from '../../domain/names.ts';
import type { Checker, Fact, Watcher } from './fact.ts';
import { short } from './networks.ts';
import { SaidRules } from './rules-of.ts';

export const risingTime: Checker = {
  name: 'L6',
  states: 'Under interval2, Times rise, and bits by one at most with each window.',
  begin: () => new RisingTime(),
};

/** Blocks of a window, as PROTOCOL 7 has it. */
const windowBlocks = 8;

type Ledger = { readonly time: number; readonly mined: number };

class RisingTime implements Watcher {
  readonly #rules = new SaidRules();
  readonly #ledgers = new Map<ClientID, Ledger>();

  see(fact: Fact): string | null {
    this.#rules.see(fact);
    if (fact.kind !== 'recorded' || fact.entry.kind !== 'sealed') return null;
    const rule = this.#rules.of(fact.by)?.difficulty;
    return rule?.kind === 'interval2' ? this.#add(fact.by, fact.entry.block, rule.bits) : null;
  }

  #add(peer: ClientID, block: Block, firstBits: number): string | null {
    const { time, mined } = this.#ledgers.get(peer) ?? { time: -1, mined: 0 };
    const isMined = block.change === undefined;
    this.#ledgers.set(peer, { time: block.time, mined: mined + (isMined ? 1 : 0) });
    const { transactionID, challenge } = block;
    if (time >= block.time)
      return `Block ${transactionID} of ${short(peer)} is not opened after the one before.`;
    const most = firstBits + Math.floor(mined / windowBlocks);
    if (challenge <= most) return null;
    return `Block ${transactionID} of ${short(peer)} has ${challenge} bits, and at most ${most}.`;
  }
}
