import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Ledger, openDataDirectory, openLedger } from '../../src/node/data-directory.ts';
import type { Sealed } from '../../src/node/ledger-reading.ts';
import { entriesOfALife, rules } from '../contracts/entries.ts';

/** More than are read at a time. */
const MANY = 300;

let place = '';
let data = '';
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'sortition-ledger-'));
  data = join(place, 'peer');
});
afterEach(() => rmSync(place, { recursive: true }));

async function live(height: number): Promise<string> {
  const { identity, journal } = await openDataDirectory(data, () => rules, false);
  await journal.record(entriesOfALife(height));
  await journal.close();
  return identity.clientID;
}

async function read(ledger: Ledger, from?: number): Promise<readonly Sealed[]> {
  const all: Sealed[] = [];
  for await (const sealed of ledger.sealed(from)) all.push(sealed);
  return all;
}

describe('the ledger in a data directory', () => {
  it('is read in order, with seals and batches, from any block on', async () => {
    const owner = await live(MANY);
    const ledger = await openLedger(data);
    expect(ledger).toMatchObject({ owner, rules: rules.text, height: MANY });
    const life = entriesOfALife(MANY);
    const sealed = life.filter((entry) => entry.kind === 'sealed');
    const founded = life.find((entry) => entry.kind === 'founded');
    expect(await ledger.founding()).toEqual(founded?.founding);
    expect(await read(ledger)).toEqual(sealed);
    expect(await read(ledger, MANY - 200)).toEqual(sealed.slice(-200));
    expect(await read(ledger, MANY)).toEqual([]);
    await ledger.close();
    // Whoever read it has changed nothing: its peer goes on.
    const { journal } = await openDataDirectory(data, () => rules, false);
    expect(journal.recover().standing?.chain.height).toBe(MANY);
    await journal.close();
  });

  it('may be empty', async () => {
    await live(0);
    const ledger = await openLedger(data);
    expect([ledger.height, await read(ledger)]).toEqual([0, []]);
    await ledger.close();
  });

  it('is refused where its peer runs, and where there is none', async () => {
    const { journal } = await openDataDirectory(data, () => rules, false);
    await expect(openLedger(data)).rejects.toMatchObject({ code: 'data-in-use' });
    await journal.close();
    mkdirSync(join(place, 'empty'));
    for (const name of ['empty', 'nothing'])
      await expect(openLedger(join(place, name))).rejects.toMatchObject({
        code: 'data-unusable',
        facts: { reason: 'ENOENT' },
      });
  });

  it('is read up to the record that is missing', async () => {
    await live(MANY);
    const store = new ClassicLevel(join(data, 'journal'));
    await store.open();
    await store.del('seal:000000000200');
    await store.close();
    const ledger = await openLedger(data);
    const all: Sealed[] = [];
    const reading = (async () => {
      for await (const sealed of ledger.sealed()) all.push(sealed);
    })();
    await expect(reading).rejects.toMatchObject({
      problem: 'its record "seal:000000000200" is missing',
    });
    expect(all).toHaveLength(200);
    await ledger.close();
  });
});
