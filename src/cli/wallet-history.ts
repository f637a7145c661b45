/** The history of an account, gathered block by block from a network. */

import type { Entry } from '../domain/contract.ts';
import type { AccountKey, TransactionID, UnixMs } from '../domain/names.ts';
import { grantTo } from '../ledger/genesis.ts';
import type { Rules } from '../ledger/rules.ts';
import { deltaOf, type Movement, movementsIn } from '../ledger/statement.ts';
import { nodeHasher } from '../node/crypto.ts';
import { dateOf } from './line-format.ts';

/** A movement with the balance after it. */
export type Line = {
  /** Null for what the account began with, before the first block. */
  readonly transactionID: TransactionID | null;
  /** When its block's challenge was opened. */
  readonly time: UnixMs | null;
  readonly movement: Movement;
  readonly balance: number;
};

export class History {
  readonly #key: AccountKey;
  readonly lines: Line[] = [];

  constructor(key: AccountKey) {
    this.#key = key;
  }

  see(entry: Entry, rules: Rules): void {
    if (entry.kind === 'genesis') {
      const amount = grantTo(this.#key, entry.genesis);
      if (amount > 0) this.#add(null, null, { what: 'genesis', amount });
    }
    if (entry.kind !== 'sealed') return;
    const { block, batch = [] } = entry;
    const { transactionID, time } = block;
    for (const movement of movementsIn(block, batch, this.#key, rules, nodeHasher))
      this.#add(transactionID, time, movement);
  }

  #add(transactionID: Line['transactionID'], time: Line['time'], movement: Movement): void {
    const balance = (this.lines.at(-1)?.balance ?? 0) + deltaOf(movement);
    this.lines.push({ transactionID, time, movement, balance });
  }
}

/** As a table's row: when, what, and what is left. */
export function describeLine({ transactionID, time, movement, balance }: Line): string {
  const block = (transactionID === null ? 'genesis' : `block ${transactionID}`).padEnd(12);
  const delta = deltaOf(movement);
  const signed = delta > 0 ? `+${delta}` : delta === 0 ? '' : String(delta);
  const units = `${signed.padStart(10)} ${String(balance).padStart(10)}`;
  const date = time === null ? ' '.repeat(dateOf(0).length) : dateOf(time);
  return `${block} ${date} ${units}  ${what(movement)}`;
}

function what(movement: Movement): string {
  switch (movement.what) {
    case 'genesis':
      return 'from the start';
    case 'reward':
      return 'reward';
    case 'sent':
      return `to ${movement.to}`;
    case 'received':
      return `from ${movement.from}`;
    case 'said':
      return `says ${movement.message}`;
  }
}
