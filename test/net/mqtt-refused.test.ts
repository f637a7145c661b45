/** A broker refuses those whom it had let in before: they say so, and try again. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Relay } from '../../src/cli/relay.ts';
import { openMqttEar } from '../../src/node/mqtt-ear.ts';
import { makeCertificate, NO_OPENSSL } from './certificate.ts';
import { type Crime, openCrookedProxy } from './crooked-proxy.ts';
import { skipLoudly } from './loud-skip.ts';
import { endPrograms, Program } from './program.ts';
import { cleanups, opened, type ToldLink, tell } from './told-link.ts';
import { until } from './until.ts';

afterEach(endPrograms);

/** A relay in front can cut what is connected, so that it has to come in again. */
async function crooked(crime: Crime): Promise<{ readonly port: number; cut(): void }> {
  const broker = await opened();
  const proxy = await openCrookedProxy(broker.port, crime);
  const relay = await Relay.open(proxy.port);
  cleanups.push(
    () => proxy.close(),
    () => relay.close(),
  );
  return { port: relay.port, cut: () => relay.cut() };
}

async function next(told: ToldLink, act: () => void): Promise<string> {
  const { length } = told.log;
  act();
  await until(() => told.log.length > length, `a word after ${told.log.join(' | ')}`);
  expect(told.log).toHaveLength(length + 1);
  return told.log.at(-1) ?? '';
}

describe('once it was let in, nothing is final', () => {
  it.each([
    [1, 'does not speak MQTT 3.1.1'],
    [2, 'does not take our MQTT client id'],
    [4, 'does not know the user name or password'],
    [5, 'does not let in clients without a user name'],
    [6, 'code 6'],
    [99, 'code 99'],
  ])('a refusal with code %d is told, and tried again', async (code, sentence) => {
    const crime: Crime = {};
    const { port, cut } = await crooked(crime);
    const told = tell(`mqtt://127.0.0.1:${port}`);
    expect(await next(told, told.connect)).toBe('connected');
    crime.refuses = code;
    await next(told, cut);
    for (let time = 0; time < 4; time += 1) {
      expect(await next(told, told.connect)).toContain(sentence);
    }
    expect(told.refused).toHaveLength(4);
    crime.refuses = null;
    expect(await next(told, told.connect)).toBe('connected');
    expect(told.fatal).toEqual([]);
  });

  it('a subscription that is denied is told, and tried again', async () => {
    const crime: Crime = {};
    const { port, cut } = await crooked(crime);
    const told = tell(`mqtt://127.0.0.1:${port}`);
    expect(await next(told, told.connect)).toBe('connected');
    crime.deniesFilter = 'a/+';
    await next(told, cut);
    for (let time = 0; time < 4; time += 1) {
      expect(await next(told, told.connect)).toContain('does not let us subscribe to a/+');
    }
    crime.deniesFilter = 'other';
    expect(await next(told, told.connect)).toBe('connected');
    expect(told.fatal).toEqual([]);
  });

  it('a certificate that is wrong for a while is told, and tried again', async (context) => {
    const [right, wrong] = [await makeCertificate(), await makeCertificate()];
    if (right === null || wrong === null) return skipLoudly(context, NO_OPENSSL);
    const first = await opened({ tls: right });
    const told = tell(`mqtts://127.0.0.1:${first.port}`, { ca: right.cert });
    expect(await next(told, told.connect)).toBe('connected');
    await next(told, () => void first.close());
    const second = await opened({ port: first.port, tls: wrong });
    expect(await next(told, told.connect)).toContain('cannot be trusted');
    await second.close();
    await opened({ port: first.port, tls: right });
    expect(await next(told, told.connect)).toBe('connected');
    expect(told.fatal).toEqual([]);
  });
});

it('a broker that refuses from the start is final, unless there is patience', async () => {
  const crime: Crime = { refuses: 5 };
  const { port } = await crooked(crime);
  const url = `mqtt://127.0.0.1:${port}`;
  const hasty = tell(url);
  hasty.connect();
  await until(() => hasty.log.length === 2);
  expect(hasty.fatal.map(({ code }) => code)).toEqual(['not-authorized']);
  const patient = tell(url, { patienceMs: 3_600_000 });
  for (let time = 0; time < 3; time += 1) await next(patient, patient.connect);
  expect(patient.refused.map(({ code }) => code)).toEqual(Array(3).fill('not-authorized'));
  crime.refuses = null;
  expect(await next(patient, patient.connect)).toBe('connected');
  expect(patient.fatal).toEqual([]);
});

it('an ear that was in hears again when the broker takes it back', async () => {
  const crime: Crime = {};
  const { port, cut } = await crooked(crime);
  const log: string[] = [];
  const ear = openMqttEar(
    { url: `mqtt://127.0.0.1:${port}`, subscriptions: ['a/+'] },
    {
      onConnected: () => log.push('connected'),
      onDisconnected: (reason) => log.push(reason),
      onDelivery: () => undefined,
      onFatal: ({ code }) => log.push(code),
    },
  );
  cleanups.push(() => ear.close());
  await until(() => log.length === 1);
  crime.refuses = 4;
  cut();
  await until(() => log.length === 3);
  expect(log[2]).toContain('does not know the user name or password');
  crime.refuses = null;
  await until(() => log.at(-1) === 'connected' && log.length > 3);
  expect(log).toHaveLength(4);
});

describe('a program whose broker refuses it for a while', () => {
  const file = join(tmpdir(), `sortition-refused-${process.pid}`);
  it.each([
    ['client', ['client', '--json', '--no-mine']],
    ['client --dialect', ['client', '--dialect', 'ufes', '--json', '--no-mine']],
    ['watch', ['watch', '--json']],
    ['record', ['record', '--json']],
    ['check', ['check', '--json']],
    ['gateway', ['gateway', '--json', '--listen', '0']],
  ])('%s is told it at the start and later, and comes in', async (name, args) => {
    const folder = await mkdtemp(`${file}-`);
    cleanups.push(() => rm(folder, { recursive: true }));
    const crime: Crime = { refuses: 5 };
    const { port, cut } = await crooked(crime);
    const files = name === 'record' ? [join(folder, 'run.ndjson')] : [];
    const program = new Program([...args, ...files, '-p', String(port), '-h', '127.0.0.1']);
    const times = (text: string): number => program.stdout.split(text).length - 1;
    const refused = 'does not let in clients without a user name';
    const isIn = /"(connected|recording)"|listening to/g;
    const entries = (): number => program.stdout.match(isIn)?.length ?? 0;
    await until(() => times(refused) === 1, `a refusal of ${name}`, 20_000);
    crime.refuses = null;
    await until(() => entries() === 1, `an entry of ${name}`, 20_000);
    crime.refuses = 5;
    cut();
    await until(() => times(refused) === 2, `a second refusal of ${name}`, 20_000);
    crime.refuses = null;
    await until(() => entries() === 2, `a second entry of ${name}`, 20_000);
    program.child.kill('SIGTERM');
    expect(program.stderr).toBe('');
  });

  it.each([
    ['ledger', ['ledger', '--within', '1s']],
    ['search', ['search', '--prefix', 'a', '--bits', '8']],
  ])('%s says it at once, and ends with the code of a refusal', async (_, args) => {
    const { port } = await crooked({ refuses: 4 });
    const program = new Program([...args, '-p', String(port), '-h', '127.0.0.1']);
    const sentence = 'does not know the user name or password';
    await until(() => program.stderr.includes(`${sentence}`), sentence, 20_000);
    expect(program.stderr).toMatch(/ Trying again\.\n$/);
    expect(await program.exit()).toBe(3);
  });
});
