/** The directory in which a peer outlives its process: its identity, and its journal. */

import { existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { isLast } from '../election/booth.ts';
import type { Rules } from '../ledger/rules.ts';
import { usedTermIn } from '../peer/memory.ts';
import type { Identity } from './crypto.ts';
import { explainDataError } from './data-error.ts';
import { openIdentityFile } from './identity-file.ts';
import { Damage } from './journal-records.ts';
import { LevelJournal } from './level-journal.ts';
import { refuseLocked } from './level-store.ts';
import { systemCodeOf, WorldError } from './world-error.ts';

export type DataDirectory = {
  readonly identity: Identity;
  readonly journal: LevelJournal;
  /** Those of its network, or those that were chosen for it where it has none yet. */
  readonly rules: Rules;
  /** Where what was there before is kept; null where nothing was, or where it goes on. */
  readonly keptIn: string | null;
};

/** What a data directory holds, by name. */
const IDENTITY = 'identity.pem';
const JOURNAL = 'journal';
const MARK = 'journal.mark';

/** With one of these, the identity is not what it was when the journal was written. */
const BROKEN_IDENTITY: ReadonlySet<string> = new Set(['identity-not-a-key', 'identity-other-key']);

/** Chooses the Rules, shown the text of those in the directory; null where there are none yet. */
export type RulesChoice = (theirs: string | null) => Rules;

/**
 * Opens the data directory at `path` for a peer under the chosen Rules; makes it if there is none.
 * `isAnew`: puts aside what is there, and begins as another peer. Throws a `WorldError`:
 * `data-in-use`, `data-damaged`, `data-other-rules`, `data-used-up`, `data-unusable`, or one of the
 * identity file.
 */
export async function openDataDirectory(
  path: string,
  choose: RulesChoice,
  isAnew: boolean,
): Promise<DataDirectory> {
  try {
    makeDirectory(resolve(path));
    const keptIn = isAnew ? await putAside(path) : null;
    return { ...(await openWhole(path, choose)), keptIn };
  } catch (error) {
    throw explainDataError(path, error);
  }
}

/** The ledger in the data directory of a peer that does not run. */
export type Ledger = Pick<
  LevelJournal,
  'owner' | 'rules' | 'height' | 'founding' | 'genesis' | 'sealed' | 'close'
>;

/**
 * Opens the data directory at `path` to read its ledger. Each record is checked against its own
 * checksum as it is read; whether blocks fit one another is for the reader to ask. Throws a
 * `WorldError`: `data-in-use`, `data-damaged`, or `data-unusable` where there is none.
 */
export async function openLedger(path: string): Promise<Ledger> {
  try {
    // An empty directory, or none, is no damage.
    statSync(join(path, JOURNAL));
    return await openJournal(path, false);
  } catch (error) {
    throw explainDataError(path, error);
  }
}

/**
 * Makes the directory at this absolute path, and those above it. Not by Node's own `recursive`,
 * which never ends where the system lets nobody make anything, as below /proc (measured: Node 20).
 */
function makeDirectory(path: string): void {
  const above = dirname(path);
  if (above !== path && !existsSync(above)) makeDirectory(above);
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (systemCodeOf(error) !== 'EEXIST' || !statSync(path).isDirectory()) throw error;
  }
}

async function openWhole(
  path: string,
  choose: RulesChoice,
): Promise<Omit<DataDirectory, 'keptIn'>> {
  const hasIdentity = existsSync(join(path, IDENTITY));
  const journal = await openJournal(path, !hasIdentity);
  try {
    const rules = choose(journal.rules);
    refuseOtherRules(path, journal, rules);
    await journal.recall(rules);
    refuseUsedUp(path, journal);
    // The journal comes first: an identity without one may have promised anything.
    const identity = openIdentity(path);
    if (journal.owner === null) await journal.claim(identity.clientID);
    if (journal.owner !== identity.clientID)
      throw new Damage(
        `its journal is that of ${journal.owner}, its identity ${identity.clientID}`,
      );
    return { identity, journal, rules };
  } catch (error) {
    await journal.close();
    throw error;
  }
}

async function openJournal(path: string, isNew: boolean): Promise<LevelJournal> {
  const store = join(path, JOURNAL);
  if (!isNew && !existsSync(join(store, 'CURRENT'))) throw new Damage('its journal is missing');
  return LevelJournal.open({ path: store, markPath: join(path, MARK), isNew });
}

function openIdentity(path: string): Identity {
  try {
    return openIdentityFile(join(path, IDENTITY));
  } catch (error) {
    if (!(error instanceof WorldError) || !BROKEN_IDENTITY.has(error.code)) throw error;
    throw new Damage(`its ${IDENTITY} holds no key of ours`, error);
  }
}

/** Under other rules, its network would have another digest, and be another one. */
function refuseOtherRules(path: string, journal: LevelJournal, rules: Rules): void {
  const theirs = journal.rules;
  if (theirs === null || theirs === rules.text) return;
  throw new WorldError(
    `The data directory ${path} is of a network with the rules "${theirs}", and we were told ` +
      `"${rules.text}": leave out what makes the difference (--peers, --roster, --difficulty, ` +
      '--election, --reward, --admit or --genesis), as the directory knows it, or name another ' +
      'directory.',
    { code: 'data-other-rules', facts: { path, theirs, ours: rules.text } },
  );
}

/** It voted in one of the last terms that a number can hold, and must not vote below it. */
function refuseUsedUp(path: string, journal: LevelJournal): void {
  const term = usedTermIn(journal.recover().entries);
  if (!isLast(term)) return;
  throw new WorldError(
    `The peer of the data directory ${path} has taken part in term ${term}, above which there ` +
      'are no more terms, so that it can never vote again: --new-identity begins as another peer ' +
      'and keeps these files.',
    { code: 'data-used-up', facts: { path, term } },
  );
}

/** Moves all that a peer left behind into a directory of its own; null where there is nothing. */
async function putAside(path: string): Promise<string | null> {
  const names = [IDENTITY, JOURNAL, MARK].filter((name) => existsSync(join(path, name)));
  if (names.length === 0) return null;
  await refuseLocked(join(path, JOURNAL));
  const kept = makeKept(path);
  for (const name of names) renameSync(join(path, name), join(kept, name));
  return kept;
}

/** `before-20261121T074701Z`, or with a number after it where that is taken. */
function makeKept(path: string): string {
  const when = new Date().toISOString().replace(/\.\d+|[-:]/g, '');
  for (let count = 1; ; count += 1) {
    const kept = join(path, `before-${when}${count === 1 ? '' : `-${count}`}`);
    if (existsSync(kept)) continue;
    mkdirSync(kept, { mode: 0o700 });
    return kept;
  }
}
