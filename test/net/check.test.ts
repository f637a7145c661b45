/** The referee on true networks, as people and graders call it. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openBroker } from '../../broker/broker.ts';
import { startPeer } from './peers.ts';
import { endPrograms, killController, Program } from './program.ts';
import { until } from './until.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sortition-check-'));
});

afterEach(async () => {
  await endPrograms();
  rmSync(folder, { recursive: true });
});

type Network = { readonly program: Program; readonly port: string };

/** `npm start`, on a port of its own. */
async function start(...args: readonly string[]): Promise<Network> {
  const program = new Program(['start', '--json', '--port', '0', '--threads', '1', ...args]);
  await program.hear('broker');
  const [broker] = program.all('broker');
  const [, port = ''] = /:(\d+)$/.exec(String(broker?.['url'])) ?? [];
  return { program, port };
}

const summaryOf = (program: Program): Readonly<Record<string, unknown>> | undefined =>
  program.all('summary')[0];

/** Ends a network with its broker: who listens has heard all of it once its connection is lost. */
async function end(program: Program): Promise<void> {
  program.child.kill('SIGINT');
  await program.exit();
}

/** Waits until a live referee has lost its connection, so that it has heard all; its exit code. */
async function judged(referee: Program): Promise<number> {
  await referee.hear('remark', 2);
  referee.child.kill('SIGINT');
  return await referee.exit();
}

/** A recording of a whole network, in which the controller is killed; how many terms it had. */
async function record(path: string): Promise<number> {
  const { program, port } = await start(
    '--peers',
    '5',
    '--difficulty',
    'fixed:16',
    '--challenges',
    '0',
  );
  const recorder = new Program(['record', path, '--json', '-p', port]);
  await program.hear('result', 3);
  await killController((kind) => program.all(kind));
  const results = program.all('result').length;
  await program.hear('result', results + 3);
  await end(program);
  await recorder.hear('disconnected');
  recorder.child.kill('SIGINT');
  await recorder.exit();
  return program.all('mandate').length;
}

test('a recording of npm start breaks no rule, and one that is tampered with does', async () => {
  const path = join(folder, 'run.ndjson');
  const terms = await record(path);

  const json = new Program(['check', path, '--json']);
  expect(await json.exit()).toBe(0);
  expect(json.stderr).toBe('');
  expect(json.all('violation')).toEqual([]);
  expect(summaryOf(json)).toMatchObject({ violations: 0, rules: 39, peers: 5, broken: [] });
  const checked = summaryOf(json)?.['checked'] as Record<string, number>;
  // The recorder may come too late for the founding.
  expect(checked).toMatchObject({ networks: 1, mandates: terms, unproven: 0 });
  expect(checked['draws']).toBeGreaterThanOrEqual(3);
  expect(checked['seals']).toBeGreaterThanOrEqual(3);

  const people = new Program(['check', path]);
  expect(await people.exit()).toBe(0);
  const lines = people.stdout.trimEnd().split('\n');
  expect(lines[0]).toMatch(/^\d{2,} messages of 5 peers in \d+\.\d s$/);
  expect(lines.at(-1)).toBe('39 rules checked: no violation');

  // One digit of one acknowledgement.
  const text = readFileSync(path, 'utf8');
  const [ack = ''] = /^.*"topic":"sd\/ack".*$/m.exec(text) ?? [];
  const [, name = ''] = /"ClientID\\":\\"([0-9a-f-]{36})/.exec(ack) ?? [];
  const forged = ack.replace(/Digest\\":\\"...../, 'Digest\\":\\"00000');
  const other = join(folder, 'forged.ndjson');
  writeFileSync(other, `${text}\n${forged}\nnot a line\n`);
  const referee = new Program(['check', other, '--junit', '--ignore', 'R27']);
  expect(await referee.exit()).toBe(1);
  expect(referee.stdout).toContain('<testsuite name="sortition check" tests="38" failures="1"');
  expect(referee.stdout).toContain(
    `R30 peer ${name.slice(0, 8)} did not sign what is said in its name`,
  );
  const told = new Program(['check', other]);
  expect(await told.exit()).toBe(1);
  expect(told.stdout).toMatch(/^line \d+ is no JSON$/m);
  expect(told.stdout).toMatch(/ R30 peer .* \(PROTOCOL 3\)$/m);
  expect(told.stdout).toContain('39 rules checked: 1 violation of 1 rule');
});

test('a network is judged from its founding on, and every draw is drawn again', async () => {
  const broker = await openBroker({ port: 0 });
  const referee = new Program(['check', '-p', String(broker.port), '--json']);
  await referee.hear('remark');
  const url = `mqtt://127.0.0.1:${broker.port}`;
  const settings = { peers: 4, difficulty: 'fixed:12' };
  const peers = Array.from({ length: 4 }, () => startPeer(url, settings, 1));
  await until(() => peers.every((peer) => peer.client.view().height > 3), 'four blocks', 20_000);
  await broker.close();
  expect(await judged(referee)).toBe(0);
  await Promise.all(peers.map((peer) => peer.close()));
  expect(summaryOf(referee)).toMatchObject({
    violations: 0,
    peers: 4,
    checked: { networks: 1, mandates: 1, draws: 4, drawsUnknown: 0, unproven: 0 },
  });
});

test('a network is judged while it lives, from the middle on', async () => {
  const { program, port } = await start(
    '--peers',
    '3',
    '--difficulty',
    'fixed:14',
    '--challenges',
    '0',
  );
  await program.hear('result', 3);
  const live = new Program(['check', '-p', port, '--json']);
  const timed = new Program(['check', '-p', port, '--json', '--for', '100ms']);
  await live.hear('remark');
  await program.hear('result', program.all('result').length + 6);
  await end(program);
  expect(await judged(live)).toBe(0);
  // It has ended by itself, and may have been too early for a word.
  expect([0, 1]).toContain(await timed.exit());
  const { messages, checked } = summaryOf(live) as {
    readonly messages: number;
    readonly checked: Record<string, number>;
  };
  expect(messages).toBeGreaterThan(20);
  expect(checked['unproven']).toBe(0);
  expect(checked['seals']).toBeGreaterThan(2);
});

test('clients of the labs are judged by their own rules', async () => {
  const broker = await openBroker({ port: 0 });
  const port = String(broker.port);
  const judge = (dialect: string): Program =>
    new Program(['check', '-p', port, '--json', '--prefix', 'lab', '--dialect', dialect]);
  const [right, wrong] = [judge('ufes'), judge('statement')];
  await Promise.all([right, wrong].map((referee) => referee.hear('remark')));
  const peer = ['client', '--prefix', 'lab', '--dialect', 'ufes', '--difficulty', 'fixed:10'];
  const rest = ['--peers', '2', '--threads', '1', '--json', '-p', port];
  const clients = [1, 2].map(() => new Program([...peer, ...rest]));
  await Promise.all(clients.map((client) => client.hear('result', 2)));
  await broker.close();
  expect(await Promise.all([right, wrong].map(judged))).toEqual([0, 1]);
  expect(summaryOf(right)).toMatchObject({ violations: 0, peers: 2 });
  const checked = summaryOf(right)?.['checked'] as Record<string, number>;
  expect(checked['results']).toBeGreaterThan(0);
  expect(summaryOf(wrong)).toMatchObject({ broken: expect.arrayContaining(['R61']) });
});
