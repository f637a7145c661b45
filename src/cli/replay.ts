/** `sortition replay`: drives heads again with their traces. */

import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { systemCodeOf, WorldError } from '../node/world-error.ts';
import { demandSame, peerOfTrace, replayTrace, tellOutcome } from './replay-trace.ts';
import { addSettings, readSettings, type Settings } from './setting.ts';

type Values = {
  readonly peer: string | null;
  readonly json: boolean;
};

const settings: Settings<Values> = {
  peer: {
    flags: '--peer <ClientID>',
    help: 'of a directory of traces, the one of this peer: its name, or how that begins',
    fallback: null,
    isArgumentOnly: true,
    allowed: 'the beginning of a ClientID, four characters at least',
    read: (text) => (/^[0-9a-f-]{4,36}$/.test(text) ? text : null),
  },
  json: { flags: '--json', help: 'an object a line (docs/command-line.md)' },
};

export function createReplayCommand(): Command {
  const command = new Command('replay')
    .description('drive a peer again with its trace, and see whether it decides the same')
    .argument('<file>', 'a trace, or a directory of traces (client --trace, start --trace)');
  return addSettings(command, settings).action((path: string) => {
    replay(path, readSettings(command, settings));
  });
}

function replay(path: string, { peer, json }: Values): void {
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
    .filter((path) => peerOfTrace(path) !== null);
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
