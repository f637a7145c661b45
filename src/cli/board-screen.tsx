/** Draws a board on a terminal, again and again, and hands on what is typed. */

import { Box, Text, type Key as Typed, useInput } from 'ink';
import type { ReactElement } from 'react';
import type { Board, Row } from './board.ts';
import { type BoardLayout, heightOfBoard, layOutBoard } from './board-layout.ts';
import { beforeComplaint } from './exit.ts';
import { printable } from './line-format.ts';
import type { Tone } from './narrator.ts';
import { bar } from './screen-layout.ts';
import { Frame, Key, Line, openInk, sizeOfScreen } from './screen-parts.tsx';

/** What is on a screen around its board. */
export type Scene = {
  readonly board: Board;
  /** What is watched. */
  readonly title: string;
  /** What people must know of the watching itself; empty for nothing. */
  readonly remark: string;
  /** A line of its own above the board; null for none. */
  readonly note: Row | null;
  /** Keys, and what each of them does. */
  readonly keys: readonly (readonly [name: string, does: string])[];
};

export type BoardScreen = {
  /** Draws now. */
  draw(): void;
  /** The screen is empty again, and belongs to others. */
  close(): void;
};

/** Quick enough for eyes; what changes more often is a number anyway. */
const REDRAW_MS = 1_000;

const COLOURS: Readonly<Partial<Record<Tone, string>>> = {
  good: 'green',
  best: 'green',
  weighty: 'cyan',
  bad: 'yellow',
};

/** `look` is asked for each drawing; `onKey` is told what is typed, Ctrl-C as `interrupt`. */
export function openBoardScreen(
  look: () => Scene,
  onKey: (key: string) => void,
  redrawMs: number = REDRAW_MS,
): BoardScreen {
  const draw = (): ReactElement => <Screen scene={look()} {...sizeOfScreen()} onKey={onKey} />;
  const redraw = (): void => app.rerender(draw());
  const app = openInk(draw(), redraw);
  const timer = setInterval(redraw, redrawMs);
  let isOpen = true;
  const close = (): void => {
    if (!isOpen) return;
    isOpen = false;
    clearInterval(timer);
    app.rerender(<Text />);
    app.unmount();
    forget();
  };
  const forget = beforeComplaint(close);
  return { draw: redraw, close };
}

type ScreenProps = {
  readonly scene: Scene;
  readonly columns: number;
  readonly lines: number;
  readonly onKey: (key: string) => void;
};

function Screen({ scene, columns, lines, onKey }: ScreenProps): ReactElement {
  useInput((input, key) => onKey(nameOf(input, key)));
  const { board, title, remark, note, keys } = scene;
  const noted = note === null ? 0 : 1;
  const layout = layOutBoard(lines - noted, board);
  const gap = layout.isAiry ? 1 : 0;
  const { fraction } = board;
  const width = Math.max(10, Math.min(72, columns - 8));
  return (
    <Frame lines={lines} height={heightOfBoard(layout) + noted}>
      <Line>
        <Text bold>sortition </Text>
        {` ${printable(title)}   `}
        <Text color="yellow">{printable(remark)}</Text>
      </Line>
      {note !== null && <Shown row={note} />}
      <Shown row={board.head} />
      <Shown row={board.draw} />
      <Part {...{ gap, layout, name: 'peers', title: board.peersTitle, rows: board.peers }} />
      <Box flexDirection="column" marginTop={gap}>
        <Shown row={board.work} />
        <Line>
          {fraction === null ? ' ' : <Text color="cyan">{bar(fraction, width)}</Text>}
          {fraction === null ? '' : `${Math.round(fraction * 100)} %`.padStart(7)}
        </Line>
      </Box>
      <Part {...{ gap, layout, name: 'results', title: board.resultsTitle, rows: board.results }} />
      <Part
        {...{ gap, layout, name: 'refusals', title: board.refusalsTitle, rows: board.refusals }}
      />
      <Part {...{ gap, layout, name: 'events', title: 'events', rows: board.events }} />
      <Line>
        {keys.map(([name, does]) => (
          <Key key={name} name={name} does={does} />
        ))}
      </Line>
    </Frame>
  );
}

type PartProps = {
  readonly gap: number;
  readonly layout: BoardLayout;
  readonly name: 'peers' | 'results' | 'refusals' | 'events';
  readonly title: string;
  readonly rows: readonly Row[];
};

/** Of peers the first are shown, of everything else the last. */
function Part({ gap, layout, name, title, rows }: PartProps): ReactElement {
  const room = layout[name];
  const shown =
    name === 'peers' ? rows.slice(0, room) : rows.slice(rows.length - Math.min(room, rows.length));
  const hidden = name === 'peers' ? rows.length - shown.length : 0;
  const more = hidden > 0 ? `  (${hidden} more)` : '';
  return (
    <Box flexDirection="column" marginTop={gap} height={room + 1}>
      <Line dim>{`${title}${more}`}</Line>
      {shown.map((row) => (
        <Shown key={row.key} row={row} />
      ))}
    </Box>
  );
}

function Shown({ row: { text, tone } }: { readonly row: Row }): ReactElement {
  const color = COLOURS[tone];
  return (
    <Line dim={tone === 'faint'} {...(color !== undefined && { color })}>
      {printable(text)}
    </Line>
  );
}

/** `left`, `right`, `up`, `down`, `home`, `end`, `interrupt`, `escape`, or the character itself. */
function nameOf(input: string, key: Typed): string {
  if (key.ctrl && input === 'c') return 'interrupt';
  if (key.leftArrow) return 'left';
  if (key.rightArrow) return 'right';
  if (key.upArrow) return 'up';
  if (key.downArrow) return 'down';
  if (key.home) return 'home';
  if (key.end) return 'end';
  if (key.pageUp) return 'page-up';
  if (key.pageDown) return 'page-down';
  if (key.escape) return 'escape';
  return input;
}
