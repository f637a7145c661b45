/** The live screen of a run: peers, the open challenge, results, events, and keys. */

import { Box, Text, useInput } from 'ink';
import type { ReactElement } from 'react';
import { formatCount, formatRate, formatSeconds } from '../client/describe.ts';
import { nameWithNumber } from '../client/name-book.ts';
import { beforeComplaint } from './exit.ts';
import {
  bar,
  formatElapsed,
  heightOf,
  layOut,
  roleOf,
  rowsShown,
  stateOf,
} from './screen-layout.ts';
import { Frame, Key, Line, openInk, sizeOfScreen } from './screen-parts.tsx';
import { describeFactWith, type Fact } from './start-fact.ts';
import { namesIn, type PeerRow, triedFor } from './start-peers.ts';
import type { Keys } from './start-run.ts';
import type { Show } from './start-show.ts';
import type { Story } from './start-story.ts';

type Occurrence = { readonly at: number; readonly text: string };

/** What is drawn; the story goes on changing, so `now` makes each drawing a new one. */
type View = {
  readonly story: Story;
  readonly keys: Keys;
  readonly url: string;
  readonly occurrences: readonly Occurrence[];
  readonly startedAt: number;
  readonly now: number;
  readonly columns: number;
  readonly lines: number;
  readonly isEnding: boolean;
};

/** Mining needs the processor more than the screen does. */
const REDRAW_MS = 250;
const OCCURRENCES_KEPT = 50;

/** Facts that have a place of their own on the screen. */
const SHOWN_ELSEWHERE: readonly Fact['kind'][] = ['result', 'challenge'];

/** Draws until it is closed; then the screen is empty again. */
export function openScreen(story: Story, keys: Keys): Show {
  const startedAt = Date.now();
  let occurrences: readonly Occurrence[] = [];
  let url = '';
  let isEnding = false;
  const draw = (): ReactElement => {
    const now = Date.now();
    const size = sizeOfScreen();
    return <Screen {...{ story, keys, url, occurrences, startedAt, now, isEnding, ...size }} />;
  };
  const redraw = (): void => app.rerender(draw());
  const app = openInk(draw(), redraw);
  const timer = setInterval(redraw, REDRAW_MS);
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
  return {
    close,
    tell: (fact) => {
      if (fact.kind === 'broker') url = fact.url;
      if (fact.kind === 'ending') isEnding = true;
      // In the beginning they all come, and the table says so.
      const isExpected = fact.kind === 'peer' && story.term === 0;
      if (isExpected || SHOWN_ELSEWHERE.includes(fact.kind)) return;
      const occurrence = { at: Date.now(), text: describeFactWith(namesIn(story.rows), fact) };
      occurrences = [...occurrences, occurrence].slice(-OCCURRENCES_KEPT);
    },
  };
}

function Screen(view: View): ReactElement {
  const { story, keys, lines } = view;
  useInput((input, key) => {
    if (key.ctrl && input === 'c') keys.interrupt();
    else if (input === 'k') keys.killController();
    else if (input === 'a') keys.addPeer();
    else if (input === 'p') keys.pauseOrResume();
    else if (input === 'q') keys.quit();
  });
  const layout = layOut(lines, story.rows.length);
  const gap = layout.isAiry ? 1 : 0;
  return (
    <Frame lines={lines} height={heightOf(layout)}>
      <Header {...view} />
      <Peers view={view} room={layout.peers} gap={gap} />
      <Challenge view={view} gap={gap} />
      <Results view={view} room={layout.results} gap={gap} />
      <Events view={view} room={layout.events} gap={gap} />
      <Footer {...view} />
    </Frame>
  );
}

function Header({ story, url, startedAt, now, keys, isEnding }: View): ReactElement {
  const { term, controller } = story;
  const flag = isEnding ? 'ending' : keys.isPaused() ? 'paused' : '';
  return (
    <Line>
      <Text bold>sortition </Text>
      {` ${url}   `}
      {term === 0 ? 'no term yet' : `term ${term}`}
      {'   '}
      {controller === null ? 'no controller' : 'controller '}
      {controller !== null && <Text color="green">{namesIn(story.rows)(controller)}</Text>}
      {`   ${formatElapsed(now - startedAt)}   `}
      <Text color="yellow">{flag}</Text>
    </Line>
  );
}

const TITLES: Cells = ['peer', 'process', 'role', 'state', 'rate', 'wins'];

type Part = { readonly view: View; readonly room: number; readonly gap: number };

