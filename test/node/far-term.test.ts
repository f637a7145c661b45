import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Term, VoteID } from '../../src/domain/names.ts';
import { openDataDirectory } from '../../src/node/data-directory.ts';
import { entriesOfALife, rules } from '../contracts/entries.ts';

it('a data directory opens with a far term that was only claimed, not one voted in', async () => {
  const data = mkdtempSync(join(tmpdir(), 'sortition-term-'));
  try {
    const { journal } = await openDataDirectory(data, () => rules, false);
    await journal.record([...entriesOfALife(3), { kind: 'term', term: (2 ** 53 - 1) as Term }]);
    await journal.close();
    const again = await openDataDirectory(data, () => rules, false);
    const term = (2 ** 53 - 6) as Term;
    const controllerID = again.identity.clientID;
    const voteID = '0'.repeat(16) as VoteID;
    await again.journal.record([{ kind: 'voted', term, controllerID, voteID, founding: null }]);
    await again.journal.close();
    await expect(openDataDirectory(data, () => rules, false)).rejects.toMatchObject({
      code: 'data-used-up',
      message: expect.stringContaining('has taken part in term 9007199254740986, above which'),
    });
    await (await openDataDirectory(data, () => rules, true)).journal.close();
  } finally {
    rmSync(data, { recursive: true });
  }
});
