/** `sortition check`: the referee for any network, live or recorded, ours or a student's. */

import { Command } from 'commander';
import type { Genesis } from '../domain/genesis.ts';
import type { UnixMs } from '../domain/names.ts';
import type { DialectName } from '../lab/dialect.ts';
import { nodeHasher, nodeVerifier } from '../node/crypto.ts';
import { piecesOf } from '../node/file-pieces.ts';
import { readGenesisFile } from '../node/genesis-file.ts';
import { openMqttEar } from '../node/mqtt-ear.ts';
import { WorldError } from '../node/world-error.ts';
import { describeBadLine } from '../record/describe-bad-line.ts';
import { type RecordedLine, RecordingReader } from '../record/recording-reader.ts';
import { LabReferee } from '../record/referee/lab-referee.ts';
import { LAB_RULES } from '../record/referee/lab-rules.ts';
import { Referee } from '../record/referee/referee.ts';
import { RULES } from '../record/referee/rules.ts';
import type { Arbiter } from '../record/referee/violation.ts';
import { everythingUnder } from '../wire/topics.ts';
import { CheckReport, type ReportForm } from './check-report.ts';
import { type ConnectionValues, connectionOf, connectionSettings } from './connection-settings.ts';
import { Ending } from './ending.ts';
import { EXIT } from './exit.ts';
import { labSettings } from './lab-settings.ts';
import { peerSettings } from './peer-settings.ts';
import { remark } from './remark.ts';
import {
  addSettings,
  preferTyped,
  readSettings,
  type Settings,
  sourceOf,
  usageError,
} from './setting.ts';
import { duration } from './values.ts';
import { refuseWithoutDialect } from './watching.ts';
import { Wishes } from './wishes.ts';

type Values = ConnectionValues & {
  readonly prefix: string;
  readonly dialect: DialectName | null;
  /** N, which nothing in a dialect says. */
  readonly peers: number | null;
  /** Milliseconds. */
  readonly for: number | null;
  readonly announce: number;
  readonly heartbeat: number;
  readonly genesis: Genesis | null;
  readonly ignore: readonly string[] | null;
  readonly json: boolean;
  readonly junit: boolean;
};

const ALL_IDS: readonly string[] = [RULES, LAB_RULES].flatMap((rules) =>
  Object.values(rules).map(({ id }) => id),
);

const settings: Settings<Values> = {
  ...connectionSettings,
  prefix: { ...peerSettings.prefix, help: 'what all topics that are judged begin with' },
  dialect: {
    ...labSettings.dialect,
    help: "judge by the rules of the labs' clients: ufes or statement",
  },
  peers: {
    ...peerSettings.peers,
    help: 'with --dialect: number of votes that elect; unless said, all clients that are here vote',
    fallback: null,
  },
  for: {
    flags: '--for <time>',
    help: 'listen for so long; otherwise until Ctrl-C',
    fallback: null,
    isArgumentOnly: true,
    ...duration,
  },
  announce: {
    ...peerSettings.announce,
    help: 'how often the peers of this network introduce themselves',
  },
  heartbeat: {
    ...peerSettings.heartbeat,
    help: 'how often the peers of this network give a sign of life',
  },
  genesis: {
    flags: '--genesis <file>',
    help: 'what the accounts of this network begin with; otherwise as a peer that comes is told',
    fallback: null,
    allowed: 'a file with "KEY UNITS" on each line',
    read: readGenesisFile,
  },
  ignore: {
    flags: '--ignore <rules>',
    help: 'rules that are not to count, as R27,R34',
    fallback: null,
    isArgumentOnly: true,
    allowed: 'rules with commas between them, such as R27,R34 (docs/check.md lists them)',
    read: readIgnored,
  },
  json: { flags: '--json', help: 'tell violations and the report as JSON, an object a line' },
  junit: { flags: '--junit', help: 'write the report as JUnit XML, a test case for each rule' },
};

/** What says where a broker is. */
const PLACES = ['host', 'port', 'url'] as const;

export function createCheckCommand(): Command {
  const command = new Command('check')
    .description('say which rules of the protocol are broken by whom, live or in a recording')
    .argument(
      '[file]',
      'a recording (docs/recordings.md), or - for the standard input; or say where the broker is',
    );
  return addSettings(command, settings).action((path: string | undefined) =>
    check(
      command,
      path ?? null,
      preferTyped(command, readSettings(command, settings), ['json', 'junit']),
    ),
  );
}

