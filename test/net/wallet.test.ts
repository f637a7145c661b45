/** Wallets and ledgers as people use them: rewards, first money, and what goes wrong. */

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Broker, openBroker } from '../../broker/broker.ts';
import type { ClientID } from '../../src/domain/names.ts';
import type { Transaction, Transfer } from '../../src/domain/transaction.ts';
import { blockKey, open, type StoredBlock, seal } from '../../src/node/journal-records.ts';
import { GENESIS_KEY, GENESIS_PRIVATE_KEY, KEY_OF_A } from '../course-keys.ts';
import { endPrograms, Program } from './program.ts';

let broker: Broker;
let directory = '';

beforeAll(async () => {
  broker = await openBroker({ port: 0 });
  directory = await mkdtemp(join(tmpdir(), 'sortition-wallet-'));
});

afterAll(async () => {
  await endPrograms();
  await broker.close();
  await rm(directory, { recursive: true, force: true });
});

/** Some blocks a second, on any machine. */
const DIFFICULTY = 'fixed:19';

/** A network of one that mines, and says so often how far it is. */
function startPeer(data: string, prefix: string, more: readonly string[] = []): Program {
  const rules = ['--peers', '1', '--difficulty', DIFFICULTY, '--heartbeat', '500ms'];
  const place = ['-p', `${broker.port}`, '--prefix', prefix, '--data', data];
  return new Program(['client', '--json', '--threads', '1', ...rules, ...place, ...more]);
}

/** Runs `sortition wallet …` to its end; `on` names its file. */
async function wallet(command: string, on: string, env = {}): Promise<Program & { code: number }> {
  const args = ['wallet', ...command.split(' '), '--wallet', on];
  // Whoever is told the rules need not find them out.
  const told = { SORTITION_PEERS: '1', SORTITION_DIFFICULTY: DIFFICULTY };
  const program = new Program(args, {
    env: { SORTITION_PORT: `${broker.port}`, ...told, ...env },
  });
  return Object.assign(program, { code: await program.exit() });
}

/** Its one line of JSON of a kind. */
async function told(
  command: string,
  on: string,
  kind: string,
  env = {},
): Promise<{ [key: string]: unknown }> {
  const { said, stderr, code } = await wallet(`${command} --json`, on, env);
  expect([stderr, code]).toEqual(['', 0]);
  return said.find((fact) => fact.kind === kind) ?? {};
}

it('spends what a peer has mined, and shows all that happened to either account', async () => {
  const data = await mkdtemp(join(directory, 'data-'));
  const miner = join(data, 'identity.pem');
  const peer = startPeer(data, 'sd');
  await peer.hear('result', 2);

  const purse = join(data, 'purse');
  const passphrase = { SORTITION_PASSPHRASE: 'correct horse' };
  const { address } = await told('new', purse, 'created', passphrase);
  expect(address).toMatch(/^[0-9a-f]{64}$/);
  const [shown, stranger] = await Promise.all([
    told('address', purse, 'address'),
    wallet(`send --to ${address} --amount 30`, miner),
  ]);
  expect(shown).toMatchObject({ address });
  expect([stranger.code, stranger.stderr]).toEqual([1, expect.stringMatching(/^Nobody with the/)]);
  const paid = await told(`send --to ${address} --amount 30 --new-recipient`, miner, 'sealed');
  expect(paid['transactionID']).toBeGreaterThanOrEqual(2);

  // Now it is known: its first money makes it somebody.
  const [, hasty] = await Promise.all([
    told(`send --to ${address} --amount 5`, miner, 'sealed'),
    wallet('say hello --no-wait', purse, passphrase),
  ]);
  expect([hasty.code, hasty.stdout]).toEqual([0, 'published, with the nonce 0\n']);
  await told('say again --nonce 1', purse, 'sealed', passphrase);

  const [{ said }, balance, { stdout }] = await Promise.all([
    wallet('history --json', purse),
    told('balance', miner, 'balance'),
    wallet('history', miner),
  ]);
  const deltas = said.filter(({ kind }) => kind === 'movement').map(({ delta }) => delta);
  expect(deltas.sort()).toEqual([0, 0, 30, 5]);
  expect(said.at(-1)).toMatchObject({ kind: 'balance', balance: 35, nonce: 2 });
  expect(Number(balance['balance']) % 50).toBe(15);
  expect(stdout).toMatch(/^block 0 .* \+50 +50 {2}reward$/m);
  expect(stdout).toContain(`-30`);
  expect(stdout).toContain(`to ${address}`);

  const failures = await Promise.all([
    wallet(`send --to ${address} --amount 1000000000`, miner),
    wallet('say hello', purse, { SORTITION_PASSPHRASE: 'wrong' }),
    wallet('say hello', purse),
    wallet('say hello --nonce 0', purse, passphrase),
    wallet('say hello --nonce 5 --within 10s', purse, passphrase),
  ]);
  expect(failures.map(({ code }) => code)).toEqual([1, 5, 2, 1, 1]);
  const sentences = failures.map(({ stderr }) => stderr.trim());
  expect(sentences.map((text) => text.split('\n').length)).toEqual([1, 1, 1, 1, 1]);
  expect(sentences[0]).toMatch(/^The account holds \d+ units, too few to send/);
  expect(sentences[1]).toMatch(/^That is not the passphrase/);
  expect(sentences[2]).toMatch(/there is no terminal to ask for it: set SORTITION_PASSPHRASE/);
  expect(sentences[3]).toMatch(/^The transaction was not taken \(INVALID_NONCE\): its nonce is 0/);
  expect(sentences[4]).toMatch(/^The transaction is published, and after 10 s not in the ledger/);
});

