/** Processes that the system does not start: each is told in a sentence, and none is a bug. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, expect, it } from 'vitest';
import { verifyLedger } from '../../src/cli/bench-verify.ts';
import { BrokerProcess } from '../../src/cli/broker-process.ts';
import { EXIT, exitCodeOf, sentenceOf } from '../../src/cli/exit.ts';
import { Fleet } from '../../src/cli/fleet.ts';
import type { Ending } from '../../src/cli/fleet-process.ts';
import { startHelper } from '../../src/cli/helper-process.ts';
import { lastWordsOf } from '../../src/cli/starved.ts';

const NODE = process.execPath;
const NOWHERE = '/nowhere/node';
const SENTENCE = `The system does not start ${NOWHERE} (ENOENT).`;
afterEach(() => {
  process.execPath = NODE;
});

/** As Node tells it where a user may have no more processes. */
const refused = Object.assign(new Error(`spawn ${NODE} EAGAIN`), {
  code: 'EAGAIN',
  syscall: `spawn ${NODE}`,
});

it('an unexpected error of a start is the fault of the world', async () => {
  const [error] = await once(spawn(NOWHERE), 'error').catch((cause: unknown) => [cause]);
  expect(sentenceOf(error)).toBe(SENTENCE);
  expect(exitCodeOf(error)).toBe(EXIT.failed);
  expect(sentenceOf(refused)).toBe(
    `The system does not start ${NODE} (EAGAIN: this user may have no more threads or processes).`,
  );
});

it('a helper that is not started is told', async () => {
  process.execPath = NOWHERE;
  const error = await new Promise<Error>((resolve) => startHelper('flooder', [], resolve));
  expect(error.message).toBe(SENTENCE);
});

it('a broker that is not started is told, and not that its port is closed', async () => {
  process.execPath = NOWHERE;
  await expect(BrokerProcess.open('embedded')).rejects.toThrow(SENTENCE);
});

it('a ledger whose check is not started is not said to be wrong', async () => {
  process.execPath = NOWHERE;
  expect(sentenceOf(await verifyLedger('data').catch((error: unknown) => error))).toBe(SENTENCE);
});

it('a peer that is not started has that as its last words', async () => {
  process.execPath = NOWHERE;
  const ending = await new Promise<Ending>((resolve) => {
    const options = { program: 'x.js', args: [], onSaid: () => {} };
    new Fleet({ ...options, onEnded: (_, how) => resolve(how) }).start();
  });
  expect(ending).toEqual({ how: 'died', code: null, signal: null, lastWords: SENTENCE });
});

it.each([
  ['', true],
  ['pthread create thread: Resource temporarily unavailable', true],
  ['Assertion failed: (0) == (uv_thread_create(t.get(), start_thread, this))\n 1: 0xcb5167', true],
  ['Assertion failed: something else', false],
])('a process that aborts with "%s" had no thread: %s', (words, isStarved) => {
  expect(lastWordsOf('SIGABRT', words).includes('ulimit -u')).toBe(isStarved);
  expect(lastWordsOf('SIGTERM', words)).toBe(words);
});