function Peers({ view, room, gap }: Part): ReactElement {
  const { story } = view;
  const rows = rowsShown(story.rows, room);
  const hidden = story.rows.length - rows.length;
  const more = hidden > 0 ? `  (${hidden} more)` : '';
  return (
    <Box flexDirection="column" marginTop={gap}>
      <Line dim>{`${peerLine(TITLES, columnsOf(story))}${more}`}</Line>
      {rows.map((row) => (
        <Peer key={row.place} row={row} story={story} />
      ))}
    </Box>
  );
}

function Peer({ row, story }: { readonly row: PeerRow; readonly story: Story }): ReactElement {
  const role = roleOf(row, story);
  const text = peerLine(
    [
      row.name === null ? '-' : nameWithNumber(row.name, row.called),
      String(row.pid),
      role,
      stateOf(row),
      row.perSecond > 0 ? formatRate(row.perSecond) : '-',
      String(row.wins),
    ],
    columnsOf(story),
  );
  if (row.ending !== null) return <Line dim>{text}</Line>;
  return <Line {...(role === 'controller' && { color: 'green' })}>{text}</Line>;
}

/** Of up to 99 peers, those of which have Names may be called `3f2a1b0c#99`. */
function columnsOf({ rows }: Story): number {
  return rows.some(({ called }) => called !== null) ? 13 : 10;
}

type Cells = readonly [string, string, string, string, string, string];

function peerLine(cells: Cells, columns: number): string {
  const [name, process, role, state, rate, wins] = cells;
  const who = `${name.padEnd(columns)}${process.padStart(7)}  `;
  const left = `${who}${role.padEnd(12)}${state.padEnd(22)}`;
  return `${left}${rate.padStart(11)}${wins.padStart(6)}`;
}

function Challenge({ view, gap }: { readonly view: View; readonly gap: number }): ReactElement {
  const { story, now, columns } = view;
  const { open } = story;
  if (open === null) {
    return (
      <Box flexDirection="column" marginTop={gap}>
        <Line dim>no challenge is open</Line>
        <Line> </Line>
      </Box>
    );
  }
  const tried = triedFor(story.rows, open.transactionID);
  const perSecond = story.rows.reduce((sum, row) => sum + row.perSecond, 0);
  const fraction = tried / open.expected;
  const percent = `${Math.round(fraction * 100)} %`.padStart(6);
  return (
    <Box flexDirection="column" marginTop={gap}>
      <Line>
        <Text bold>{`challenge ${open.transactionID}`}</Text>
        {`   ${open.bits} bits   ${formatSeconds(now - open.openedAt)}   `}
        {`${formatCount(tried)} of about ${formatCount(open.expected)} tried, `}
        {formatRate(perSecond)}
      </Line>
      <Line>
        <Text color="cyan">{bar(fraction, Math.max(10, Math.min(72, columns - 8)))}</Text>
        {percent}
      </Line>
    </Box>
  );
}

function Results({ view, room, gap }: Part): ReactElement {
  const { outcomes, count } = view.story.results;
  const nameOf = namesIn(view.story.rows);
  const last = outcomes.slice(Math.max(0, outcomes.length - room));
  return (
    <Box flexDirection="column" marginTop={gap} height={room + 1}>
      <Line dim>{`results: ${count}`}</Line>
      {last.map(({ transactionID, bits, winner, elapsedMs, digest, problem }) => (
        <Line key={transactionID} {...(problem !== null && { color: 'red' })}>
          {`${String(transactionID).padStart(4)}  ${bits} bits  ${nameOf(winner)} wins  `}
          {`${formatSeconds(elapsedMs).padStart(7)}  ${problem ?? digest}`}
        </Line>
      ))}
    </Box>
  );
}

function Events({ view, room, gap }: Part): ReactElement {
  const first = Math.max(0, view.occurrences.length - room);
  const last = view.occurrences.slice(first);
  return (
    <Box flexDirection="column" marginTop={gap} height={room + 1}>
      <Line dim>events</Line>
      {last.map(({ at, text }, index) => (
        <Line
          key={first + index}
        >{`${formatElapsed(at - view.startedAt).padStart(6)}  ${text}`}</Line>
      ))}
    </Box>
  );
}

function Footer({ keys }: View): ReactElement {
  const pause = keys.isPaused() ? 'resume' : 'pause';
  return (
    <Line>
      <Key name="k" does="kill the controller" />
      <Key name="a" does="add a peer" />
      <Key name="p" does={pause} />
      <Key name="q" does="quit" />
    </Line>
  );
}
