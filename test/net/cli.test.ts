/** The built program as users run it: processes, signals, pipes, exit codes. */

import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectAsync } from 'mqtt';
import { afterEach, expect, it } from 'vitest';
import { type Broker, type BrokerOptions, openBroker } from '../../broker/broker.ts';
import { addUser } from '../../broker/users-file.ts';
import { freePort } from '../../src/cli/free-port.ts';
import { Relay } from '../../src/cli/relay.ts';
import { openIdentityFile } from '../../src/node/identity-file.ts';
import { endPrograms, type Options, Program } from './program.ts';
import { until } from './until.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  await endPrograms();
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function opened(options: BrokerOptions = {}): Promise<Broker> {
  const broker = await openBroker({ port: 0, ...options });
  cleanups.push(() => broker.close());
  return broker;
}

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sortition-cli-'));
  cleanups.push(() => rm(folder, { recursive: true }));
  return folder;
}

/** A peer on a broker at `port` that waits for others, or founds alone with `--peers 1`. */
function client(port: number, args: readonly string[] = [], options: Options = {}): Program {
  return new Program(['client', '--json', '-p', String(port), '--threads', '1', ...args], options);
}

/** What is said on the topic of each presence, in order: `cleared` for an empty payload. */
async function presences(port: number): Promise<ReadonlyMap<string, readonly string[]>> {
  const viewer = await connectAsync(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 0 });
  cleanups.push(() => viewer.endAsync(true));
  const states = new Map<string, string[]>();
  viewer.on('message', (topic, payload) => {
    const state = payload.length === 0 ? 'cleared' : JSON.parse(payload.toString()).State;
    states.set(topic, [...(states.get(topic) ?? []), state]);
  });
  await viewer.subscribeAsync('sd/peer/+', { qos: 1 });
  return states;
}

/** Peers that have said goodbye, and left nothing on the broker. */
function haveLeft(states: ReadonlyMap<string, readonly string[]>, count: number): boolean {
  const isEnd = (said: readonly string[]): boolean => said.join().endsWith('disconnected,cleared');
  return states.size === count && [...states.values()].every(isEnd);
}

it('three clients found a network, solve two challenges, and leave as they are told', async () => {
  const { port } = await opened();
  const args = ['--peers', '3', '--difficulty', 'fixed:12', '--challenges', '2'];
  const states = await presences(port);
  const peers = [1, 2, 3].map(() => client(port, args));
  for (const peer of peers) await peer.hear('result', 2);
  for (const peer of peers) peer.child.kill('SIGTERM');
  for (const peer of peers) expect(await peer.exit(), peer.stderr).toBe(0);

  for (const { said, child, stderr } of peers) {
    const [first, last] = [said[0], said.at(-1)];
    expect(first).toMatchObject({ kind: 'started', pid: child.pid, threads: 1 });
    expect(first?.['url']).toBe(`mqtt://127.0.0.1:${port}`);
    expect(last).toMatchObject({ kind: 'ended', reason: 'left' });
    const isOrderly = said.every(
      ({ time, peer }) => typeof time === 'number' && peer === first?.['peer'],
    );
    expect(isOrderly).toBe(true);
    expect(stderr).toBe('');
  }
  const results = peers.map((peer) => peer.all('result').map(({ preimage }) => preimage));
  expect(results[1]).toEqual(results[0]);
  expect(results[2]).toEqual(results[0]);
  for (const preimage of results[0] ?? []) {
    const digest = createHash('sha256').update(String(preimage)).digest('hex');
    expect(digest).toMatch(/^000/);
  }
  const ends = peers.map((peer) => peer.said.at(-1));
  const sum = (field: string): number => ends.reduce((all, end) => all + Number(end?.[field]), 0);
  expect(sum('wins')).toBe(2);
  expect(sum('tried')).toBeGreaterThan(0);

  await until(() => haveLeft(states, 3), 'three goodbyes');

  const preimage = String(results[0]?.[0]);
  const verified = new Program(['verify-result', '--preimage', '-'], { input: `${preimage}\n` });
  expect(await verified.exit()).toBe(0);
  expect(verified.stdout).toContain('The result holds.');
  const tampered = ['verify-result', '--difficulty', '12', '--preimage', `${preimage}0`];
  expect(await new Program(tampered).exit()).toBe(1);
});

