import { MemoryJournal } from '../../src/client/memory-journal.ts';
import { describeJournal } from '../contracts/journal.ts';

describeJournal('in memory', () => {
  // It lasts as long as its process: whoever opens it again finds the same one.
  const journal = new MemoryJournal();
  return Promise.resolve({
    open: () => Promise.resolve(journal),
    close: () => Promise.resolve(),
  });
});
