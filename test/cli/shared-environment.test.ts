/** One environment serves all commands: what is meant for one of them ends no other. */

import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createBenchCommand } from '../../src/cli/bench.ts';
import { createBrokerCommand } from '../../src/cli/broker.ts';
import { createChaosCommand } from '../../src/cli/chaos.ts';
import {
  type ConnectionValues,
  connectionOf,
  connectionSettings,
} from '../../src/cli/connection-settings.ts';
import { EXIT } from '../../src/cli/exit.ts';
import { addSettings, readSettings } from '../../src/cli/setting.ts';
import { complaintOf } from './complaint.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

function urlOf(line = ''): string {
  const command = addSettings(new Command('test'), connectionSettings).action(() => {});
  command.parse(line === '' ? [] : line.split(' '), { from: 'user' });
  return connectionOf(command, readSettings<ConnectionValues>(command, connectionSettings)).url;
}

describe('what peers are told by variables', () => {
  const PEERS = {
    SORTITION_PEERS: '2',
    SORTITION_HOST: 'broker.example',
    SORTITION_PASSWORD: 'secret',
    SORTITION_HEARTBEAT: '2s',
    SORTITION_REWARD: '7',
    SORTITION_DATA: '/nowhere/data',
    SORTITION_TRACE: '/nowhere/trace',
    SORTITION_CERT: '/nowhere/cert.pem',
    SORTITION_KEY: '/nowhere/key.pem',
    SORTITION_NEW_IDENTITY: '1',
    SORTITION_FACTS: '1',
    SORTITION_GIVE_UP: '5s',
    SORTITION_SOURCE_FIELDS: 'previous=block',
    SORTITION_SOURCE_SUBMIT: 'http://127.0.0.1:1/take',
    SORTITION_BROKER: 'mosquitto',
    SORTITION_KILLS: '10000',
    SORTITION_JSON: '1',
    SORTITION_BITS: '8',
    SORTITION_BLOCK: 'text',
  };
  beforeEach(() => {
    for (const [name, value] of Object.entries(PEERS)) vi.stubEnv(name, value);
  });

  // Each goes as far as the file that is not there, and complains of that alone.
  test.each([
    ['watch --cafile /nowhere/ca', '/nowhere/ca'],
    ['replay /nowhere/recording', '/nowhere/recording'],
    ['replay /nowhere/recording --step', '/nowhere/recording'],
    ['check /nowhere/recording --junit', '/nowhere/recording'],
    ['broker --users /nowhere/users', '/nowhere/users'],
    ['client --cafile /nowhere/ca', '/nowhere/ca'],
    ['client --dialect ufes --cafile /nowhere/ca', '/nowhere/ca'],
    ['mine --file /nowhere/block --zeros 2', '/nowhere/block'],
    ['search --prefix a --zeros 2 --cafile /nowhere/ca', '/nowhere/ca'],
    ['ledger --cafile /nowhere/ca', '/nowhere/ca'],
  ])('do not end "%s"', async (line, path) => {
    const { code, sentence } = await complaintOf(...line.split(' '));
    expect(sentence).toContain(path);
    expect(code).not.toBe(EXIT.usage);
  });

  test('leave the broker on this machine, and whom chaos strikes to the command line', () => {
    for (const create of [createBrokerCommand, createChaosCommand]) {
      const { options } = create();
      expect(options.find(({ long }) => long === '--host')?.envVar).toBeUndefined();
    }
  });

  test('leave measurements to the command line', () => {
    const options = createBenchCommand().commands.flatMap((bench) => bench.options);
    expect(options.filter(({ envVar }) => envVar !== undefined)).toEqual([]);
  });
});

test('two settings that are both typed still contradict one another', async () => {
  vi.stubEnv('SORTITION_ZEROS', '2');
  const { sentence } = await complaintOf('mine', '--block', 'a', '--zeros', '2', '--bits', '8');
  expect(sentence).toMatch(/^--zeros and --bits say the same/);
});

test('a password in the environment waits for a user name', () => {
  vi.stubEnv('SORTITION_PASSWORD', 'secret');
  const command = addSettings(new Command('test'), connectionSettings).action(() => {});
  const told = (line: string): unknown => {
    command.parse(line === '' ? [] : line.split(' '), { from: 'user' });
    const values = readSettings<ConnectionValues>(command, connectionSettings);
    return connectionOf(command, values).password;
  };
  expect(told('')).toBeUndefined();
  expect(told('-u ann')).toBe('secret');
});

describe('what Kubernetes sets for a service of our name', () => {
  const SERVICES = ['SORTITION', 'SORTITION_WS', 'SORTITION_BROKER'];

  beforeEach(() => {
    for (const name of SERVICES) {
      vi.stubEnv(`${name}_SERVICE_HOST`, '10.0.0.7');
      vi.stubEnv(`${name}_SERVICE_PORT`, '1883');
      vi.stubEnv(`${name}_SERVICE_PORT_MQTT`, '1883');
      vi.stubEnv(`${name}_PORT`, 'tcp://10.0.0.7:1883');
      vi.stubEnv(`${name}_PORT_1883_TCP`, 'tcp://10.0.0.7:1883');
      vi.stubEnv(`${name}_PORT_1883_TCP_PROTO`, 'tcp');
      vi.stubEnv(`${name}_PORT_1883_TCP_PORT`, '1883');
      vi.stubEnv(`${name}_PORT_1883_TCP_ADDR`, '10.0.0.7');
    }
  });

  test('says nothing to us', async () => {
    expect(urlOf()).toBe('mqtt://127.0.0.1');
    expect(urlOf('--url mqtt://h')).toBe('mqtt://h');
    const { sentence } = await complaintOf('broker', '--users', '/nowhere/users');
    expect(sentence).toContain('/nowhere/users');
  });

  test('beside a URL in the environment it is no second place', () => {
    vi.stubEnv('SORTITION_URL', 'mqtt://h');
    expect(urlOf()).toBe('mqtt://h');
  });

  test('typed, it is no port', async () => {
    const { sentence } = await complaintOf('client', '--port', 'tcp://10.0.0.7:1883');
    expect(sentence).toMatch(/^--port must be a whole number/);
  });
});
