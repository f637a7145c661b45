/** `sortition watch`: the viewer that knows the protocol, and never says a word. */

import { Command } from 'commander';
import type { UnixMs } from '../domain/names.ts';
import type { Arrived } from '../node/mqtt-attempt.ts';
import { openMqttEar } from '../node/mqtt-ear.ts';
import { everythingUnder } from '../wire/topics.ts';
import { type ConnectionValues, connectionOf, connectionSettings } from './connection-settings.ts';
import { Ending } from './ending.ts';
import { formatLine, type LineLook, wantsColour } from './line-format.ts';
import { goOnWithoutOutput } from './output.ts';
import { addSettings, readSettings, type Settings } from './setting.ts';
import { hasTerminal } from './terminal.ts';
import { jsonOf, lineOf } from './watch-lines.ts';
import {
  lookOn,
  refuseWithoutDialect,
  type Watching,
  type WatchValues,
  watchSettings,
} from './watching.ts';
import { Wishes } from './wishes.ts';

type Values = ConnectionValues & WatchValues & { readonly json: boolean };

const settings: Settings<Values> = {
  ...connectionSettings,
  ...watchSettings,
  json: { flags: '--json', help: 'a message a line as JSON, decoded, with its verdict' },
};

/** Shows what is heard, in its own way. */
export type WatchShow = {
  readonly onConnected: (url: string) => void;
  readonly onDisconnected: (reason: string) => void;
  readonly onDelivery: (arrived: Arrived) => void;
  close(): void;
};

export function createWatchCommand(): Command {
  const command = new Command('watch').description(
    'look on at a network: who is there, who governs, what is open; and never say a word',
  );
  return addSettings(command, settings).action(async () => {
    const values = readSettings(command, settings);
    refuseWithoutDialect(command, values);
    goOnWithoutOutput();
    await watch(command, values);
  });
}

async function watch(command: Command, values: Values): Promise<void> {
  const connection = connectionOf(command, values);
  const ending = new Ending();
  const wishes = new Wishes(() => ending.leave());
  const watching = lookOn(values);
  const show = await openShow(values, watching, wishes);
  const ear = openMqttEar(
    { ...connection, subscriptions: [everythingUnder(values.prefix)] },
    {
      onConnected: () => show.onConnected(ear.url),
      onDisconnected: (reason) => {
        show.onDisconnected(reason);
      },
      onDelivery: show.onDelivery,
      onFatal: (error) => ending.fail(error),
    },
  );
  wishes.watchOutput();
  const error = await ending.come;
  await ear.close();
  show.close();
  if (error !== null) throw error;
}

async function openShow(values: Values, watching: Watching, wishes: Wishes): Promise<WatchShow> {
  if (values.json) return jsonShow(watching);
  if (!hasTerminal()) return plainShow(watching);
  // Without this, React keeps records of every frame for its developers, for ever.
  process.env['NODE_ENV'] ??= 'production';
  // Only here: it is large, and nobody else draws screens.
  const { openBoardScreen } = await import('./board-screen.tsx');
  let title = 'connecting';
  let remark = '';
  const screen = openBoardScreen(
    () => ({
      board: watching.board(Date.now() as UnixMs),
      title,
      remark,
      note: null,
      keys: [['q', 'quit']],
    }),
    (key) => {
      if (key === 'interrupt') wishes.signal('SIGINT');
      if (key === 'q') wishes.end();
    },
  );
  return {
    onConnected: (url) => {
      title = url;
      remark = '';
    },
    onDisconnected: (reason) => {
      remark = `no connection: ${reason}`;
    },
    onDelivery: (arrived) => {
      watching.hear(timed(arrived));
    },
    close: screen.close,
  };
}

function plainShow(watching: Watching): WatchShow {
  const look: LineLook = { isColoured: wantsColour(process.stdout), columns: null };
  const tell = (text: string): void =>
    write(formatLine({ text, tone: 'weighty' }, Date.now(), look));
  return {
    onConnected: (url) => tell(`listening to ${url}`),
    onDisconnected: (reason) => tell(`no connection: ${reason.replace(/\.$/, '')}; trying again`),
    onDelivery: (arrived) => {
      const sighting = watching.hear(timed(arrived));
      const line = lineOf(sighting, watching.isLab, watching.nameOf);
      write(formatLine(line, sighting.recorded.time, look));
    },
    close: () => undefined,
  };
}

function jsonShow(watching: Watching): WatchShow {
  const tell = (event: string, facts: object): void =>
    write(JSON.stringify({ time: Date.now(), event, ...facts }));
  return {
    onConnected: (url) => tell('connected', { url }),
    onDisconnected: (reason) => tell('disconnected', { reason }),
    onDelivery: (arrived) => write(jsonOf(watching.hear(timed(arrived)))),
    close: () => undefined,
  };
}

function timed(arrived: Arrived): Arrived & { readonly time: UnixMs } {
  return { time: Date.now() as UnixMs, ...arrived };
}

function write(line: string): void {
  process.stdout.write(`${line}\n`);
}
