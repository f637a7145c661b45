/** The client in Python that docs/wallet.md shows, as it stands there, against a true gateway. */

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { openBroker } from '../../broker/broker.ts';
import { type Transaction, textOf } from '../../src/domain/transaction.ts';
import { FrameCutter, frameOf } from '../../src/node/gateway/frame-cutter.ts';
import { skipLoudly } from './loud-skip.ts';
import { endPrograms, Program, type Said } from './program.ts';
import { until } from './until.ts';

/** The first of them that can sign: one that stands beside the system's may not. */
const PYTHON = ['python3', '/usr/bin/python3'].find(
  (python) => spawnSync(python, ['-c', 'import cryptography.hazmat.primitives']).status === 0,
);

const [, SHOWN = ''] =
  /```python\n(import json[^`]*)```/.exec(
    readFileSync(new URL('../../docs/wallet.md', import.meta.url), 'utf8'),
  ) ?? [];

/** What the page shows, and what others do: sign a nonce, too, or spell keys in upper case. */
const HABITS: readonly (readonly [was: string, is: string])[] = [
  ['', ''],
  ['{"message": "hello", ', '{"message": "hello", "nonce": 0, '],
  ['PublicFormat.Raw).hex()', 'PublicFormat.Raw).hex().upper()'],
];

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  await endPrograms();
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** What a program in Python prints, and its complaints. */
async function runPython(python: string, program: string): Promise<string> {
  const child = spawn(python, ['-c', program], { stdio: ['ignore', 'pipe', 'pipe'] });
  cleanups.push(() => child.kill('SIGKILL'));
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
    });
  await once(child, 'close');
  return text;
}

/** Its answer to the only frame of a connection. */
async function sendTo(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  const cutter = new FrameCutter();
  socket.end(frameOf(text));
  for await (const piece of socket) cutter.push(piece as Buffer);
  return String(cutter.next());
}

type Listed = Said & { readonly transactions: readonly Transaction[] };

async function ledgerOf(port: number): Promise<readonly Transaction[]> {
  const program = new Program(['ledger', '--json', '-p', `${port}`, '--peers', '1']);
  expect([await program.exit(), program.stderr]).toEqual([0, '']);
  return program.all('block').flatMap((block) => (block as Listed).transactions);
}

test('the client of ten lines is answered true, and says it in the ledger', async (context) => {
  expect(SHOWN.split('\n').filter((line) => line.trim() !== '')).toHaveLength(10);
  if (PYTHON === undefined)
    skipLoudly(context, 'no Python here has cryptography (python3-cryptography).');
  const broker = await openBroker({ port: 0 });
  cleanups.push(() => broker.close());
  const at = ['--json', '-p', `${broker.port}`, '--peers', '1', '--difficulty', 'fixed:19'];
  const peer = new Program(['client', '--threads', '1', '--heartbeat', '500ms', ...at]);
  const gateway = new Program(['gateway', '--listen', '0', ...at]);
  await gateway.hear('founded');
  const port = Number(gateway.all('listening')[0]?.['port']);
  const answers = await Promise.all(
    HABITS.map(([was, is]) => {
      expect(SHOWN).toContain(was);
      return runPython(PYTHON, SHOWN.replace(was, is).replace('7000', `${port}`));
    }),
  );
  expect(answers).toEqual(HABITS.map(() => '{"response": true}\n'));
  const carried = (): number =>
    peer.all('result').reduce((sum, result) => sum + Number(result['transactions']), 0);
  await until(() => carried() >= HABITS.length, 'all of it in blocks', 20_000);
  const listed = await ledgerOf(broker.port);
  expect(listed.map(({ nonce = null }) => nonce).sort()).toEqual([0, null, null]);
  expect(listed.filter(({ spelling }) => spelling !== undefined)).toHaveLength(1);
  expect(new Set(listed.map((one) => 'message' in one && one.message))).toEqual(new Set(['hello']));

  // The same again is refused, and the gateway's people are told by which name.
  for (const one of listed) expect(await sendTo(port, textOf(one))).toBe('{"response": false}');
  gateway.child.kill('SIGTERM');
  await gateway.hear('ended');
  expect(gateway.all('ended')[0]).toMatchObject({
    taken: 3,
    refused: { REPEATED: 2, INVALID_NONCE: 1 },
  });
});
