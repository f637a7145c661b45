/** What is typed, what the environment says, and what is left of both. */

import { Command } from 'commander';
import { afterEach, expect, test, vi } from 'vitest';
import {
  type Connection,
  type ConnectionValues,
  connectionOf,
  connectionSettings,
} from '../../src/cli/connection-settings.ts';
import { prepare } from '../../src/cli/exit.ts';
import { type PeerValues, peerSettings } from '../../src/cli/peer-settings.ts';
import { addSettings, readSettings, type Settings } from '../../src/cli/setting.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

function parse<Values>(settings: Settings<Values>, line: string): [Command, Values] {
  const command = prepare(addSettings(new Command('test'), settings).action(() => {}));
  command.parse(line === '' ? [] : line.split(' '), { from: 'user' });
  return [command, readSettings(command, settings)];
}

const peer = (line: string): PeerValues => parse(peerSettings, line)[1];

function connection(line: string): Connection {
  const [command, values] = parse<ConnectionValues>(connectionSettings, line);
  return connectionOf(command, values);
}

test('whoever says nothing gets the settings that the help shows', () => {
  expect(peer('')).toEqual({
    prefix: 'sd',
    peers: 10,
    threads: 6,
    difficulty: 'interval2:3000@24',
    election: 'draw',
    name: null,
    admit: null,
    announce: 10_000,
    heartbeat: 5_000,
    removal: 60_000,
    roster: null,
    identity: null,
    data: null,
    newIdentity: false,
    foundAnew: false,
    genesis: null,
    challenges: 0,
    mine: true,
    reward: 50,
    rewardKey: null,
    mineWhen: 'always',
    source: null,
    sourceFields: null,
    sourceSubmit: null,
    trace: null,
  });
  expect(connection('')).toEqual({
    url: 'mqtt://127.0.0.1',
    keepaliveSeconds: 10,
    // It depends on who reads the standard error.
    patienceMs: expect.any(Number),
  });
});

test.each([
  ['--announce 100ms', { announce: 100 }],
  ['--announce 1.5s', { announce: 1_500 }],
  ['--heartbeat 2m', { heartbeat: 120_000 }],
  ['--heartbeat 1h', { heartbeat: 3_600_000 }],
  ['--prefix lab/7', { prefix: 'lab/7' }],
  ['--peers 100', { peers: 100 }],
  ['--reward 0', { reward: 0 }],
  ['--admit none', { admit: 'none' }],
  ['--mine-when transactions', { mineWhen: 'transactions' }],
  ['--source http://host/work?unit=hex', { source: { bitsPerZero: 4, text: 'http://host/work' } }],
  ['--threads 256', { threads: 256 }],
  ['--no-mine', { mine: false }],
  ['--difficulty fixed:60', { difficulty: 'fixed:60' }],
  ['--difficulty range:10-20', { difficulty: 'range:10-20' }],
])('%s', (line, expected) => {
  expect(peer(line)).toMatchObject(expected);
});

test('rules that are equal have one text, however they are typed', () => {
  expect(peer('--difficulty interval2:3000').difficulty).toBe('interval2:3000@24');
});

test.each([
  ['-h h', 'mqtt://h'],
  ['-h ::1 -p 1884', 'mqtt://[::1]:1884'],
  ['-h [::1]', 'mqtt://[::1]'],
  ['-h fe80::1%eth0 -p 1884', 'mqtt://[fe80::1%25eth0]:1884'],
  ['-h [fe80::1%eth0]', 'mqtt://[fe80::1%25eth0]'],
  ['-h fe80::1%25eth0', 'mqtt://[fe80::1%25eth0]'],
  ['-h [fe80::1%25eth0]', 'mqtt://[fe80::1%25eth0]'],
  ['-h fe80::1%25', 'mqtt://[fe80::1%2525]'],
  ['--insecure', 'mqtts://127.0.0.1'],
  ['--insecure -p 1883', 'mqtts://127.0.0.1:1883'],
  ['--url ws://h', 'ws://h/mqtt'],
  ['--url wss://h:443', 'wss://h:443/mqtt'],
  ['--url ws://h/', 'ws://h/'],
  ['--url ws://h/ws', 'ws://h/ws'],
])('the broker of "%s" is %s', (line, url) => {
  expect(connection(line).url).toBe(url);
});

test('seconds may be typed with their unit', () => {
  expect(connection('-k 30s').keepaliveSeconds).toBe(30);
});

test('patience may be none, and is a time otherwise', () => {
  expect(connection('--patience 0').patienceMs).toBe(0);
  expect(connection('--patience 2m').patienceMs).toBe(120_000);
  expect(() => connection('--patience 5')).toThrow(/--patience must be 0 or a time up to 1h/);
});

test('unless it is set, there is patience only where no person reads along', () => {
  const was = process.stderr.isTTY;
  vi.stubEnv('CI', '');
  try {
    process.stderr.isTTY = true;
    expect(connection('').patienceMs).toBe(0);
    vi.stubEnv('CI', 'true');
    expect(connection('').patienceMs).toBe(60_000);
    process.stderr.isTTY = false;
    vi.stubEnv('CI', '');
    expect(connection('').patienceMs).toBe(60_000);
  } finally {
    process.stderr.isTTY = was;
  }
});

test('the environment says what was not typed', () => {
  vi.stubEnv('SORTITION_PEERS', '3');
  vi.stubEnv('SORTITION_THREADS', '2');
  expect(peer('--threads 1')).toMatchObject({ peers: 3, threads: 1 });
});

test('an empty variable counts as none', () => {
  vi.stubEnv('SORTITION_PEERS', '');
  vi.stubEnv('SORTITION_URL', '');
  expect(peer('').peers).toBe(10);
  expect(connection('-h h').url).toBe('mqtt://h');
});

test.each([
  ['1', false],
  ['TRUE', false],
  ['0', true],
  ['off', true],
  ['', true],
])('SORTITION_NO_MINE=%s makes mining %s', (value, mine) => {
  vi.stubEnv('SORTITION_NO_MINE', value);
  expect(peer('').mine).toBe(mine);
});

test('--no-mine that is typed beats the environment', () => {
  vi.stubEnv('SORTITION_NO_MINE', '0');
  expect(peer('--no-mine').mine).toBe(false);
});

test('a broker that is typed beats another one in the environment', () => {
  vi.stubEnv('SORTITION_URL', 'mqtt://other');
  expect(connection('-h typed').url).toBe('mqtt://typed');
  expect(connection('-p 1884').url).toBe('mqtt://127.0.0.1:1884');
  vi.stubEnv('SORTITION_URL', '');
  vi.stubEnv('SORTITION_HOST', 'other');
  expect(connection('--url mqtt://typed').url).toBe('mqtt://typed');
});

test('the password comes from the environment, the user name too', () => {
  vi.stubEnv('SORTITION_USERNAME', 'ann');
  vi.stubEnv('SORTITION_PASSWORD', 'secret');
  expect(connection('')).toMatchObject({ username: 'ann', password: 'secret' });
});
