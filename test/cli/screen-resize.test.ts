/** A terminal that gets smaller keeps all that scrolled off it before. */

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Board, row } from '../../src/cli/board.ts';
import type { Keys } from '../../src/cli/start-run.ts';
import type { Show } from '../../src/cli/start-show.ts';
import type { View } from '../../src/peer/view.ts';
import { type FakeTerminal, wearsTerminal } from './fake-terminal.ts';
import { nameOf, storyOf } from './start-saying.ts';

let terminal: FakeTerminal;
beforeEach(() => {
  ({ terminal } = wearsTerminal());
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

const rows = (count: number) => Array.from({ length: count }, (_, index) => row(index, 'x'));
const board: Board = {
  head: row('head', 'head'),
  draw: row('draw', 'draw'),
  peersTitle: 'peers',
  peers: rows(10),
  work: row('work', 'work'),
  fraction: 0.5,
  resultsTitle: 'results',
  results: rows(20),
  refusalsTitle: 'refusals',
  refusals: rows(20),
  events: rows(20),
};
const keys: Keys = {
  killController: () => {},
  addPeer: () => {},
  pauseOrResume: () => {},
  quit: () => {},
  interrupt: () => {},
  isPaused: () => false,
};

/** Each opens a screen as its command does. */
const SCREENS: readonly (readonly [string, () => Promise<Pick<Show, 'close'>>])[] = [
  [
    'watch and replay --step',
    async () => {
      const { openBoardScreen } = await import('../../src/cli/board-screen.tsx');
      const scene = { board, title: 'title', remark: '', note: row('note', 'note'), keys: [] };
      return openBoardScreen(
        () => scene,
        () => {},
      );
    },
  ],
  [
    'start',
    async () => {
      const { openScreen } = await import('../../src/cli/screen.tsx');
      const screen = openScreen(storyOf(10), keys);
      for (let told = 0; told < 20; told += 1) screen.tell({ kind: 'nobody' });
      return screen;
    },
  ],
  [
    'client',
    async () => {
      const { LiveTeller } = await import('../../src/cli/live-teller.ts');
      const teller = new LiveTeller({
        peer: nameOf(1),
        wanted: 10,
        threads: 1,
        keys: { onPause: () => {}, onQuit: () => {}, onInterrupt: () => {} },
        look: () =>
          ({
            clientID: nameOf(1),
            controllerID: null,
            role: 'unfounded',
            members: [],
          }) as unknown as View,
      });
      return { close: () => teller.release() };
    },
  ],
  [
    'client --dialect',
    async () => {
      const { LiveLabTeller } = await import('../../src/cli/lab-live-teller.ts');
      const teller = new LiveLabTeller({
        peer: 'ann',
        wanted: 10,
        threads: 1,
        keys: { onPause: () => {}, onQuit: () => {}, onInterrupt: () => {} },
      });
      return { close: () => teller.release() };
    },
  ],
];

/** Erases what scrolled off (ECMA-48 has it not; xterm does: ED 3). */
const ERASE_SCROLLBACK = '\u001B[3J';

test.each(SCREENS)('%s never erases what scrolled off, and fits any size', async (_, open) => {
  const screen = await open();
  expect(terminal.written).not.toBe('');
  for (const [lines, columns] of [
    [12, 80],
    [5, 20],
    [1, 80],
    [40, 80],
    [3, 10],
    [0, 0],
    [24, 80],
  ] as const) {
    const written = terminal.resize(lines, columns);
    expect(written).not.toContain(ERASE_SCROLLBACK);
    // The last line stays empty: whatever is written there would make the terminal scroll.
    const frame = written.split('\u001B[G').at(-1) ?? '';
    expect(frame.split('\n').length - 1).toBeLessThan(lines === 0 ? 24 : Math.max(2, lines));
  }
  screen.close();
  expect(terminal.written).not.toContain(ERASE_SCROLLBACK);
});