async function check(command: Command, path: string | null, values: Values): Promise<void> {
  refuseContradictions(command, path, values);
  const arbiter = arbiterOf(values);
  const form: ReportForm = values.json ? 'json' : values.junit ? 'junit' : 'people';
  const report = new CheckReport(arbiter.rules, form, values.ignore ?? []);
  if (path === null) await checkLive(command, values, arbiter, report);
  else checkFile(path, arbiter, report);
  report.add(arbiter.end(path === null ? Date.now() : undefined));
  const { tally } = arbiter;
  if (tally.messages === 0) throw nothingToCheck(path, values.prefix);
  report.end(tally);
  if (report.hasFailed) process.exitCode = EXIT.failed;
}

function refuseContradictions(command: Command, path: string | null, values: Values): void {
  const isLive = PLACES.some((name) => sourceOf(command, name) === 'argument');
  const isSaid = PLACES.some((name) => sourceOf(command, name) !== 'fallback');
  if (path !== null && isLive)
    throw usageError('Name a recording, or say where a broker is, and not both.');
  if (path === null && !isSaid)
    throw usageError('Say what to check: the file of a recording, or --host or --url of a broker.');
  if (path !== null && values.for !== null)
    throw usageError('--for is for a live network: a recording ends by itself.');
  refuseWithoutDialect(command, values);
  if (values.json && values.junit) throw usageError('--json and --junit: leave one of them out.');
}

function arbiterOf({ prefix, dialect, peers, announce, heartbeat, genesis }: Values): Arbiter {
  if (dialect !== null) return new LabReferee({ prefix, dialect, peers });
  const rhythm = { announceMs: announce, heartbeatMs: heartbeat };
  return new Referee({ prefix, hasher: nodeHasher, verifier: nodeVerifier(), rhythm, genesis });
}

function checkFile(path: string, arbiter: Arbiter, report: CheckReport): void {
  const reader = new RecordingReader();
  const take = (lines: Iterable<RecordedLine>): void => {
    for (const line of lines) {
      if (line.ok) report.add(arbiter.hear(line.recorded));
      else report.remark(`line ${line.number} ${describeBadLine(line.fault)}`);
    }
  };
  for (const piece of piecesOf(path, tellOnce(path))) take(reader.push(piece));
  take(reader.end());
}

/** The file as people read it. */
function nameOf(path: string): string {
  return path === '-' ? 'Standard input' : path;
}

/** A user who named a pipe by mistake sees what we wait for. */
function tellOnce(path: string): () => void {
  let isTold = false;
  return () => {
    if (!isTold) remark(`${nameOf(path)}: waiting for what comes out of it; Ctrl-C ends`);
    isTold = true;
  };
}

async function checkLive(
  command: Command,
  values: Values,
  arbiter: Arbiter,
  report: CheckReport,
): Promise<void> {
  const ending = new Ending();
  const filter = everythingUnder(values.prefix);
  const connection = connectionOf(command, values);
  const ear = openMqttEar(
    { ...connection, subscriptions: [filter] },
    {
      onConnected: () => report.remark(`listening to ${filter} on ${ear.url}; Ctrl-C ends`),
      onDisconnected: (reason) => {
        report.remark(`no connection: ${reason.replace(/\.$/, '')}`);
      },
      onDelivery: (arrived) => report.add(arbiter.hear({ time: Date.now() as UnixMs, ...arrived })),
      onFatal: (error) => ending.fail(error),
    },
  );
  const wishes = new Wishes(() => ending.leave());
  wishes.watchOutput();
  const end = values.for === null ? undefined : setTimeout(() => ending.leave(), values.for);
  const error = await ending.come;
  clearTimeout(end);
  await ear.close();
  if (error !== null) throw error;
}

/** Whoever checks the wrong file should not be told that all is well. */
function nothingToCheck(path: string | null, prefix: string): WorldError {
  const where = path === null ? 'Nobody said a word' : `${nameOf(path)} has not one message`;
  return new WorldError(`${where} under ${prefix}: there was nothing to check.`, {
    code: 'nothing-to-check',
    facts: { prefix, ...(path !== null && { path }) },
  });
}

function readIgnored(text: string): readonly string[] | null {
  const ids = text.split(',');
  return ids.every((id) => ALL_IDS.includes(id)) ? ids : null;
}