it('a broker that is not there is said once, and found when it comes', async () => {
  const port = await freePort();
  const peer = client(port);
  const forPeople = new Program(['-p', String(port)], { file: 'client-bin.js' });
  await peer.hear('disconnected');
  await forPeople.write('nothing listens there; trying again');
  await opened({ port });
  await peer.hear('connected');
  await forPeople.write('connected to the broker');
  expect(peer.all('disconnected')).toHaveLength(1);
  expect(peer.all('disconnected')[0]).toMatchObject({ attempts: 0 });
  expect(forPeople.stdout.match(/no connection/g)).toHaveLength(1);
});

it('a wrong password ends it with one sentence and its own code', async () => {
  const users = join(await makeFolder(), 'users');
  await addUser(users, 'ann', 'secret');
  const { port } = await opened({ users });
  const login = { SORTITION_USERNAME: 'ann', SORTITION_PASSWORD: 'guess' };
  const wrong = client(port, ['--patience', '0'], { env: login });
  expect(await wrong.exit()).toBe(3);
  expect(wrong.stderr).toBe(
    `The broker at mqtt://127.0.0.1:${port} does not know the user name or password ` +
      'that we gave (the user "ann").\n',
  );
  expect(wrong.said.at(-1)).toMatchObject({ kind: 'ended', reason: 'bad-password' });
  const right = client(port, ['-u', 'ann'], { env: { SORTITION_PASSWORD: 'secret' } });
  await right.hear('connected');
});

it('whoever is cut off each time it is let in ends with a code of its own', async () => {
  const { port } = await opened();
  const relay = await Relay.open(port);
  cleanups.push(() => relay.close());
  const peer = client(relay.port, ['--patience', '0']);
  for (let time = 1; time <= 3; time += 1) {
    await peer.hear('connected', time);
    relay.cut();
  }
  expect(await peer.exit()).toBe(6);
  expect(peer.stderr).toMatch(/^The broker at .* another client has our MQTT client id .*\n$/);
});

it('a second signal ends at once whoever cannot say goodbye', async () => {
  const { port } = await opened();
  const relay = await Relay.open(port);
  cleanups.push(() => relay.close());
  const peer = client(relay.port);
  await peer.hear('connected');
  relay.set('frozen');
  peer.child.kill('SIGTERM');
  await peer.hear('leaving');
  peer.child.kill('SIGTERM');
  expect(await peer.exit()).toBe(143);
  expect(peer.all('ended')).toEqual([]);
});

it('a child obeys its parent and no stranger message, and does not outlive it', async () => {
  const { port } = await opened();
  const args = ['--peers', '1', '--difficulty', 'fixed:60'];
  const [told, orphan] = [1, 2].map((it) =>
    client(port, [...args, '--prefix', `lab/${it}`], { hasParent: true }),
  );
  if (told === undefined || orphan === undefined) throw new Error('Two were started.');
  await told.hear('challenge');
  for (const stranger of ['leave', 0, { command: 'sing' }, []]) told.child.send(stranger);
  told.child.send({ command: 'pause' });
  await told.hear('paused');
  told.child.send({ command: 'resume' });
  await told.hear('resumed');
  told.child.send({ command: 'leave' });
  expect(await told.exit()).toBe(0);
  await orphan.hear('challenge');
  orphan.child.disconnect();
  expect(await orphan.exit()).toBe(0);
  expect(orphan.said.at(-1)).toMatchObject({ kind: 'ended', reason: 'left' });
});

it('whoever nobody reads any more leaves', async () => {
  const { port } = await opened();
  const states = await presences(port);
  const peer = client(port, ['--peers', '1', '--difficulty', 'fixed:4']);
  await peer.hear('connected');
  peer.child.stdout?.destroy();
  expect(await peer.exit()).toBe(0);
  expect(peer.stderr).toBe('');
  await until(() => haveLeft(states, 1), 'a goodbye');
});

it('a peer that does not mine takes part, and says so', async () => {
  const { port } = await opened();
  const peer = client(port, ['--peers', '1', '--no-mine']);
  await peer.hear('challenge');
  peer.child.kill('SIGINT');
  expect(await peer.exit()).toBe(0);
  expect(peer.said[0]).toMatchObject({ threads: 0 });
  expect(peer.all('progress')).toEqual([]);
});

it('an identity file is made once, and used again', async () => {
  const { port } = await opened();
  const args = ['--identity', join(await makeFolder(), 'key')];
  const names: unknown[] = [];
  for (const signal of ['SIGINT', 'SIGHUP'] as const) {
    const peer = client(port, args);
    await peer.hear('connected');
    names.push(peer.said[0]?.['peer']);
    peer.child.kill(signal);
    expect(await peer.exit()).toBe(0);
    expect(peer.said.at(-1)).toMatchObject({ kind: 'ended', reason: 'left' });
  }
  expect(names[1]).toBe(names[0]);
});

