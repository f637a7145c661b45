/** `sortition broker`: the embedded broker alone. */

import { Command } from 'commander';
import type { Broker } from '../../broker/broker.ts';
import { ROLES, type Role } from '../../broker/rights.ts';
import { inUrl } from '../node/host.ts';
import { DEFAULT_PREFIX } from '../wire/topics.ts';
import { askPassword } from './ask-password.ts';
import { readPem } from './connection-settings.ts';
import { formatLine, printable, wantsColour } from './line-format.ts';
import { goOnWithoutOutput } from './output.ts';
import { addSettings, readSettings, type Settings, usageError } from './setting.ts';
import { host, oneOf, text, whole } from './values.ts';
import { Wishes } from './wishes.ts';

type Values = {
  readonly host: string;
  readonly port: number;
  readonly wsPort: number | null;
  readonly users: string | null;
  readonly addUser: string | null;
  readonly role: Role | null;
  readonly cert: string | null;
  readonly key: string | null;
};

const MOST_PORT = 65_535;

const settings: Settings<Values> = {
  host: {
    flags: '-h, --host <address>',
    help: 'listen on this address; any but this machine alone needs --users',
    fallback: '127.0.0.1',
    isArgumentOnly: true,
    ...host,
  },
  port: {
    flags: '-p, --port <port>',
    help: 'port for MQTT over TCP; 0 for any that is free',
    fallback: '1883',
    ...whole(0, MOST_PORT),
  },
  wsPort: {
    flags: '--ws-port <port>',
    help: 'port for MQTT over WebSocket, too; 0 for any that is free',
    fallback: null,
    ...whole(0, MOST_PORT),
  },
  users: {
    flags: '--users <file>',
    help: 'let in only who stands in this file',
    fallback: null,
    ...text,
  },
  addUser: {
    flags: '--add-user <name>',
    help:
      'write a user into the file of --users, with a password from the terminal, ' +
      'SORTITION_PASSWORD or the standard input, and do nothing else',
    fallback: null,
    isArgumentOnly: true,
    ...text,
  },
  role: {
    flags: '--role <role>',
    help: 'with --add-user: peer, which may publish, or viewer, which only reads (default: peer)',
    fallback: null,
    isArgumentOnly: true,
    ...oneOf(...ROLES),
  },
  cert: {
    flags: '--cert <file>',
    help: 'certificate (PEM): speak TLS on all ports',
    fallback: null,
    isArgumentOnly: true,
    ...text,
  },
  key: {
    flags: '--key <file>',
    help: 'its private key (PEM)',
    fallback: null,
    isArgumentOnly: true,
    ...text,
  },
};

export function createBrokerCommand(): Command {
  const command = new Command('broker').description(
    'run a broker for peers and viewers, on this machine alone unless told otherwise',
  );
  return addSettings(command, settings).action(async () => {
    const values = readSettings(command, settings);
    await (values.addUser === null ? serve(values) : addUserTo(values, values.addUser));
  });
}

async function serve(values: Values): Promise<void> {
  const { cert, key, users, role } = values;
  if (role !== null) throw usageError('--role goes with --add-user: name the user, too.');
  if ((cert === null) !== (key === null)) {
    throw usageError('--cert and --key go together: give both for TLS, or neither.');
  }
  const tls =
    cert === null || key === null
      ? null
      : { cert: readPem('certificate', cert), key: readPem('private key', key) };
  // Only here: other commands start sooner without it.
  const { openBroker } = await import('../../broker/broker.ts');
  goOnWithoutOutput();
  const broker = await openBroker({
    host: values.host,
    port: values.port,
    wsPort: values.wsPort,
    ...(users !== null && { users }),
    ...(tls !== null && { tls }),
    onRefused: (sentence) => process.stdout.write(`${logLine(sentence)}\n`),
  });
  const ended = new Promise<void>((resolve) => new Wishes(resolve));
  // The reader of our lines may have gone when something is refused: the broker goes on.
  process.stdout.on('error', () => {});
  process.stdout.write(`${introduce(broker, values)}\n`);
  await ended;
  await broker.close();
}

/** Where it listens, and what to type next. */
function introduce(broker: Broker, { cert, users }: Values): string {
  const isSecure = cert !== null;
  const name = inUrl(broker.host);
  const web = broker.wsPort === null ? [] : [`ws${isSecure ? 's' : ''}://${name}:${broker.wsPort}`];
  const places = [`mqtt${isSecure ? 's' : ''}://${name}:${broker.port}`, ...web];
  const isEverywhere = broker.host === '0.0.0.0' || broker.host === '::';
  const where = `-h ${isEverywhere ? 'ADDRESS' : broker.host} -p ${broker.port}`;
  const login = users === null ? '' : ' -u NAME';
  const password = users === null ? '' : ' -P PASSWORD';
  const hint = users === null ? '' : ' (with the password in SORTITION_PASSWORD)';
  const ca = isSecure ? ' --cafile FILE' : '';
  const everything = `-v -t '${DEFAULT_PREFIX}/#'`;
  return [
    `The broker listens on ${places.join(' and ')}; Ctrl-C ends it.`,
    `In as many terminals as there are peers${hint}:`,
    `  npx sortition client ${where}${login}${ca}`,
    'To read along:',
    `  mosquitto_sub ${where}${login}${password}${ca} ${everything}`,
  ].join('\n');
}

function logLine(text: string): string {
  const look = { isColoured: wantsColour(process.stdout), columns: null };
  return formatLine({ text, tone: 'plain' }, Date.now(), look);
}

async function addUserTo({ users, role }: Values, name: string): Promise<void> {
  if (users === null) {
    throw usageError(`--add-user needs the file to write to: --users FILE --add-user ${name}.`);
  }
  const { addUser, readUsers } = await import('../../broker/users-file.ts');
  await addUser(users, name, await askPassword(name), role);
  process.stdout.write(
    `${printable(`${name} is written to ${users}; a broker that runs must be restarted.`)}\n`,
  );
  // No broker starts with a file of which another line is wrong.
  await readUsers(users);
}
