/** Walks through a recording on a screen, forward and back. */

import { setImmediate as breathe } from 'node:timers/promises';
import type { UnixMs } from '../domain/names.ts';
import type { Recorded } from '../record/recording.ts';
import { type AnySighting, isOrdinary } from '../record/sighting.ts';
import { row } from './board.ts';
import type { BoardScreen, Scene } from './board-screen.tsx';
import { formatLine } from './line-format.ts';
import { messagesOf } from './replay-recording.ts';
import { usageError } from './setting.ts';
import { hasTerminal } from './terminal.ts';
import { lineOf } from './watch-lines.ts';
import { type Walking, type WatchValues, walkAlong } from './watching.ts';
import { Wishes } from './wishes.ts';

/** How far the arrows up and down go. */
const PAGE = 50;

/** So many messages are heard between two looks at the keyboard. */
const STRIDE = 500;

/** Nothing moves by itself. */
const SELDOM_MS = 60_000;

const KEYS: Scene['keys'] = [
  ['← →', 'a message'],
  ['↑ ↓', `${PAGE}`],
  ['home end', ''],
  ['p n', 'refused'],
  ['M m', 'mandate'],
  ['q', 'quit'],
];

/** Resolves when somebody has seen enough. Throws as `messagesOf`, and `usage` with no terminal. */
export async function stepThrough(path: string, values: WatchValues): Promise<void> {
  if (!hasTerminal()) throw usageError('--step needs a terminal with a keyboard.');
  const recording = [...messagesOf(path)];
  const walk = walkAlong(values, recording);
  // Without this, React keeps records of every frame for its developers, for ever.
  process.env['NODE_ENV'] ??= 'production';
  // Only here: it is large, and nobody else draws screens.
  const { openBoardScreen } = await import('./board-screen.tsx');
  let leave: () => void = () => undefined;
  const left = new Promise<void>((resolve) => {
    leave = resolve;
  });
  const wishes = new Wishes(() => leave());
  let walker: Walker | null = null;
  const screen: BoardScreen = openBoardScreen(
    () => sceneOf(path, walk, recording),
    (key) => {
      if (key === 'q') wishes.end();
      else if (key === 'interrupt') wishes.signal('SIGINT');
      else void walker?.type(key);
    },
    SELDOM_MS,
  );
  walker = new Walker(walk, () => screen.draw());
  wishes.watchOutput();
  await left;
  walker.stop();
  screen.close();
}

function sceneOf(path: string, walk: Walking, recording: readonly Recorded[]): Scene {
  const { sighting, at, length } = walk;
  const now = sighting?.recorded.time ?? recording[0]?.time ?? (0 as UnixMs);
  const title = `${path}   message ${at} of ${length}`;
  const board = walk.board(now);
  if (sighting === null) {
    return { board, title, remark: '', note: row('note', 'the beginning', 'faint'), keys: KEYS };
  }
  const line = lineOf(sighting, walk.isLab);
  const text = formatLine(line, now, { isColoured: false, columns: null });
  return { board, title, remark: '', note: row('note', text, line.tone), keys: KEYS };
}

type Wanted = (sighting: AnySighting) => boolean;

const isRefused: Wanted = ({ fault }) => fault !== null && !isOrdinary(fault.refusal);
const isMandate: Wanted = ({ kind, fault }) => kind === 'mandate' && fault === null;

/** Goes where keys say; a long way is walked in strides, and another key ends it. */
class Walker {
  readonly #walk: Walking;
  readonly #draw: () => void;
  #journey = 0;

  constructor(walk: Walking, draw: () => void) {
    this.#walk = walk;
    this.#draw = draw;
  }

  async type(key: string): Promise<void> {
    const { at, length } = this.#walk;
    switch (key) {
      case 'right':
        return await this.#goTo(at + 1);
      case 'left':
        return await this.#goTo(at - 1);
      case 'down':
        return await this.#goTo(at + PAGE);
      case 'up':
        return await this.#goTo(at - PAGE);
      case 'home':
        return await this.#goTo(0);
      case 'end':
        return await this.#goTo(length);
      case 'n':
        return await this.#seek(isRefused, 1);
      case 'p':
        return await this.#seek(isRefused, -1);
      case 'm':
        return await this.#seek(isMandate, 1);
      case 'M':
        return await this.#seek(isMandate, -1);
    }
  }

  stop(): void {
    this.#journey += 1;
  }

  async #goTo(to: number): Promise<void> {
    const isOurs = this.#setOut();
    const goal = Math.max(0, Math.min(this.#walk.length, to));
    while (isOurs() && this.#walk.at !== goal) {
      this.#walk.goTo(Math.min(goal, this.#walk.at + STRIDE));
      this.#draw();
      await breathe();
    }
  }

  /** To the next such message in one direction, or to that end. */
  async #seek(isWanted: Wanted, by: 1 | -1): Promise<void> {
    const isOurs = this.#setOut();
    const { length } = this.#walk;
    let steps = 0;
    do {
      this.#walk.goTo(this.#walk.at + by);
      steps += 1;
      if (steps % STRIDE === 0) {
        this.#draw();
        await breathe();
      }
    } while (isOurs() && this.#walk.at > 0 && this.#walk.at < length && !this.#shows(isWanted));
    this.#draw();
  }

  #shows(isWanted: Wanted): boolean {
    const { sighting } = this.#walk;
    return sighting !== null && isWanted(sighting);
  }

  #setOut(): () => boolean {
    this.#journey += 1;
    const journey = this.#journey;
    return () => this.#journey === journey;
  }
}
