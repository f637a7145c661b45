/** A ledger for people, and for programs: a line for each block. */

import { shortName } from '../client/describe.ts';
import { countOf } from '../domain/count-of.ts';
import type { Digest } from '../domain/names.ts';
import { isPlain, readText, type Transaction } from '../domain/transaction.ts';
import type { Beginning, Sealed } from './ledger-source.ts';
import { dateOf } from './line-format.ts';

/** Of a ledger that holds. */
export type Verdict = {
  readonly kind: 'verified';
  readonly blocks: number;
  readonly transactions: number;
  readonly seals: number;
  /** All balances together. */
  readonly units: number;
  /** What of them was there from the start; only where something was. */
  readonly genesis?: number;
  readonly accounts: number;
  readonly tip: Digest;
  readonly ms: number;
};

export function networkFacts({ founding, genesis, rules }: Beginning, network: Digest): object {
  const list = genesis.length === 0 ? {} : { genesis };
  return { kind: 'network', network, rules: rules.text, ...list, founding };
}

/** As it was recorded, with its transactions as objects: their keys in lower case. */
export function blockFacts({ block, digest, seal, batch = [] }: Sealed): object {
  const transactions = batch.map(readText);
  return { kind: 'block', ...block, digest, seal, transactions };
}

export function describeNetwork({ founding, genesis, rules }: Beginning, network: Digest): string {
  const names = founding.members.map(({ clientID }) => shortName(clientID));
  const about = `network ${network.slice(0, 8)}, founded by ${names.join(' ')}`;
  const grants = genesis.map(
    ({ key, units }) => `             ${countOf(units, 'unit')} to ${key} from the start`,
  );
  return [`${about}; rules: ${rules.text}`, ...grants].join('\n');
}

export function describeBlock({ block, digest, batch = [] }: Sealed): string {
  const { transactionID, time, challenge, clientID, reward, change } = block;
  const number = `block ${transactionID}`.padEnd(12);
  const what =
    change === undefined
      ? `${digest.slice(0, 16)}  ${challenge} bits, won by ${shortName(clientID)}` +
        (reward === undefined ? '' : ` for ${reward}`)
      : `${digest.slice(0, 16)}  ${change}`;
  const carried = batch.map((text) => `             ${describeTransaction(readText(text))}`);
  return [`${number} ${dateOf(time)}  ${what}`, ...carried].join('\n');
}

function describeTransaction(transaction: Transaction | null): string {
  if (transaction === null) return 'a transaction that cannot be read';
  const { sender } = transaction;
  const number = isPlain(transaction) ? 'no nonce' : `nonce ${transaction.nonce}`;
  return 'message' in transaction
    ? `${sender} says ${transaction.message} (${number})`
    : `${sender} sends ${transaction.amount} to ${transaction.to} (${number})`;
}

export function describeVerdict(verdict: Verdict): string {
  const { blocks, transactions, seals, units, accounts, ms, genesis } = verdict;
  const carried = `${countOf(transactions, 'transaction')} and ${countOf(seals, 'seal')}`;
  const origin =
    genesis === undefined
      ? 'what was earned'
      : `${genesis} from the start and ${units - genesis} that were earned`;
  return (
    `All holds: ${countOf(blocks, 'block')}, ${carried}, in ${(ms / 1000).toFixed(1)} s. ` +
    `${countOf(units, 'unit')} in ${countOf(accounts, 'account')}, which is ${origin}.`
  );
}
