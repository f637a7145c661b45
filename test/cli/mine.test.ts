import { createHash } from 'node:crypto';
import { describe, expect, it, test } from 'vitest';
import { EXIT } from '../../src/cli/exit.ts';
import { clockOf, describePace, goalOf } from '../../src/cli/mine-bar.ts';
import { digestOf, type Plan } from '../../src/cli/mine-run.ts';
import { describeOutcome, describePlan } from '../../src/cli/mine-teller.ts';
import { NONCES } from '../../src/miner/layout.ts';
import { complaintOf } from './complaint.ts';

const plan: Plan = { algorithm: 'sha256', bits: 24, from: 0, to: NONCES, workers: 4 };

test.each([
  [[], 'Say what to mine: --block TEXT, or --file PATH to read the last block.'],
  [['--block', ''], '--block must be something, not "".'],
  [['--block', 'x', '--file', 'y'], /^--block and --file each say what to mine/],
  [['--block', 'x', '--zeros', '6', '--bits', '24'], /^--zeros and --bits say the same/],
  [['--block', 'x', '--zeros', '65'], '--zeros must be a whole number from 1 to 15, not "65".'],
  [['--block', 'x', '--bits', '0'], '--bits must be a whole number from 1 to 60, not "0".'],
  [['--block', 'x', '--from', '9', '--to', '9'], /^--from 9 must be below --to 9/],
  [['--block', 'x', '--to', '9007199254740993'], /^--to .* to 4503599627370496, not "9007/],
  [['--block', 'x', '--from', '4503599627370496'], /^--from .* to 4503599627370495, not/],
  [['--block', 'x', '--to', '99999999999999999999'], /^--to must be a whole number/],
  [
    ['--block', 'x', '--algorithm', 'md5'],
    '--algorithm must be sha256, sha256d or sha1, not "md5".',
  ],
  [['--block', 'x', '--workers', '257'], /^--workers must be a whole number from 1 to 256/],
  [['--block', 'x', '--workers', '0'], '--workers 0 is for --worker alone, which it ends.'],
  [['--worker', '0'], '--worker must be a port from 1 to 65535, or host:port, not "0".'],
  [['--worker', 'mqtt://h:1'], /^--worker must be a port from 1 to 65535, or host:port, not "mqtt/],
  [['--worker', '1', '--to', '9'], '--to is up to the Worker: leave it out beside --worker.'],
  [['--worker', '1', '--algorithm', 'sha1'], /^--algorithm is up to the Worker: leave it out/],
  [['--worker', '1', '--block', 'x', '--file', 'y'], /^--block and --file each say what to mine/],
  [['--worker', '1', '--block', 'a b'], /^--block has white space in it, which ends a block: a W/],
  [['--worker', '1', '--block', 'x'.repeat(1_021)], /^--block is 1021 bytes long; 1020 are the m/],
] as const)('mine %j is refused', async (args, sentence) => {
  const complaint = await complaintOf('mine', ...args);
  expect(complaint.code).toBe(EXIT.usage);
  expect(complaint.sentence).toMatch(sentence);
});

test.each([
  [['--listen', 'h'], '--listen must be a port from 0 to 65535, or host:port, not "h".'],
  [['--to', '100000001'], '--to must be a whole number from 1 to 100000000, not "100000001".'],
  [['--threads', '0'], '--threads must be a whole number from 1 to 256, not "0".'],
  [['--zeros', '6', '--bits', '24'], /^--zeros and --bits say the same/],
] as const)('worker %j is refused', async (args, sentence) => {
  const complaint = await complaintOf('worker', ...args);
  expect(complaint.code).toBe(EXIT.usage);
  expect(complaint.sentence).toMatch(sentence);
});

test('the digest is of block and decimal nonce as one text', () => {
  const sha = (name: string, text: string | Buffer): Buffer =>
    createHash(name).update(text).digest();
  expect(digestOf('sha256', 'π', 13)).toBe(sha('sha256', 'π13').toString('hex'));
  expect(digestOf('sha1', 'π', 0)).toBe(sha('sha1', 'π0').toString('hex'));
  expect(digestOf('sha256d', 'x', 7)).toBe(sha('sha256', sha('sha256', 'x7')).toString('hex'));
});

describe('the bar', () => {
  it('runs to the end of the nonces, unless a find is due long before', () => {
    expect(goalOf({ ...plan, from: 5, to: 105 })).toEqual({ tries: 100, isEnd: true });
    expect(goalOf(plan)).toEqual({ tries: 2 ** 24, isEnd: false });
  });

  it.each([
    [{ tries: 100, isEnd: true }, 50, 5, '50 %, 50 of 100, 5 H/s, at most 0:10 to go'],
    [{ tries: 100, isEnd: false }, 50, 5, '50 %, 50 of about 100, 5 H/s, about 0:10 to go'],
    [{ tries: 100, isEnd: false }, 250, 5, '250 %, 250 of about 100, 5 H/s, any moment now'],
    [{ tries: 100, isEnd: true }, 0, 0, '0 %, 0 of 100, 0 H/s'],
  ])('of %j with %d tried at %d a second says "%s"', (goal, tried, perSecond, said) => {
    expect(describePace(goal, { tried, perSecond, elapsedMs: 1 })).toBe(said);
  });

  it.each([
    [0.2, '0:01'],
    [61, '1:01'],
    [3_661, '1:01:01'],
    [3_599.5, '1:00:00'],
    [10 ** 9, '11.6 k days'],
  ])('%d seconds are %s', (seconds, clock) => {
    expect(clockOf(seconds)).toBe(clock);
  });
});

describe('people are told', () => {
  it('what is searched, whatever the block is', () => {
    expect(describePlan({ ...plan, bits: 22, from: 3, to: 10, workers: 1 }, 'a\u001b[2Jb')).toBe(
      'block      a?[2Jb\n' +
        'search     sha256, 22 zero bits, about 4.2 M tries; nonces from 3 to 9, 1 worker',
    );
    expect(describePlan(plan, 'x'.repeat(100))).toContain(`${'x'.repeat(72)}…\n`);
  });

  it('what was found, or that nothing was', () => {
    const sum = { tried: 2000, elapsedMs: 500 };
    const hit = { nonce: 13, worker: 2, digest: '00ab' };
    expect(describeOutcome(plan, { kind: 'found', ...hit, ...sum })).toEqual([
      'nonce      13',
      'worker     2 of 4',
      'digest     00ab',
      'tried      2000 hashes in 0.5 s, 4.0 kH/s',
    ]);
    expect(describeOutcome({ ...plan, to: 2000 }, { kind: 'exhausted', ...sum })).toEqual([
      'No nonce from 0 to 1999 gives 6 zeros: all are tried (2000 hashes in 0.5 s, 4.0 kH/s).',
    ]);
    expect(describeOutcome(plan, { kind: 'stopped', tried: 1, elapsedMs: 0 })).toEqual([
      'Stopped before anything was found: 1 hash in 0.0 s.',
    ]);
  });
});
