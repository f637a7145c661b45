/** Where `sortition ledger` reads: a peer's data directory, or a running network. */

import type { Command } from 'commander';
import type { Entry } from '../domain/contract.ts';
import type { Genesis } from '../domain/genesis.ts';
import type { Founding } from '../domain/message.ts';
import { noGenesis } from '../ledger/genesis.ts';
import { parseRules, type Rules, rulesOf } from '../ledger/rules.ts';
import { explainDataError } from '../node/data-error.ts';
import { Damage } from '../node/journal-records.ts';
import { WorldError } from '../node/world-error.ts';
import { visit } from './visit.ts';
import type { VisitValues } from './visit-settings.ts';

export type Sealed = Extract<Entry, { kind: 'sealed' }>;

/** How a ledger began: what was in accounts, who founded, and under which Rules. */
export type Beginning = {
  readonly founding: Founding;
  /** Empty where the Rules name no list. */
  readonly genesis: Genesis;
  readonly rules: Rules;
};

/** Told of a ledger from its beginning on. What it throws ends the reading. */
export interface LedgerReader {
  /** `height`: how many blocks are to come; null where nobody knows yet. */
  begin(beginning: Beginning, height: number | null): void;
  block(sealed: Sealed): void;
}

/**
 * Reads the ledger in a data directory, from block `from` on. Throws a `WorldError`: `no-ledger`,
 * `data-in-use`, `data-damaged`, `data-unusable`, or `ledger-fault` at a block that is damaged.
 */
export async function readDirectory(
  path: string,
  from: number,
  reader: LedgerReader,
): Promise<void> {
  const ledger = await openOrExplain(path);
  let next: number | null = null;
  try {
    const founding = await ledger.founding();
    const rules = ledger.rules === null ? null : parseRules(ledger.rules);
    if (founding === null || rules === null) throw noLedger(path);
    const genesis = (await ledger.genesis()) ?? noGenesis;
    reader.begin({ founding, genesis, rules: rulesOf(rules) }, ledger.height);
    next = from;
    for await (const sealed of ledger.sealed(from)) {
      next = sealed.block.transactionID + 1;
      reader.block(sealed);
    }
  } catch (error) {
    if (!(error instanceof Damage) || next === null) throw explain(path, error);
    throw new WorldError(`Block ${next} in ${path} cannot be read: ${error.problem}.`, {
      code: 'ledger-fault',
      facts: { path, transactionID: next, problem: error.problem },
      cause: error,
    });
  } finally {
    await ledger.close();
  }
}

/** Reads the ledger of a network, all of it, as it is checked, and then does `end`. */
export async function readNetwork(
  command: Command,
  values: VisitValues,
  reader: LedgerReader,
  end: () => void,
): Promise<void> {
  let trouble: { readonly error: unknown } | null = null;
  let genesis = noGenesis;
  const onEntry = (entry: Entry, rules: Rules): void => {
    if (trouble !== null) return;
    try {
      if (entry.kind === 'genesis') genesis = entry.genesis;
      const { kind } = entry;
      if (kind === 'founded') reader.begin({ founding: entry.founding, genesis, rules }, null);
      if (entry.kind === 'sealed') reader.block(entry);
    } catch (error) {
      // Whoever looks on has nothing to do with it.
      trouble = { error };
    }
  };
  await visit(command, values, { onEntry }, async () => {
    if (trouble !== null) throw trouble.error;
    end();
  });
}

async function openOrExplain(
  path: string,
): ReturnType<typeof import('../node/data-directory.ts')['openLedger']> {
  // Only here: LevelDB is a library of the machine's own, which others need not load.
  const { openLedger } = await import('../node/data-directory.ts');
  try {
    return await openLedger(path);
  } catch (error) {
    throw explain(path, error);
  }
}

/** For somebody who reads, and promised nobody anything. */
function explain(path: string, problem: unknown): unknown {
  const error = explainDataError(path, problem);
  if (!(error instanceof WorldError)) return error;
  const { code, facts } = error;
  if (code === 'data-unusable' && ['ENOENT', 'ENOTDIR'].includes(String(facts['reason'])))
    return noLedger(path);
  if (code === 'data-in-use')
    return new WorldError(
      `The data directory ${path} is in use by a peer that runs: end that one first, or ask ` +
        'its network, with --host in place of --data.',
      { code, facts, cause: error },
    );
  if (code !== 'data-damaged') return error;
  return new WorldError(
    `The data directory ${path} is damaged: ${facts['problem']}. Read a copy of it, or the ` +
      'ledger of its network, with --host in place of --data.',
    { code, facts, cause: error },
  );
}

function noLedger(path: string): WorldError {
  return new WorldError(
    `There is no ledger in ${path}: name the --data directory of a peer that has been in a ` +
      'network, or a running network with --host.',
    { code: 'no-ledger', facts: { path } },
  );
}