it('a roster file founds with those it names, and whoever else comes is told so', async () => {
  const { port } = await opened();
  const folder = await makeFolder();
  const keys = [join(folder, 'ann'), join(folder, 'bob')];
  const members = keys.map((key) => openIdentityFile(key));
  const roster = join(folder, 'roster');
  await writeFile(roster, members.map((it) => `${it.clientID} ${it.publicKey}\n`).join(''));
  const args = ['--roster', roster, '--difficulty', 'fixed:60'];
  const stranger = client(port, args);
  await stranger.hear('connected');
  const peers = keys.map((key) => client(port, [...args, '--identity', key]));
  for (const peer of [...peers, stranger]) await peer.hear('founded');
  expect(peers[0]?.all('founded')[0]).toMatchObject({ isMember: true });
  expect(stranger.all('founded')[0]).toMatchObject({ isMember: false });
  expect(new Set(members.map((it) => it.clientID))).toEqual(
    new Set(stranger.all('founded')[0]?.['members'] as string[]),
  );
  expect(stranger.stderr).toMatch(/^This peer is not in the roster file .* and will observe;/);
});

it('the broker says where it listens and what to type, and ends when it is told', async () => {
  const broker = new Program(['broker', '--port', '0', '--ws-port', '0']);
  await broker.write('npx sortition client');
  const [, port] = /mqtt:\/\/127\.0\.0\.1:(\d+)/.exec(broker.stdout) ?? [];
  const [, wsPort] = /ws:\/\/127\.0\.0\.1:(\d+)/.exec(broker.stdout) ?? [];
  const peers = [
    client(Number(port)),
    new Program(['client', '--json', '--url', `ws://127.0.0.1:${wsPort}`]),
  ];
  for (const peer of peers) await peer.hear('connected');
  broker.child.kill('SIGTERM');
  expect(await broker.exit()).toBe(0);
  for (const peer of peers) await peer.hear('disconnected');
});

it('a port that is taken is said in one sentence, with its own code', async () => {
  const { port } = await opened();
  const broker = new Program(['broker', '--port', String(port)]);
  expect(await broker.exit()).toBe(4);
  expect(broker.stderr).toMatch(new RegExp(`^Port ${port} of 127\\.0\\.0\\.1 is taken, .*\\.\n$`));
});

it('a user who is added by the command line is let in', async () => {
  const users = join(await makeFolder(), 'users');
  const add = ['broker', '--users', users, '--add-user', 'ann'];
  const added = new Program(add, { input: 'secret\n' });
  expect(await added.exit(), added.stderr).toBe(0);
  const empty = new Program(['broker', '--users', users, '--add-user', 'bob'], { input: '' });
  expect(await empty.exit()).toBe(2);
  const { port } = await opened({ users });
  const peer = client(port, [], {
    env: { SORTITION_USERNAME: 'ann', SORTITION_PASSWORD: 'secret' },
  });
  await peer.hear('connected');
});

it('adding a user to a file with another wrong line tells of that line', async () => {
  const users = join(await makeFolder(), 'users');
  await writeFile(users, 'bob:secret\n');
  const add = ['broker', '--users', users, '--add-user', 'ann'];
  const added = new Program(add, { input: 'secret\n' });
  expect(await added.exit()).toBe(5);
  expect(added.stderr).toContain('Line 1 of the users file');
});

it('an unknown option is one sentence with its own code, in both programs', async () => {
  const sentence = "Unknown option '--prot' (did you mean --port?); --help lists what there is.\n";
  const programs = [
    new Program(['client', '--prot', '1']),
    new Program(['--prot', '1'], { file: 'client-bin.js' }),
  ];
  for (const program of programs) {
    expect(await program.exit()).toBe(2);
    expect(program.stderr).toBe(sentence);
    expect(program.stdout).toBe('');
  }
});

it('help and version go to the standard output, whatever the program', async () => {
  const help = new Program(['client', '--help']);
  const version = new Program(['--version'], { file: 'client-bin.js' });
  expect(await help.exit()).toBe(0);
  expect(help.stdout).toContain('-h, --host <host>');
  expect(await version.exit()).toBe(0);
  expect(version.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});
