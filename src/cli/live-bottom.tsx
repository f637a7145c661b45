/** A terminal on which lines scroll, above a status that is drawn anew at the bottom, and keys. */

import { Box, Text, useInput, useStdout } from 'ink';
import { type ReactNode, useEffect, useState } from 'react';
import { formatLine, paint, printable, wantsColour } from './line-format.ts';
import type { Line } from './narrator.ts';
import { fitBottom } from './screen-layout.ts';
import { openInk, sizeOfScreen } from './screen-parts.tsx';

export type Keys = {
  /** `p`: whether mining should be paused now. */
  readonly onPause: (isWanted: boolean) => void;
  /** `q`. */
  readonly onQuit: () => void;
  /** Ctrl-C, which a terminal in raw mode sends as a key. */
  readonly onInterrupt: () => void;
};

/** What the bottom shows. */
export type Bottom = {
  /** Who and where we are; the end may be cut off, here and below. */
  readonly place: string;
  /** What we do. */
  readonly work: string;
  readonly isIdle: boolean;
  readonly isPaused: boolean;
};

/** The status moves on so often even if nothing happens. */
const TICK_MS = 500;
/** Enough for eyes, and little work for a machine that mines. */
const FRAMES_PER_SECOND = 10;

/** Moves the cursor up (ECMA-48 section 8.3.22, CUU). */
const LINE_UP = '\u001B[A';

export class LiveBottom {
  readonly #look: () => Bottom;
  readonly #keys: Keys;
  readonly #isColoured = wantsColour(process.stdout);
  readonly #timer: NodeJS.Timeout;
  readonly #app: ReturnType<typeof openInk>;
  /** Writes above the status; set once the screen is there. */
  #writeAbove: ((text: string) => void) | null = null;
  #isReleased = false;

  /** `look`: what to show now; it is asked whenever the status is drawn. */
  constructor(look: () => Bottom, keys: Keys) {
    this.#look = look;
    this.#keys = keys;
    this.#app = openInk(this.#screen(), () => this.draw(), { maxFps: FRAMES_PER_SECOND });
    this.#timer = setInterval(() => this.draw(), TICK_MS);
  }

  write(line: Line | null): void {
    if (line === null) return;
    const { columns } = process.stdout;
    const text = formatLine(line, Date.now(), { isColoured: this.#isColoured, columns });
    if (this.#isReleased || this.#writeAbove === null) process.stdout.write(`${text}\n`);
    else this.#writeAbove(`${text}\n`);
  }

  draw(): void {
    if (!this.#isReleased) this.#app.rerender(this.#screen());
  }

  /** Frees the terminal; what is written later goes to it as it is. */
  release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    clearInterval(this.#timer);
    // Ink leaves its last frame behind. An empty one is still a line: we go back over it.
    this.#app.rerender(null);
    this.#app.unmount();
    process.stdout.write(LINE_UP);
  }

  #screen(): ReactNode {
    return (
      <Shown
        bottom={this.#look()}
        isColoured={this.#isColoured}
        keys={this.#keys}
        onReady={(write) => {
          this.#writeAbove = write;
        }}
      />
    );
  }
}

type ShownProps = {
  readonly bottom: Bottom;
  readonly isColoured: boolean;
  readonly keys: Keys;
  readonly onReady: (write: (text: string) => void) => void;
};

function Shown({ bottom, isColoured, keys, onReady }: ShownProps): ReactNode {
  const { write } = useStdout();
  const [announce] = useState(() => onReady);
  useEffect(() => announce(write), [announce, write]);
  useInput((input, key) => {
    if (key.ctrl && input === 'c') keys.onInterrupt();
    else if (input === 'q') keys.onQuit();
    else if (input === 'p') keys.onPause(!bottom.isPaused);
  });
  const place = printable(bottom.place);
  const work = printable(bottom.work);
  const help = `p ${bottom.isPaused ? 'goes on' : 'pauses'} · q leaves`;
  const { hasGap, wraps, parts } = fitBottom([place, work, help], sizeOfScreen());
  const painted = [
    paint('bold', place, isColoured),
    bottom.isIdle ? work : paint('green', work, isColoured),
    paint('dim', help, isColoured),
  ];
  return (
    <Box flexDirection="column" marginTop={hasGap ? 1 : 0}>
      {painted.slice(0, parts).map((text, index) => (
        <Text key={index} wrap={wraps ? 'wrap' : 'truncate-end'}>
          {text}
        </Text>
      ))}
    </Box>
  );
}
