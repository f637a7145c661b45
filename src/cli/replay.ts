/** `sortition replay`: a recording told, shown or published again; a trace decided again. */

import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { systemCodeOf, WorldError } from '../node/world-error.ts';
import { type ConnectionValues, connectionOf, connectionSettings } from './connection-settings.ts';
import { publishRecording } from './replay-broker.ts';
import { tellRecording } from './replay-recording.ts';
import { stepThrough } from './replay-step.ts';
import { demandSame, isTrace, peerOfTrace, replayTrace, tellOutcome } from './replay-trace.ts';
import {
  addSettings,
  preferTyped,
  readSettings,
  type Settings,
  sourceOf,
  usageError,
} from './setting.ts';
import { refuseWithoutDialect, type WatchValues, watchSettings } from './watching.ts';

type Values = ConnectionValues &
  WatchValues & {
    readonly peer: string | null;
    readonly step: boolean;
    readonly toBroker: boolean;
    readonly speed: number;
    readonly json: boolean;
  };

const SPEED_MOST = 1_000_000;

const settings: Settings<Values> = {
  peer: {
    flags: '--peer <ClientID>',
    help: 'of a directory of traces, the one of this peer: its name, or how that begins',
    fallback: null,
    isArgumentOnly: true,
    allowed: 'the beginning of a ClientID, four characters at least',
    read: (text) => (/^[0-9a-f-]{4,36}$/.test(text) ? text : null),
  },
  step: { flags: '--step', help: 'walk through a recording on a live screen, forward and back' },
  toBroker: { flags: '--to-broker', help: 'publish a recording again' },
  speed: {
    flags: '--speed <times>',
    help: 'with --to-broker: so many times as fast as it was, or max',
    fallback: '1',
    isArgumentOnly: true,
    allowed: 'a number from 0.01 to 1000000, or max',
    read: readSpeed,
  },
  json: { flags: '--json', help: 'an object a line (docs/command-line.md)' },
  ...watchSettings,
  ...connectionSettings,
};

export function createReplayCommand(): Command {
  const command = new Command('replay')
    .description('tell, show or publish a recording again; drive a peer again with its trace')
    .argument('<file>', 'a recording, a trace, or a directory of traces (start --trace)');
  return addSettings(command, settings).action(async (path: string) => {
    const values = preferTyped(
      command,
      readSettings(command, settings),
      ['step', 'toBroker'],
      ['step', 'json'],
    );
    refuseWithoutDialect(command, values);
    refuseStream(path);
    if (lookAt(path, () => statSync(path).isDirectory())) replayTraces(command, path, values);
    else if (isTrace(path)) replayTraces(command, path, values);
    else await replayRecording(command, path, values);
  });
}

/** A file is read again and again: to see what it is, and to walk back in it. */
function refuseStream(path: string): void {
  const status = path === '-' ? null : lookAt(path, () => statSync(path));
  if (status?.isFile() === true || status?.isDirectory() === true) return;
  throw new WorldError(
    `${path} is no file but something that is read once: write what comes out of it into a file.`,
    { code: 'file-unreadable', facts: { path } },
  );
}

async function replayRecording(command: Command, path: string, values: Values): Promise<void> {
  const { peer, step, toBroker, speed, json } = values;
  if (peer !== null) {
    throw usageError(
      '--peer is for traces, which client --trace and start --trace write: a recording lacks ' +
        'what happened inside the peer.',
    );
  }
  if (step && toBroker) throw usageError('--step and --to-broker are two things: choose one.');
  if (step && json) throw usageError('--step draws a screen, and --json none: choose one.');
  if (!toBroker && sourceOf(command, 'speed') !== 'fallback') {
    throw usageError('--speed is for --to-broker alone.');
  }
  if (toBroker) {
    await publishRecording(path, { connection: connectionOf(command, values), speed, json });
  } else if (step) await stepThrough(path, values);
  else tellRecording(path, values);
}

function replayTraces(command: Command, path: string, values: Values): void {
  const { peer, json } = values;
  for (const name of ['step', 'toBroker', 'speed', 'dialect', 'prefix']) {
    if (sourceOf(command, name) !== 'argument') continue;
    throw usageError(`${path} is a trace: it is driven again by itself, without other options.`);
  }
  const isDirectory = lookAt(path, () => statSync(path).isDirectory());
  const all = isDirectory ? tracesIn(path) : [path];
  const paths = peer === null ? all : [traceOf(peer, path, all)];
  const showsTurns = !isDirectory || peer !== null;
  const outcomes = paths.map((each) => {
    const outcome = replayTrace(each, { isJson: json, showsTurns });
    tellOutcome(outcome, json);
    return outcome;
  });
  demandSame(outcomes);
}

function tracesIn(directory: string): readonly string[] {
  const names = lookAt(directory, () => readdirSync(directory));
  const paths = names
    .filter((name) => name.endsWith('.ndjson'))
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .map((name) => join(directory, name))
    .filter(isTrace);
  if (paths.length > 0) return paths;
  throw new WorldError(`There is no trace in ${directory}: start --trace writes some.`, {
    code: 'trace-missing',
    facts: { path: directory },
  });
}

function traceOf(peer: string, path: string, traces: readonly string[]): string {
  const [found, another] = traces.filter((trace) => peerOfTrace(trace)?.startsWith(peer));
  const facts = { path, peer };
  if (found === undefined) {
    throw new WorldError(`${path} holds no trace of a peer ${peer}.`, {
      code: 'trace-missing',
      facts,
    });
  }
  if (another === undefined) return found;
  throw new WorldError(`${path} holds several traces of ${peer}: name more of it, or one file.`, {
    code: 'trace-missing',
    facts,
  });
}

function readSpeed(text: string): number | null {
  if (text === 'max') return Number.POSITIVE_INFINITY;
  const speed = /^\d{1,7}(\.\d{1,3})?$/.test(text) ? Number(text) : Number.NaN;
  return speed >= 0.01 && speed <= SPEED_MOST ? speed : null;
}

function lookAt<Value>(path: string, look: () => Value): Value {
  try {
    return look();
  } catch (cause) {
    const reason = systemCodeOf(cause);
    throw new WorldError(`Cannot read ${path} (${reason}): check its name and its permissions.`, {
      code: 'file-unreadable',
      facts: { path, reason },
      cause,
    });
  }
}
