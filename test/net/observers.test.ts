/** Who only looks on believes those who live, and nothing that a broker has kept of the dead. */

import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectAsync, type MqttClient } from 'mqtt';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Broker, openBroker } from '../../broker/broker.ts';
import type { Presence, Vote } from '../../src/domain/message.ts';
import { type Digest, type Term, UNFOUNDED, type VoteID } from '../../src/domain/names.ts';
import { makeRoster } from '../../src/domain/roster.ts';
import { textOf } from '../../src/domain/transaction.ts';
import { generateIdentity, nodeHasher, signerOf } from '../../src/node/crypto.ts';
import { FrameCutter, frameOf } from '../../src/node/gateway/frame-cutter.ts';
import { signTransaction } from '../../src/wire/transaction.ts';
import { sign, startPeer, type TestPeer } from './peers.ts';
import { endPrograms, Program } from './program.ts';
import { until } from './until.ts';

const ALIVE = 'peers=1 difficulty=fixed:24';
const STATES = ['lost', 'disconnected', 'ready', 'ready'] as const;
const deadRules = (index: number): string => `peers=1 difficulty=fixed:${40 + index}`;

let broker: Broker;
let writer: MqttClient;
let directory = '';
let repeating: NodeJS.Timeout | undefined;
const peers: TestPeer[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sortition-observers-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

beforeEach(async () => {
  broker = await openBroker({ port: 0 });
  writer = await connectAsync(`mqtt://127.0.0.1:${broker.port}`);
});

afterEach(async () => {
  clearInterval(repeating);
  await endPrograms();
  await Promise.all(peers.splice(0).map((peer) => peer.close()));
  await writer.endAsync(true);
  await broker.close();
});

const keep = (topic: string, text: string) =>
  writer.publishAsync(topic, text, { qos: 1, retain: true });

/** What networks of one leave when their machines fail; their old heartbeats are said again. */
async function leaveBehind(): Promise<void> {
  const heartbeats: (readonly [string, string])[] = [];
  for (const [index, state] of STATES.entries()) {
    const dead = { identity: generateIdentity() };
    const { clientID, publicKey } = dead.identity;
    const member = { clientID, publicKey };
    const rules = deadRules(index);
    const network = makeRoster([member], rules, nodeHasher).digest;
    const about = { incarnation: 5, peers: 1, known: 1, roster: network, network, rules };
    const presence: Presence = { kind: 'presence', ...member, ...about, state };
    await keep(...sign(dead, presence));
    const term = (90 + index) as Term;
    const heartbeat = sign(dead, {
      ...{ kind: 'heartbeat', clientID, incarnation: 5, beat: 7, term, controllerID: clientID },
      ...{ transactionID: UNFOUNDED, network, state: 'ready', hashRate: 0 },
    });
    heartbeats.push(heartbeat);
    await keep(...heartbeat);
    const vote: Vote = {
      ...{ kind: 'vote', clientID, term, voteID: 'f'.repeat(16) as VoteID },
      ...{ controllerID: clientID, draw: 'a'.repeat(64) as Digest, drawn: '8' },
      ...{ roster: network, transactionID: UNFOUNDED },
    };
    const votes = [sign(dead, vote)[1]];
    await keep(...sign(dead, { kind: 'mandate', clientID, term, votes, members: [member] }));
  }
  repeating = setInterval(() => {
    for (const [topic, text] of heartbeats) writer.publish(topic, text);
  }, 20);
}

function start(settings: Parameters<typeof startPeer>[1]): TestPeer {
  const url = `mqtt://127.0.0.1:${broker.port}`;
  const peer = startPeer(url, { heartbeatMs: 500, ...settings });
  peers.push(peer);
  return peer;
}

/** A network that lives, and beside it a peer under other rules that waits for four more. */
async function live(): Promise<TestPeer> {
  start({ peers: 5, difficulty: 'fixed:7' });
  const alive = start({ peers: 1, difficulty: 'fixed:24' });
  await until(() => alive.client.view().role === 'controller', 'a controller');
  return alive;
}

async function run(...args: readonly string[]): Promise<Program & { code: number }> {
  const program = new Program(args, { env: { SORTITION_PORT: `${broker.port}` } });
  return Object.assign(program, { code: await program.exit() });
}

async function startGateway(...args: readonly string[]): Promise<Program> {
  const env = { SORTITION_PORT: `${broker.port}` };
  const gateway = new Program(['gateway', '--json', '--listen', '0', ...args], { env });
  await gateway.hear('listening');
  return gateway;
}

/** A transaction of a new key. */
function greetingOf(nonce: number, signature?: string): string {
  const signed = signTransaction({ message: 'hello', nonce }, signerOf(generateIdentity()));
  return textOf(signature === undefined ? signed : { ...signed, signature });
}

/** Its answer to the only frame of a connection. */
async function sendTo(gateway: Program, text: string): Promise<string> {
  const socket = connect(Number(gateway.all('listening')[0]?.['port']), '127.0.0.1');
  const cutter = new FrameCutter();
  socket.end(frameOf(text));
  for await (const piece of socket) cutter.push(piece as Buffer);
  return String(cutter.next());
}

describe('who only looks on, on a broker full of words of the dead', () => {
  it('finds the living network, with any command', async () => {
    const { network } = (await live()).client.view();
    await leaveBehind();
    const on = join(directory, 'purse');
    expect((await run('wallet', 'new', '--wallet', on)).code).toBe(0);
    const env = { SORTITION_PORT: `${broker.port}` };
    const search = ['search', '--json', '--prefix', 'abc', '--bits', '4', '--to', '1000'];
    const [ledger, balance] = await Promise.all([
      run('ledger', '--json'),
      run('wallet', 'balance', '--json', '--wallet', on),
      // No peer mines here, so none searches: but it has found one to ask.
      new Program(search, { env }).hear('started'),
    ]);
    expect([ledger.stderr, balance.stderr]).toEqual(['', '']);
    expect([ledger.code, balance.code]).toEqual([0, 0]);
    expect(ledger.all('network')[0]).toMatchObject({ network, rules: ALIVE });
  });

  it('answers the first frames that a gateway gets as rightly as all others', async () => {
    await live();
    await leaveBehind();
    const gateway = await startGateway();
    // More than are judged at a time.
    const frames = Array.from({ length: 100 }, () => sendTo(gateway, greetingOf(0)));
    expect(new Set(await Promise.all(frames))).toEqual(new Set(['{"response": true}']));
    expect(await sendTo(gateway, greetingOf(0, 'f'.repeat(128)))).toBe('{"response": false}');
    expect(await sendTo(gateway, '[]')).toBe('{"response": false}');
  });

  it('tells the clients of a gateway of the missing network, and serves them later', async () => {
    const gateway = await startGateway('--within', '500ms');
    const none = '{"response": false, "reason": "the gateway knows no network"}';
    const frames = Array.from({ length: 100 }, () => sendTo(gateway, greetingOf(0)));
    expect(new Set(await Promise.all(frames))).toEqual(new Set([none]));
    await live();
    await gateway.hear('founded');
    let answer = none;
    while (answer === none) answer = await sendTo(gateway, greetingOf(0));
    expect(answer).toBe('{"response": true}');
  });

  it('says so where no network lives, and names the rules that it heard', async () => {
    await leaveBehind();
    start({ peers: 5, difficulty: 'fixed:7' });
    const { code, stderr } = await run('ledger', '--within', '2s');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^No network answers under "sd" on mqtt:.* in 2 s/);
    expect(stderr.trim().split('\n').length).toBe(1);
    for (const [index] of STATES.entries()) expect(stderr).toContain(`"${deadRules(index)}"`);
    expect(stderr).toContain('"peers=5 difficulty=fixed:7"');
  });

  it('names the rules of the network that answers where it was told others', async () => {
    await live();
    const { code, stderr } = await run('ledger', '--within', '2s', '--difficulty', 'fixed:9');
    expect(code).toBe(1);
    expect(stderr).toContain(`"${ALIVE}"`);
    expect(stderr).toContain('--difficulty');
  });
});
