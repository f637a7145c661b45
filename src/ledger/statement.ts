/** What a block moves on one account, for whoever wants a statement of it. */

import type { Hasher } from '../domain/crypto.ts';
import type { Block } from '../domain/message.ts';
import type { AccountKey } from '../domain/names.ts';
import { type Batch, readText, type Transaction } from '../domain/transaction.ts';
import { accountOf } from './account.ts';
import type { Rules } from './rules.ts';

export type Movement =
  /** Before the first block. */
  | { readonly what: 'genesis'; readonly amount: number }
  | { readonly what: 'reward'; readonly amount: number }
  | {
      readonly what: 'sent';
      readonly to: AccountKey;
      readonly amount: number;
      readonly nonce: number;
    }
  | { readonly what: 'received'; readonly from: AccountKey; readonly amount: number }
  /** The nonce is null where it has none. */
  | { readonly what: 'said'; readonly message: string; readonly nonce: number | null };

/** Of a block that was checked, in the order in which they count: the batch, then the reward. */
export function movementsIn(
  block: Block,
  batch: Batch,
  key: AccountKey,
  rules: Rules,
  hasher: Hasher,
): readonly Movement[] {
  if (block.change !== undefined) return [];
  const moved = batch.flatMap((text) => {
    const transaction = readText(text);
    return transaction === null ? [] : movementsOf(transaction, key);
  });
  const isWinner =
    block.reward === undefined ? block.clientID === accountOf(key, hasher) : block.reward === key;
  return isWinner ? [...moved, { what: 'reward', amount: rules.reward }] : moved;
}

/** Two where somebody sends something to itself. */
function movementsOf(transaction: Transaction, key: AccountKey): readonly Movement[] {
  const { sender } = transaction;
  if ('message' in transaction) {
    const { message, nonce = null } = transaction;
    return sender === key ? [{ what: 'said', message, nonce }] : [];
  }
  const { to, amount, nonce } = transaction;
  return [
    ...(sender === key ? [{ what: 'sent', to, amount, nonce } as const] : []),
    ...(to === key ? [{ what: 'received', from: sender, amount } as const] : []),
  ];
}

/** What it adds to the balance, or takes from it. */
export function deltaOf(movement: Movement): number {
  switch (movement.what) {
    case 'genesis':
    case 'reward':
    case 'received':
      return movement.amount;
    case 'sent':
      return -movement.amount;
    case 'said':
      return 0;
  }
}
