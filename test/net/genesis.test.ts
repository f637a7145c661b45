/** The run of a course on full nodes: money from the start, payments that begin the mining. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Broker, openBroker } from '../../broker/broker.ts';
import { GENESIS_KEY, GENESIS_PRIVATE_KEY, KEY_OF_A } from '../course-keys.ts';
import { endPrograms, Program, type Said } from './program.ts';
import { until } from './until.ts';

let broker: Broker;
let directory = '';

beforeAll(async () => {
  broker = await openBroker({ port: 0 });
  directory = await mkdtemp(join(tmpdir(), 'sortition-genesis-run-'));
});

afterAll(async () => {
  await endPrograms();
  await broker.close();
  await rm(directory, { recursive: true, force: true });
});

const RULES = ['--peers', '1', '--difficulty', 'fixed:16'];

type Ended = Program & { readonly code: number };

async function run(...args: readonly string[]): Promise<Ended> {
  const program = new Program(args, { env: { SORTITION_PORT: `${broker.port}` } });
  return Object.assign(program, { code: await program.exit() });
}

/** What it says with `--json`, once it has ended well. */
async function told(...args: readonly string[]): Promise<readonly Said[]> {
  const { said, stderr, code } = await run(...args, '--json');
  expect([stderr, code]).toEqual(['', 0]);
  return said;
}

/** The course's genesis wallet, out of its private key. */
async function importWallet(): Promise<string> {
  const [key, wallet] = [join(directory, 'private_key.txt'), join(directory, 'genesis.wallet')];
  await writeFile(key, `${GENESIS_PRIVATE_KEY}\n`);
  await told('wallet', 'import', key, '--wallet', wallet);
  return wallet;
}

/** A full node with a ledger of its own; it mines for payments alone. */
function startNode(name: string, ...more: readonly string[]): Program {
  const data = ['--data', join(directory, name), '-p', `${broker.port}`];
  const manner = ['--threads', '1', '--mine-when', 'transactions', '--heartbeat', '500ms'];
  return new Program(['client', '--json', ...manner, ...data, ...more]);
}

const heightOf = (node: Program): number => node.all('result').length;

it('shows 50, pays 2, and mines only then; later nodes begin with what the first has', async () => {
  const wallet = await importWallet();
  const file = join(directory, 'genesis.txt');
  await writeFile(file, `# The course.\n${GENESIS_KEY} 50\n`);
  const rewards = join(directory, 'public_key.txt');
  await writeFile(rewards, `${KEY_OF_A}\n`);
  const first = startNode('one', ...RULES, '--genesis', file, '--reward-key', rewards);
  await first.hear('mandate');
  expect(first.all('founded')[0]).toMatchObject({ genesis: { units: 50, from: null } });

  const balance = (await told('wallet', 'balance', '--wallet', wallet))[0];
  expect(balance).toMatchObject({ balance: 50, nonce: 0, height: 0 });
  const send = (amount: number, ...more: string[]): Promise<readonly Said[]> =>
    told('wallet', 'send', '--wallet', wallet, '--to', KEY_OF_A, '--amount', `${amount}`, ...more);
  // Nobody has told any rules to the wallet; and nothing was mined for nothing.
  expect(first.all('challenge')).toEqual([]);
  const paid = await send(2, '--new-recipient');
  expect(paid.find(({ kind }) => kind === 'sealed')).toMatchObject({ transactionID: 0 });
  expect(first.all('challenge').length).toBeGreaterThan(0);
  await first.hear('result');

  // It is told the usual rules of the course, and no list.
  const second = startNode('two', ...RULES);
  await second.hear('founded');
  const network = first.all('founded')[0]?.['network'];
  expect(second.all('founded')[0]).toMatchObject({
    network,
    isMember: false,
    genesis: { units: 50, from: first.all('mandate')[0]?.['controller'] },
  });
  await until(() => second.all('synced').length > 0 || heightOf(second) > 0, 'its ledger', 20_000);

  const stream = [1, 2, 3, 4, 5];
  await Promise.all(stream.map((nonce) => send(nonce, '--no-wait', '--nonce', `${nonce}`)));
  const nonceAtFirst = async (): Promise<unknown> =>
    (await told('wallet', 'balance', '--wallet', wallet))[0]?.['nonce'];
  let nonce = await nonceAtFirst();
  while (nonce !== 6) nonce = await nonceAtFirst();

  const third = startNode('three', ...RULES);
  await third.hear('synced');
  expect(third.all('founded')[0]).toMatchObject({ network, genesis: { units: 50 } });

  const [verified] = await told('ledger', '--verify');
  // Nothing waits any more, so these are all.
  const blocks = Number(verified?.['blocks']);
  await first.hear('result', blocks);
  const units = 50 + 50 * blocks;
  const facts = { blocks, transactions: 6, units, genesis: 50 };
  expect(verified).toMatchObject(facts);
  const history = await told('wallet', 'history', '--wallet', wallet);
  expect(history[0]).toMatchObject({ what: 'genesis', delta: 50, balance: 50, time: null });
  expect(history.at(-1)).toMatchObject({ kind: 'balance', balance: 50 - 2 - 15, nonce: 6 });

  // What the third one has taken over stands on its disk, and it goes on from there alone.
  for (const node of [second, third]) {
    node.child.kill('SIGTERM');
    await node.exit();
  }
  const [kept] = await told('ledger', '--verify', '--data', join(directory, 'three'));
  expect(kept).toMatchObject(facts);
  const listed = await run('ledger', '--data', join(directory, 'three'));
  expect(listed.stdout).toContain(`50 units to ${GENESIS_KEY} from the start`);
  const again = startNode('three');
  await again.hear('recalled');
  expect(again.all('recalled')[0]).toMatchObject({ network, height: blocks });

  // Told of another list, it is refused in a sentence.
  await writeFile(file, `${GENESIS_KEY} 51\n`);
  const other = startNode('two', '--genesis', file);
  expect(await other.exit()).toBe(5);
  expect(other.stderr).toMatch(/^The data directory .* is of a network with the rules .*--genesis/);
});
