/** Tells people on a terminal: lines that scroll, a status at the bottom, and keys. */

import { Box, Text, useInput, useStdout } from 'ink';
import { type ReactNode, useEffect, useState } from 'react';
import type { Note } from '../domain/note.ts';
import type { View } from '../peer/view.ts';
import { formatLine, paint, printable, wantsColour } from './line-format.ts';
import { type Line, Narrator } from './narrator.ts';
import { describeEnded, describeStarted } from './plain-teller.ts';
import { fitBottom } from './screen-layout.ts';
import { openInk, sizeOfScreen } from './screen-parts.tsx';
import { describePlace, describeWork, isSearching } from './status.ts';
import type { Ended, Started, Teller, TellerOptions } from './teller.ts';

export type Keys = {
  /** `p`: whether mining should be paused now. */
  readonly onPause: (isWanted: boolean) => void;
  /** `q`. */
  readonly onQuit: () => void;
  /** Ctrl-C, which a terminal in raw mode sends as a key. */
  readonly onInterrupt: () => void;
};

export type LiveOptions = TellerOptions & {
  readonly keys: Keys;
  /** How the peer stands at the moment. */
  readonly look: () => View;
};

/** The status moves on so often even if nothing happens. */
const TICK_MS = 500;
/** Enough for eyes, and little work for a machine that mines. */
const FRAMES_PER_SECOND = 10;

/** Moves the cursor up (ECMA-48 section 8.3.22, CUU). */
const LINE_UP = '\u001B[A';

/** What the screen shows; only its bottom is ever drawn again. */
type Screen = {
  readonly place: string;
  readonly work: string;
  readonly isIdle: boolean;
  readonly isPaused: boolean;
};

export class LiveTeller implements Teller {
  readonly #options: LiveOptions;
  readonly #narrator: Narrator;
  readonly #isColoured = wantsColour(process.stdout);
  readonly #timer: NodeJS.Timeout;
  readonly #app: ReturnType<typeof openInk>;
  /** Writes above the status; set once the screen is there. */
  #writeAbove: ((text: string) => void) | null = null;
  #isReleased = false;

  constructor(options: LiveOptions) {
    this.#options = options;
    this.#narrator = new Narrator(options.wanted, true);
    this.#app = openInk(this.#screen(), () => this.#draw(), {
      maxFps: FRAMES_PER_SECOND,
    });
    this.#timer = setInterval(() => this.#draw(), TICK_MS);
  }

  begin(started: Started): void {
    this.#write(describeStarted(started, this.#options));
  }

  tell(note: Note): void {
    this.#write(this.#narrator.tell(note, Date.now()));
    this.#draw();
  }

  remark(sentence: string): void {
    this.#write({ text: sentence, tone: 'bad' });
  }

  release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    clearInterval(this.#timer);
    // Ink leaves its last frame behind. An empty one is still a line: we go back over it.
    this.#app.rerender(null);
    this.#app.unmount();
    process.stdout.write(LINE_UP);
  }

  end(ended: Ended): void {
    this.#write(describeEnded(ended));
  }

  #write(line: Line | null): void {
    if (line === null) return;
    const { columns } = process.stdout;
    const text = formatLine(line, Date.now(), { isColoured: this.#isColoured, columns });
    if (this.#isReleased || this.#writeAbove === null) process.stdout.write(`${text}\n`);
    else this.#writeAbove(`${text}\n`);
  }

  #draw(): void {
    if (!this.#isReleased) this.#app.rerender(this.#screen());
  }

  #screen(): ReactNode {
    const { look, threads, keys } = this.#options;
    const { status } = this.#narrator;
    const screen: Screen = {
      place: describePlace(status, look()),
      work: describeWork(status, threads, Date.now()),
      isIdle: !isSearching(status, threads),
      isPaused: status.isPaused,
    };
    return (
      <Bottom
        screen={screen}
        isColoured={this.#isColoured}
        keys={keys}
        onReady={(write) => {
          this.#writeAbove = write;
        }}
      />
    );
  }
}

type BottomProps = {
  readonly screen: Screen;
  readonly isColoured: boolean;
  readonly keys: Keys;
  readonly onReady: (write: (text: string) => void) => void;
};

function Bottom({ screen, isColoured, keys, onReady }: BottomProps): ReactNode {
  const { write } = useStdout();
  const [announce] = useState(() => onReady);
  useEffect(() => announce(write), [announce, write]);
  useInput((input, key) => {
    if (key.ctrl && input === 'c') keys.onInterrupt();
    else if (input === 'q') keys.onQuit();
    else if (input === 'p') keys.onPause(!screen.isPaused);
  });
  const place = printable(screen.place);
  const work = printable(screen.work);
  const help = `p ${screen.isPaused ? 'goes on' : 'pauses'} · q leaves`;
  const { hasGap, wraps, parts } = fitBottom([place, work, help], sizeOfScreen());
  const painted = [
    paint('bold', place, isColoured),
    screen.isIdle ? work : paint('green', work, isColoured),
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
