/** How each broker that we know is started here: on ports and with files that nobody else has. */

import { spawnSync } from 'node:child_process';
import { accessSync, constants, realpathSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from './free-port.ts';
import { makeScratchFolder } from './scratch-folder.ts';

/** `embedded` is our own. */
export const BROKER_KINDS = ['embedded', 'mosquitto', 'nats', 'rabbitmq'] as const;

export type BrokerKind = (typeof BROKER_KINDS)[number];

/** A program of the system. */
export type Start = {
  readonly program: string;
  readonly args: readonly string[];
  /** Beside our own environment. */
  readonly env?: Readonly<Record<string, string>>;
};

export type Recipe = {
  /** With its version where it has one of its own. */
  readonly name: string;
  /** Listens for MQTT 3.1.1 on 127.0.0.1, with whoever comes. */
  readonly port: number;
  readonly broker: Start;
  /** What the broker needs beside it, and does not end with it. */
  readonly helper?: Start;
  /** It answers so long after its start at the most. */
  readonly startMs: number;
  /** Of its files, which nobody needs after it; null where it has none. */
  readonly folder: string | null;
};

/** The program that this file is a part of. */
const PROGRAM = fileURLToPath(new URL('./main.js', import.meta.url));

/** System daemons are often outside of a user's PATH. */
const DAEMONS = ['/usr/sbin', '/usr/local/sbin', '/opt/homebrew/sbin'];

const START_MS = 10_000;
/** Erlang and its plugins; measured: 9 s on two busy cores. */
const RABBITMQ_START_MS = 60_000;

/** Null where the broker is not installed. `own`: the program whose command `broker` is ours. */
export async function recipeOf(kind: BrokerKind, own: string = PROGRAM): Promise<Recipe | null> {
  switch (kind) {
    case 'embedded':
      return await embedded(own);
    case 'mosquitto':
      return await mosquitto();
    case 'nats':
      return await nats();
    case 'rabbitmq':
      return await rabbitmq();
  }
}

/** Where it was looked for, for people. */
export function describeMissing(kind: BrokerKind): string {
  const program = programOf(kind);
  return `no ${program} on PATH or in /usr/sbin (apt-get install ${program})`;
}

function programOf(kind: BrokerKind): string {
  return kind === 'mosquitto' ? 'mosquitto' : `${kind}-server`;
}

async function embedded(own: string): Promise<Recipe> {
  const port = await freePort();
  const args = [own, 'broker', '--port', String(port)];
  const broker = { program: process.execPath, args };
  return { name: 'aedes', port, broker, startMs: START_MS, folder: null };
}

async function mosquitto(): Promise<Recipe | null> {
  const program = findProgram(programOf('mosquitto'));
  if (program === null) return null;
  const port = await freePort();
  const folder = makeScratchFolder('broker');
  const file = write(folder, 'mosquitto.conf', [
    `listener ${port} 127.0.0.1`,
    'allow_anonymous true',
  ]);
  return {
    name: nameOf('mosquitto', program, '-h'),
    port,
    broker: { program, args: ['-c', file] },
    startMs: START_MS,
    folder,
  };
}

/** With JetStream, in which NATS keeps what is retained and what waits for an answer. */
async function nats(): Promise<Recipe | null> {
  const program = findProgram(programOf('nats'));
  if (program === null) return null;
  const [port, ownPort] = [await freePort(), await freePort()];
  const folder = makeScratchFolder('broker');
  const file = write(folder, 'nats.conf', [
    'server_name: "sortition"',
    'host: "127.0.0.1"',
    `port: ${ownPort}`,
    `jetstream { store_dir: ${JSON.stringify(join(folder, 'store'))} }`,
    `mqtt { host: "127.0.0.1", port: ${port} }`,
  ]);
  return {
    name: nameOf('nats', program, '--version'),
    port,
    broker: { program, args: ['-c', file] },
    startMs: START_MS,
    folder,
  };
}

/** Its names are looked up by a daemon that would outlive it; so it gets one of its own. */
async function rabbitmq(): Promise<Recipe | null> {
  const found = findProgram(programOf('rabbitmq'));
  const names = findProgram('epmd');
  if (found === null || names === null) return null;
  // What is on PATH may be a wrapper that changes the user, who then could not read our files.
  const beside = join(dirname(realpathSync(found)), programOf('rabbitmq'));
  const program = isProgram(beside) ? beside : found;
  const [port, ownPort, namesPort] = [await freePort(), await freePort(), await freePort()];
  const folder = makeScratchFolder('broker');
  const at = (name: string): string => join(folder, name);
  const configuration = write(folder, 'rabbitmq.conf', [
    'listeners.tcp = none',
    `mqtt.listeners.tcp.local = 127.0.0.1:${port}`,
    'mqtt.allow_anonymous = true',
  ]);
  const env = {
    HOME: folder,
    RABBITMQ_NODENAME: 'sortition@localhost',
    RABBITMQ_CONFIG_FILE: configuration,
    RABBITMQ_ENABLED_PLUGINS_FILE: write(folder, 'plugins', ['[rabbitmq_mqtt].']),
    RABBITMQ_CONF_ENV_FILE: at('none'),
    RABBITMQ_MNESIA_BASE: at('data'),
    RABBITMQ_LOG_BASE: at('log'),
    RABBITMQ_PID_FILE: at('pid'),
    RABBITMQ_DIST_PORT: String(ownPort),
    ERL_EPMD_PORT: String(namesPort),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    // Its script then becomes the broker, and one process is all there is to kill.
    RUNNING_UNDER_SYSTEMD: 'true',
  };
  return {
    name: 'rabbitmq',
    port,
    broker: { program, args: [], env },
    helper: { program: names, args: ['-port', String(namesPort), '-address', '127.0.0.1'] },
    startMs: RABBITMQ_START_MS,
    folder,
  };
}

function write(folder: string, name: string, lines: readonly string[]): string {
  const path = join(folder, name);
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}

/** `mosquitto 2.0.11`: what the program says of its own version. */
function nameOf(name: string, program: string, flag: string): string {
  const { stdout } = spawnSync(program, [flag], { encoding: 'utf8' });
  const [, version = ''] = /v(?:ersion )?(\d\S*)/.exec(stdout ?? '') ?? [];
  return `${name} ${version}`.trim();
}

function findProgram(name: string): string | null {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...DAEMONS];
  const files = folders.filter((folder) => folder !== '').map((folder) => join(folder, name));
  return files.find((file) => isProgram(file)) ?? null;
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
