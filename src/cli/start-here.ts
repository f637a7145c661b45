/** Starts a run where we are: on a live screen, as plain lines, or as JSON. */

import type { ClientID, UnixMs } from '../domain/names.ts';
import { goOnWithoutOutput } from './output.ts';
import type { PeerValues } from './peer-settings.ts';
import { namesIn, triedBy } from './start-peers.ts';
import { type OpenShow, runPeers } from './start-run.ts';
import { jsonShow, plainShow } from './start-show.ts';
import type { Story } from './start-story.ts';
import { challengesTable, meanRate, peersTable, summaryLine } from './start-tables.ts';
import { hasTerminal } from './terminal.ts';
import { makeTraceDirectory, traceFileIn } from './trace-file.ts';
import { electionWord } from './values.ts';

type HandedOn =
  | 'peers'
  | 'threads'
  | 'difficulty'
  | 'election'
  | 'announce'
  | 'heartbeat'
  | 'removal'
  | 'challenges';

/** What each peer is told, and what is said of the run as a whole. */
export type StartValues = Pick<PeerValues, HandedOn> & {
  readonly port: number;
  readonly wsPort: number | null;
  readonly showPreimages: boolean;
  /** Path of a directory. */
  readonly trace: string | null;
  readonly json: boolean;
};

/** Runs to the end and prints the closing tables. Throws as `runPeers`. */
export async function start(values: StartValues): Promise<void> {
  if (values.challenges === 0) goOnWithoutOutput();
  const startedAt = Date.now();
  const isLive = !values.json && hasTerminal();
  const close = (story: Story): void => {
    if (values.json) write(JSON.stringify(summaryOf(story)));
    else for (const line of closingLines(story, values, startedAt)) write(line);
    // On a live screen there was no room for them before.
    if (isLive && values.showPreimages)
      for (const { preimage } of story.results.outcomes) write(preimage);
  };
  await runPeers(
    {
      wanted: { port: values.port, wsPort: values.wsPort },
      peers: values.peers,
      challenges: values.challenges,
      clientArgs: clientArgsOf(values),
      traceFileOf: traceFilesIn(values.trace),
      hasNames: values.election === 'present',
    },
    isLive ? await liveShow() : linesShow(values),
    close,
  );
}

function clientArgsOf({
  threads,
  difficulty,
  election,
  announce,
  heartbeat,
  removal,
}: StartValues): string[] {
  return [
    ...[
      '--threads',
      String(threads),
      '--difficulty',
      difficulty,
      '--election',
      electionWord(election),
    ],
    ...['--announce', `${announce}ms`, '--heartbeat', `${heartbeat}ms`],
    ...['--removal', `${removal}ms`],
  ];
}

/** Throws `file-exists` where peers of another run have left theirs, and `file-unwritable`. */
function traceFilesIn(directory: string | null): ((place: number) => string) | null {
  if (directory === null) return null;
  makeTraceDirectory(directory);
  return (place) => traceFileIn(directory, place);
}

function linesShow({ json, showPreimages }: StartValues): OpenShow {
  return (story) => {
    const nameOf = (peer: ClientID): string => namesIn(story.rows)(peer);
    const show = json ? jsonShow(write, Date.now) : plainShow(write, showPreimages, nameOf);
    return { ...show, hasKeys: false };
  };
}

/** Loaded only here: it is large, and nobody else draws screens. */
async function liveShow(): Promise<OpenShow> {
  // Without this, React keeps records of every frame for its developers, for ever.
  process.env['NODE_ENV'] ??= 'production';
  const { openScreen } = await import('./screen.tsx');
  return (story, keys) => ({ ...openScreen(story, keys), hasKeys: true });
}

function closingLines(story: Story, values: StartValues, startedAt: number): readonly string[] {
  const now = Date.now() as UnixMs;
  const columns = process.stdout.isTTY === true ? process.stdout.columns : null;
  const { outcomes, count: results } = story.results;
  const run = { results, wanted: values.challenges, terms: story.terms };
  return [
    '',
    ...peersTable(story.rows, story.firstChallengeAt, now),
    '',
    ...(results === 0
      ? []
      : [...challengesTable(outcomes, results, columns, namesIn(story.rows)), '']),
    summaryLine(run, now - startedAt),
  ];
}

/** The closing tables for programs. */
function summaryOf(story: Story): unknown {
  const time = Date.now() as UnixMs;
  return {
    time,
    kind: 'summary',
    terms: story.terms,
    peers: story.rows.map((row) => ({
      name: row.name,
      called: row.called,
      pid: row.pid,
      wins: row.wins,
      tried: triedBy(row),
      perSecond: Math.round(meanRate(row, story.firstChallengeAt, time)),
      wasController: row.wasController,
      how: row.ending?.how ?? null,
    })),
    resultCount: story.results.count,
    results: story.results.outcomes,
  };
}

function write(line: string): void {
  process.stdout.write(`${line}\n`);
}
