/** `sortition record`: writes down what a broker brings, until one has enough. */

import { Command } from 'commander';
import type { UnixMs } from '../domain/names.ts';
import { LineFile } from '../node/line-file.ts';
import type { Arrived } from '../node/mqtt-attempt.ts';
import { openMqttEar } from '../node/mqtt-ear.ts';
import { WorldError } from '../node/world-error.ts';
import { writeRecorded } from '../record/recording.ts';
import { everythingUnder } from '../wire/topics.ts';
import { type ConnectionValues, connectionOf, connectionSettings } from './connection-settings.ts';
import { Ending } from './ending.ts';
import { printable } from './line-format.ts';
import { goOnWithoutOutput, Outlet } from './output.ts';
import { peerSettings } from './peer-settings.ts';
import { remark } from './remark.ts';
import { addSettings, readSettings, type Settings } from './setting.ts';
import { duration } from './values.ts';
import { Wishes } from './wishes.ts';

type Values = ConnectionValues & {
  readonly prefix: string;
  /** Milliseconds. */
  readonly for: number | null;
  readonly json: boolean;
};

const settings: Settings<Values> = {
  ...connectionSettings,
  prefix: { ...peerSettings.prefix, help: 'what all topics that are recorded begin with' },
  for: {
    flags: '--for <time>',
    help: 'ends after so long; otherwise at Ctrl-C',
    fallback: null,
    isArgumentOnly: true,
    ...duration,
  },
  json: { flags: '--json', help: 'tell how it goes as JSON, an object a line' },
};

/** On a terminal, people see how it grows. */
const TELL_MS = 1_000;

export function createRecordCommand(): Command {
  const command = new Command('record')
    .description('write down every message of a network, and never say a word')
    .argument('<file>', 'a new file; a message a line (docs/recordings.md)');
  return addSettings(command, settings).action((path: string) =>
    record(command, path, readSettings(command, settings)),
  );
}

async function record(command: Command, path: string, values: Values): Promise<void> {
  const connection = connectionOf(command, values);
  goOnWithoutOutput();
  const ending = new Ending();
  const file = new LineFile(path);
  const teller = new RecordTeller(values.json);
  const startedAt = Date.now();
  const recording = outletInto(file);
  let heard = 0;
  const write = (arrived: Arrived): void => {
    recording.write(writeRecorded({ time: Date.now() as UnixMs, ...arrived }));
    heard += 1;
  };
  const written = (): number => heard - recording.lost;
  const filter = everythingUnder(values.prefix);
  const ear = openMqttEar(
    { ...connection, subscriptions: [filter] },
    {
      onConnected: () => teller.tell({ kind: 'recording', file: path, url: ear.url, filter }),
      onDisconnected: (reason) => {
        teller.tell({ kind: 'disconnected', reason });
      },
      onDelivery: write,
      onFatal: (error) => ending.fail(error),
    },
  );
  const wishes = new Wishes(() => ending.leave());
  wishes.watchOutput();
  const counter = setInterval(() => teller.count(written(), file.bytes), TELL_MS);
  const end = values.for === null ? undefined : setTimeout(() => ending.leave(), values.for);

  const error = await ending.come;
  clearTimeout(end);
  clearInterval(counter);
  await ear.close();
  if (error === null) file.close();
  else file.discardIfEmpty();
  const ms = Date.now() - startedAt;
  teller.tell({ kind: 'recorded', file: path, messages: written(), bytes: file.bytes, ms });
  if (error !== null) throw error;
  const gap = recording.conclude(false);
  if (gap !== null) throw new WorldError(gap, { code: 'file-unwritable', facts: { path } });
}

/** A full disk costs messages, and does not end the recording. */
function outletInto(file: LineFile): Outlet {
  const write = (bytes: Uint8Array): number => {
    try {
      file.append(bytes);
    } catch (error) {
      throw error instanceof WorldError ? error.cause : error;
    }
    return bytes.length;
  };
  return new Outlet({
    name: `recording ${file.path}`,
    write,
    now: () => performance.now(),
    tell: remark,
  });
}

type Told =
  | { readonly kind: 'recording'; readonly file: string; readonly url: string; filter: string }
  | { readonly kind: 'disconnected'; readonly reason: string }
  | {
      readonly kind: 'recorded';
      readonly file: string;
      readonly messages: number;
      readonly bytes: number;
      readonly ms: number;
    };

/** Tells how a recording goes, to people or to programs. */
class RecordTeller {
  readonly #isJson: boolean;
  readonly #isLive: boolean;

  constructor(isJson: boolean) {
    this.#isJson = isJson;
    this.#isLive = !isJson && process.stderr.isTTY === true;
  }

  tell(told: Told): void {
    if (this.#isLive) process.stderr.write(CLEAR_LINE);
    const text = this.#isJson
      ? JSON.stringify({ time: Date.now(), ...told })
      : printable(sentenceOf(told));
    process.stdout.write(`${text}\n`);
  }

  count(messages: number, bytes: number): void {
    if (this.#isLive) process.stderr.write(`${CLEAR_LINE}${sizeOf(messages, bytes)}`);
  }
}

/** Back to the first column, and the line is empty (ECMA-48 section 8.3.41, EL). */
const CLEAR_LINE = '\r\u001B[K';

function sentenceOf(told: Told): string {
  switch (told.kind) {
    case 'recording':
      return `recording ${told.filter} from ${told.url} into ${told.file}; Ctrl-C ends`;
    case 'disconnected':
      return `no connection: ${told.reason.replace(/\.$/, '')}; trying again`;
    case 'recorded':
      return `${sizeOf(told.messages, told.bytes)} in ${(told.ms / 1000).toFixed(1)} s`;
  }
}

function sizeOf(messages: number, bytes: number): string {
  const word = messages === 1 ? 'message' : 'messages';
  return `${messages} ${word}, ${(bytes / 1000).toFixed(1)} kB`;
}
