/** What a peer of a lab dialect shows at the bottom of a terminal, and its keys. */

import { afterEach, expect, test, vi } from 'vitest';
import {
  describeLabPlace,
  describeLabWork,
  followLab,
  isLabSearching,
  type LabStatus,
  startLabStatus,
} from '../../src/cli/lab-status.ts';
import type { LabNote } from '../../src/lab/note.ts';
import { wearsTerminal } from './fake-terminal.ts';

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

const NOW = 10_000;

/** The status after these notes, said a second before it is shown. */
function after(...notes: readonly LabNote[]): LabStatus {
  return notes.reduce(
    (status, note) => followLab(status, note, NOW - 1_000),
    startLabStatus('ann', 3),
  );
}

const work = (status: LabStatus, threads = 2): string => describeLabWork(status, threads, NOW);

const CONNECTED: LabNote = { kind: 'connected' };
const ELECTED: LabNote = {
  ...{ kind: 'elected', controller: 'bob', vote: '9', votes: 3, isSelf: false },
};
const OPEN: LabNote = {
  ...{ kind: 'challenge', transactionID: 4, bits: 12, expected: 4_096, isOwn: false },
};
const PROGRESS: LabNote = {
  ...{ kind: 'progress', transactionID: 4, tried: 1_000, perSecond: 2_000, expected: 4_096 },
  elapsedMs: 500,
};
const FOUND: LabNote = { kind: 'found', transactionID: 4, solution: 'x' };
const won = (isOwn: boolean): LabNote => ({
  ...{ kind: 'result', transactionID: 4, miner: 'ann', solution: 'x', elapsedMs: 1, isOwn },
});

test('before an election it is told who is missing', () => {
  expect(work(after())).toBe('not mining: there is no connection');
  expect(describeLabPlace(after())).toBe('ann not elected yet · no connection · 1 of 3 peers');
  const counts = { known: 2, votes: 0, wanted: 3, silent: [] };
  const waiting = after(CONNECTED, { kind: 'waiting', lack: 'peers', ...counts });
  expect(work(waiting)).toBe(
    'not mining: nobody is elected: 2 of 3 are here, 1 missing; 0 have voted',
  );
  expect(describeLabPlace(waiting)).toBe('ann not elected yet · 2 of 3 peers');
});

test('a search is shown with its speed, a solution with its wait, a result with its count', () => {
  const open = after(CONNECTED, ELECTED, OPEN);
  expect(work(open)).toBe('mining challenge 4, 12 bits · about 4.1 k tries · 1.0 s');
  const searching = after(CONNECTED, ELECTED, OPEN, PROGRESS);
  expect(work(searching)).toBe(
    'mining challenge 4, 12 bits · 2.0 kH/s · 1.0 k of about 4.1 k · 1.0 s',
  );
  expect(isLabSearching(searching, 2)).toBe(true);
  const found = after(CONNECTED, ELECTED, OPEN, PROGRESS, FOUND);
  expect(work(found)).toBe('solved, and awaiting the result: challenge 4, 12 bits · 1.0 s');
  expect(isLabSearching(found, 2)).toBe(false);
  const over = after(CONNECTED, ELECTED, OPEN, FOUND, won(true));
  expect(work(over)).toBe('not mining: no challenge is open');
  expect(describeLabPlace(over)).toBe(
    'ann miner · controller bob · 1 of 3 peers · 1 result, 1 of them ours',
  );
});

test('a result about another challenge ends no search', () => {
  const late: LabNote = { ...OPEN, transactionID: 5 };
  expect(work(after(CONNECTED, ELECTED, OPEN, late, won(false)))).toContain('mining challenge 5');
});

test('why it does not mine is told: as controller, paused, as told, refused, gone', () => {
  const isSelf = after(CONNECTED, { ...ELECTED, isSelf: true }, { ...OPEN, isOwn: true });
  const open = 'challenge 4, 12 bits is open · 1.0 s';
  expect(work(isSelf)).toBe(`not mining, as controller: ${open}`);
  expect(describeLabPlace(isSelf)).toMatch(/^ann controller · 1 of 3 peers/);
  expect(work(after(CONNECTED, ELECTED, OPEN, { kind: 'paused' }))).toBe(
    `not mining, paused: ${open}`,
  );
  expect(work(after(CONNECTED, ELECTED, { kind: 'paused' }))).toBe(
    'not mining: no challenge is open, and paused',
  );
  expect(work(after(CONNECTED, ELECTED, OPEN), 0)).toBe(`not mining, as told: ${open}`);
  const refused = {
    kind: 'solution-refused',
    transactionID: 4,
    miner: 'ann',
    solution: 'x',
  } as const;
  const again = after(CONNECTED, ELECTED, OPEN, FOUND, {
    ...refused,
    reason: 'unsaid',
    isOwn: true,
  });
  expect(work(again)).toMatch(/^mining challenge 4/);
  const gone = { kind: 'controller-gone', controller: 'bob', how: 'lost', sinceMs: 3_000 } as const;
  expect(work(after(CONNECTED, ELECTED, gone))).toContain('start all peers again');
  expect(work(after(CONNECTED, ELECTED, OPEN, FOUND, gone))).toMatch(/^solved, and not answered/);
});

test('p pauses and goes on, q leaves, and the bottom follows the notes', async () => {
  const { terminal, keyboard } = wearsTerminal();
  const asked: string[] = [];
  const { LiveLabTeller } = await import('../../src/cli/lab-live-teller.ts');
  const teller = new LiveLabTeller({
    peer: 'ann',
    wanted: 3,
    threads: 1,
    keys: {
      onPause: (isWanted) => {
        asked.push(isWanted ? 'pause' : 'resume');
        teller.tell({ kind: isWanted ? 'paused' : 'resumed' });
      },
      onQuit: () => asked.push('quit'),
      onInterrupt: () => asked.push('interrupt'),
    },
  });
  const shows = (text: string): Promise<void> =>
    vi
      .waitUntil(() => terminal.written.includes(text))
      .then(() => {
        terminal.written = '';
      });
  await shows('p pauses · q leaves');
  for (const note of [CONNECTED, ELECTED, OPEN, PROGRESS]) teller.tell(note);
  await shows('2.0 kH/s');
  keyboard.type('p');
  await shows('p goes on · q leaves');
  keyboard.type('p');
  await shows('p pauses · q leaves');
  keyboard.type('q', '\u0003');
  await vi.waitUntil(() => asked.length === 4);
  expect(asked).toEqual(['pause', 'resume', 'quit', 'interrupt']);
  teller.release();
  terminal.written = '';
  teller.end({ kind: 'ended', reason: 'left', tried: 5, wins: 1 });
  expect(terminal.written).toContain('left: 1 challenge won, 5 hashes tried');
});
