/** A result is checked by its own text and nothing else. */

import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { verify } from '../../src/cli/verify-result.ts';
import { GENESIS_KEY } from '../course-keys.ts';

const MINER = '0f3c2a1b-0000-8000-8000-00000000000a';

function textOf(solution: string, changes: Readonly<Record<string, string>> = {}): string {
  const parts = {
    transactionID: '7',
    parent: '00'.repeat(32),
    root: createHash('sha256').update('').digest('hex'),
    time: '1700000000000',
    challenge: '8',
    miner: MINER,
    solution,
    ...changes,
  };
  return ['sortition', ...Object.values(parts)].join(':');
}

/** A text whose SHA-256 begins with 8 zero bits, found by the way of the fool. */
function solved(): string {
  for (let nonce = 0; ; nonce += 1) {
    const text = textOf(nonce.toString(16).padStart(16, '0'));
    if (createHash('sha256').update(text).digest()[0] === 0) return text;
  }
}

test('a solution that meets its own challenge holds', () => {
  const preimage = solved();
  const verdict = verify(preimage, null);
  expect(verdict.problems).toEqual([]);
  expect(verdict.digest).toBe(createHash('sha256').update(preimage).digest('hex'));
  expect(verdict.zeroBits).toBeGreaterThanOrEqual(8);
  expect(verdict.claim).toEqual({ transactionID: 7, challenge: 8, clientID: MINER });
  expect(verify(preimage, 8).problems).toEqual([]);
});

test('a digest with too few zeros does not', () => {
  const preimage = textOf('00', { challenge: '60' });
  const { zeroBits, problems } = verify(preimage, null);
  expect(problems).toEqual([`The digest begins with ${zeroBits} zero bits, and 60 are needed.`]);
});

test('another difficulty than the preimage says is a contradiction, even an easier one', () => {
  expect(verify(solved(), 4).problems).toEqual(['The preimage itself says 8 bits, not 4.']);
});

test.each(['a'.repeat(64), GENESIS_KEY])('the reward may go to the key %s', (key) => {
  const { claim } = verify(textOf('00', { miner: `${MINER}:${key}` }), 1);
  expect(claim).toEqual({ transactionID: 7, challenge: 8, clientID: MINER });
});

const OFF_CURVE = GENESIS_KEY.replace(/e$/, 'f');

test.each([
  ['any text', 'hello'],
  ['a solution that is no hex', textOf('xyz')],
  ['no solution', textOf('')],
  ['a number with a zero before it', textOf('00', { transactionID: '07' })],
  ['a negative number', textOf('00', { transactionID: '-1' })],
  ['too high a challenge', textOf('00', { challenge: '61' })],
  ['a name in capitals', textOf('00', { miner: MINER.toUpperCase() })],
  ['a UUID of another version', textOf('00', { miner: MINER.replace('-8', '-4') })],
  ['a short parent', textOf('00', { parent: '00' })],
  ['a line end', `${textOf('00')}\n`],
  ['something before it', ` ${textOf('00')}`],
  ['something after it', `${textOf('00')}:`],
  ['a reward for no key', textOf('00', { miner: `${MINER}:${'a'.repeat(63)}` })],
  ['a reward for a point off its curve', textOf('00', { miner: `${MINER}:${OFF_CURVE}` })],
])('%s is no preimage of a block', (_, preimage) => {
  const { claim, problems } = verify(preimage, 1);
  expect(claim).toBeNull();
  expect(problems[0]).toMatch(/^This is no preimage of a block/);
});
