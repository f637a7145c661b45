import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LevelJournal } from '../../src/node/level-journal.ts';
import { rules } from '../contracts/entries.ts';
import { describeJournal } from '../contracts/journal.ts';

describeJournal('on disk', () => {
  const directory = mkdtempSync(join(tmpdir(), 'sortition-journal-'));
  let journal: LevelJournal | null = null;
  const close = async (): Promise<void> => {
    await journal?.close();
    journal = null;
  };
  return Promise.resolve({
    open: async () => {
      const isNew = journal === null;
      await close();
      const markPath = join(directory, 'mark');
      const path = join(directory, 'store');
      journal = await LevelJournal.open({ path, markPath, isNew });
      await journal.recall(rules);
      return journal;
    },
    close: async () => {
      await close();
      rmSync(directory, { recursive: true });
    },
  });
});
