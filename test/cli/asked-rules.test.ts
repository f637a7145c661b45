/** Which Rules hold: those of the command line, else of the data directory, else the usual. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type AskedRules,
  askedRulesOf,
  chooseRules,
  isAsTold,
  remarkOnKept,
} from '../../src/cli/asked-rules.ts';
import { prepare } from '../../src/cli/exit.ts';
import { type PeerValues, peerSettings } from '../../src/cli/peer-settings.ts';
import { addSettings, readSettings } from '../../src/cli/setting.ts';
import { parseRules } from '../../src/ledger/rules.ts';
import { generateIdentity } from '../../src/node/crypto.ts';
import { openDataDirectory } from '../../src/node/data-directory.ts';
import { entriesOfALife } from '../contracts/entries.ts';

let place = '';
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'sortition-rules-'));
});
afterEach(() => rmSync(place, { recursive: true }));

function asked(...words: readonly string[]): AskedRules {
  const command = prepare(addSettings<PeerValues>(new Command('test'), peerSettings));
  command.action(() => {}).parse(words, { from: 'user' });
  return askedRulesOf(command, readSettings(command, peerSettings));
}

function rosterFile(count: number): string {
  const path = join(place, 'roster');
  const lines = Array.from({ length: count }, () => {
    const { clientID, publicKey } = generateIdentity();
    return `${clientID} ${publicKey}\n`;
  });
  writeFileSync(path, lines.join(''));
  return path;
}

const textOf = (it: AskedRules, theirs: string | null = null): string =>
  chooseRules(it, theirs).text;

describe('the Rules of a peer', () => {
  it('let founders alone back in where a roster file names them, unless told otherwise', () => {
    const roster = rosterFile(3);
    expect(textOf(asked('--roster', roster))).toMatch(/^peers=3 .* admit=roster$/);
    expect(textOf(asked('--roster', roster, '--admit', 'waiting'))).not.toMatch(/admit/);
    expect(textOf(asked('--roster', roster, '--admit', 'none'))).toMatch(/ admit=none$/);
    expect(textOf(asked('--admit', 'roster'))).toMatch(/^peers=10 .* admit=roster$/);
    expect(textOf(asked())).not.toMatch(/admit/);
  });

  it('are those of the data directory in all that was not said', () => {
    const old = 'peers=3 difficulty=interval:3000@24 reward=7';
    const roster = rosterFile(3);
    expect(textOf(asked(), old)).toBe(old);
    expect(textOf(asked('--roster', roster), old)).toBe(old);
    expect(textOf(asked('--difficulty', 'fixed:4'), old)).toBe(
      'peers=3 difficulty=fixed:4 reward=7',
    );
    expect(textOf(asked('--peers', '4', '--admit', 'none'), old)).toBe(
      'peers=4 difficulty=interval:3000@24 reward=7 admit=none',
    );
  });

  it('have the lowest govern that is present, but where an older network goes on', () => {
    const older = 'peers=3 difficulty=fixed:4 election=lowest';
    expect(textOf(asked('--election', 'lowest'))).toMatch(/ election=present$/);
    expect(textOf(asked('--election', 'incumbent'))).toMatch(/ election=lowest$/);
    expect(textOf(asked('--election', 'lowest'), older)).toBe(older);
    expect(textOf(asked('--election', 'incumbent'), older)).toBe(older);
    expect(textOf(asked(), older)).toBe(older);
    expect(textOf(asked('--election', 'draw'), older)).toBe('peers=3 difficulty=fixed:4');
    const newer = 'peers=3 difficulty=fixed:4 election=present';
    expect(textOf(asked('--election', 'lowest'), newer)).toBe(newer);
    expect(textOf(asked('--election', 'incumbent'), newer)).toBe(older);
    const mayJoin = (theirs: string, ...words: readonly string[]): boolean => {
      const rules = parseRules(theirs);
      if (rules === null) throw new Error('These are Rules.');
      return isAsTold(rules, asked(...words));
    };
    expect(mayJoin(older, '--election', 'lowest')).toBe(true);
    expect(mayJoin(newer, '--election', 'lowest')).toBe(true);
    expect(mayJoin(newer, '--election', 'incumbent')).toBe(false);
    expect(mayJoin(older, '--election', 'lowest', '--reward', '7')).toBe(false);
  });

  it('let a peer go on in its data directory that was told nothing of its rules', async () => {
    const data = join(place, 'data');
    const old = chooseRules(asked('--peers', '3', '--difficulty', 'fixed:2'), null);
    const { journal } = await openDataDirectory(data, () => old, false);
    for (const entry of entriesOfALife(4)) await journal.record([entry]);
    await journal.close();
    const again = asked('--admit', 'waiting');
    const opened = await openDataDirectory(data, (theirs) => chooseRules(again, theirs), false);
    await opened.journal.close();
    expect(opened.rules).toEqual(old);
    const other = asked('--admit', 'none');
    await expect(
      openDataDirectory(data, (theirs) => chooseRules(other, theirs), false),
    ).rejects.toThrow(/"peers=3 difficulty=fixed:2", and we were told .* admit=none": leave out/);
  });

  it('are told to people where they are not what was asked for', () => {
    const roster = rosterFile(3);
    const old = 'peers=3 difficulty=fixed:4';
    const remark = (it: AskedRules): string | null => remarkOnKept(it, chooseRules(it, old), 'dir');
    expect(remark(asked('--roster', roster, '--difficulty', 'fixed:4'))).toMatch(
      /dir goes on under .*"peers=3 difficulty=fixed:4".* not in the roster file/,
    );
    expect(remark(asked('--peers', '3', '--difficulty', 'fixed:4'))).toBeNull();
  });
});
