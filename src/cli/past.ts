/** What a peer knows when it starts: who it is, and what it has written down. */

import type { Command } from 'commander';
import { ForgetfulJournal } from '../client/forgetful-journal.ts';
import type { Journal } from '../client/journal.ts';
import { MemoryJournal } from '../client/memory-journal.ts';
import type { Entry } from '../domain/contract.ts';
import type { Rules } from '../ledger/rules.ts';
import { generateIdentity, type Identity } from '../node/crypto.ts';
import { openIdentityFile } from '../node/identity-file.ts';
import { type AskedRules, chooseRules, remarkOnKept } from './asked-rules.ts';
import { type PeerValues, peerSettings } from './peer-settings.ts';
import { labelOf, sourceOf, usageError } from './setting.ts';

export type Past = {
  readonly identity: Identity;
  readonly journal: Journal;
  readonly rules: Rules;
  /** For people. */
  readonly remarks: readonly string[];
  recalled(): AsyncIterable<Entry>;
  close(): Promise<void>;
};

/** Who has no disk has no past. */
async function* nothing(): AsyncIterable<Entry> {}

/** Of a peer with these settings. Throws a `WorldError`. */
export async function openPast(
  command: Command,
  values: PeerValues,
  asked: AskedRules,
  isQuiet: boolean,
): Promise<Past> {
  const { data, identity, newIdentity, foundAnew } = values;
  refuseContradictions(command, values);
  const givenUp = foundAnew ? [GIVEN_UP] : [];
  if (data === null) {
    return {
      identity: identity === null ? generateIdentity() : openIdentityFile(identity),
      journal: isQuiet ? new ForgetfulJournal() : new MemoryJournal(),
      rules: chooseRules(asked, null),
      remarks: givenUp,
      recalled: nothing,
      close: () => Promise.resolve(),
    };
  }
  // Only here: LevelDB is a library of the machine's own, which others need not load.
  const { openDataDirectory } = await import('../node/data-directory.ts');
  const choose = (theirs: string | null): Rules => chooseRules(asked, theirs);
  const opened = await openDataDirectory(data, choose, newIdentity || foundAnew);
  const { keptIn, journal, rules } = opened;
  const remark =
    keptIn === null
      ? remarkOnKept(asked, rules, data)
      : `This is a new peer, ${opened.identity.clientID}; what was there is kept in ${keptIn}.`;
  return {
    identity: opened.identity,
    journal,
    rules,
    remarks: [...(remark === null ? [] : [remark]), ...givenUp],
    recalled: () => journal.sealed(),
    close: () => journal.close(),
  };
}

/** What `--found-anew` costs, said to the user who typed it. */
const GIVEN_UP =
  'Founding anew: an earlier network here, its seats, its ledger and its results count no more ' +
  'for this peer. Where its members are still there, both refuse each other; where it has a ' +
  'controller after all, this peer joins it as an observer.';

function refuseContradictions(command: Command, values: PeerValues): void {
  const { data, identity, newIdentity, foundAnew } = values;
  const label = (name: 'data' | 'identity' | 'newIdentity' | 'foundAnew'): string =>
    labelOf(command, name, peerSettings[name]);
  if (data !== null && identity !== null)
    throw usageError(
      `${label('data')} keeps an identity of its own: leave ${label('identity')} out.`,
      { settings: `${label('data')} ${label('identity')}` },
    );
  if (foundAnew && identity !== null)
    throw usageError(
      `${label('foundAnew')} takes a new identity: leave ${label('identity')} out.`,
      { settings: `${label('foundAnew')} ${label('identity')}` },
    );
  if (data === null && newIdentity && sourceOf(command, 'newIdentity') === 'argument')
    throw usageError(
      `${label('newIdentity')} is about a data directory: without one every peer is new.`,
      { settings: label('newIdentity') },
    );
}