it('rewards the key on P-256 of a course, which then pays with its private key', async () => {
  const data = await mkdtemp(join(directory, 'course-'));
  const [publicKey, privateKey] = [join(data, 'public_key.txt'), join(data, 'private_key.txt')];
  await writeFile(publicKey, `${GENESIS_KEY}\n`);
  await writeFile(privateKey, `${GENESIS_PRIVATE_KEY}\n`);
  const purse = join(data, 'genesis');
  const locked = { SORTITION_PREFIX: 'fedcoin', SORTITION_PASSPHRASE: 'secret' };
  const imported = await told(`import ${privateKey}`, purse, 'created', locked);
  expect(imported).toMatchObject({ address: GENESIS_KEY, isEncrypted: true });

  const peer = startPeer(data, 'fedcoin', ['--reward-key', publicKey]);
  await peer.hear('result', 1);
  const env = { SORTITION_PREFIX: 'fedcoin' };
  const balance = await told('balance', purse, 'balance', env);
  expect(Number(balance['balance'])).toBeGreaterThanOrEqual(50);
  const pay = `send --to ${KEY_OF_A} --amount 2 --new-recipient`;
  const { account } = await told('address', purse, 'address');
  const paid = await told(pay, purse, 'sealed', locked);

  const again = await told('say done', purse, 'sealed', locked);
  expect(again['transactionID']).toBeGreaterThan(Number(paid['transactionID']));
  const { said } = await wallet('history --json', purse, env);
  const sent = said.filter(({ what }) => what === 'sent');
  expect(sent.map(({ to, delta }) => [to, delta])).toEqual([[KEY_OF_A, -2]]);
  expect(said.at(-1)).toMatchObject({ kind: 'balance', account, nonce: 2 });
  expect(Number(said.at(-1)?.['balance']) % 50).toBe(48);

  peer.child.kill('SIGTERM');
  await peer.exit();
  const ledger = async (...how: readonly string[]): Promise<Program> => {
    const program = new Program(['ledger', '--data', data, '--json', ...how], { env });
    expect([await program.exit(), program.stderr]).toEqual([0, '']);
    return program;
  };
  const verified = (await ledger('--verify')).all('verified')[0];
  expect(verified).toMatchObject({ transactions: 2, accounts: 2 });
  const batches = (await ledger()).all('block').map(({ transactions }) => transactions ?? []);
  const received = (batches as Transaction[][])
    .flat()
    .filter((each): each is Transfer => 'to' in each && each.to === KEY_OF_A);
  expect(received.map(({ amount }) => amount)).toEqual([2]);
});

it('leaves a ledger behind that anybody can compute again', async () => {
  const data = await mkdtemp(join(directory, 'data-'));
  const peer = startPeer(data, 'lab');
  await peer.hear('result', 3);
  const env = { SORTITION_PORT: `${broker.port}`, SORTITION_PREFIX: 'lab' };
  const ledger = async (...args: readonly string[]) => {
    const program = new Program(['ledger', '--json', ...args], { env });
    return Object.assign(program, { code: await program.exit() });
  };
  const [used, live] = await Promise.all([ledger('--data', data), ledger('--verify')]);
  expect([used.code, live.code, live.stderr]).toEqual([5, 0, '']);
  const blocks = Number(live.all('verified')[0]?.['blocks']);
  expect(blocks).toBeGreaterThanOrEqual(3);
  expect(live.all('verified')[0]).toMatchObject({ units: 50 * blocks, accounts: 1 });

  peer.child.kill('SIGTERM');
  await peer.exit();
  const file = join(directory, 'ledger.ndjson');
  const whole = await ledger('--data', data, '--verify', '--export', file);
  const [verified] = whole.all('verified');
  expect(verified).toMatchObject({ seals: verified?.['blocks'], transactions: 0 });
  const lines = (await readFile(file, 'utf8')).trim().split('\n');
  expect(lines.length).toBe(1 + Number(verified?.['blocks']));

  // Somebody gives the second block to somebody else, checksum and all.
  const store = new ClassicLevel(join(data, 'journal'));
  const stored = open(blockKey(1), await store.get(blockKey(1))) as StoredBlock;
  const clientID = '00000000-0000-8000-8000-000000000000' as ClientID;
  const bent = seal(blockKey(1), { ...stored, block: { ...stored.block, clientID } });
  await store.put(bent.key, bent.value);
  await store.close();
  const { code, stderr } = await ledger('--data', data, '--verify');
  expect(code).toBe(1);
  expect(stderr).toMatch(/^Block 1 does not hold: its digest has \d+ zero bits where \d+ are/);
});

it('says in a sentence that there is no wallet, no broker or no network', async () => {
  const on = join(await mkdtemp(join(directory, 'none-')), 'purse');
  const missing = await wallet('balance', on);
  expect([missing.code, missing.stderr]).toEqual([5, expect.stringMatching(/^There is no wallet/)]);
  await told('new', on, 'created');
  const [nobody, silent] = await Promise.all([
    wallet('balance --within 500ms', on, { SORTITION_PORT: '1' }),
    wallet('balance --within 10s --prefix empty', on),
  ]);
  expect([nobody.code, nobody.stderr]).toEqual([1, expect.stringMatching(/^No connection to/)]);
  expect([silent.code, silent.stderr]).toEqual([1, expect.stringMatching(/^No network answers/)]);
});
