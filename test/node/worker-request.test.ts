import { describe, expect, it, test } from 'vitest';
import { notFoundText, readAnswer, successText } from '../../src/node/worker/answer.ts';
import { faultOfBlock, readRequest, requestOf } from '../../src/node/worker/request.ts';

const BLOCK = '45b2d574f2b1f4d8959f945cdb4b9b42f0a08dc47820ae8';

describe('a request', () => {
  it.each([
    [`${BLOCK} 2`, { kind: 'search', block: BLOCK, workers: 2 }],
    [` ${BLOCK}  02\r\n`, { kind: 'search', block: BLOCK, workers: 2 }],
    ['ñandú 256', { kind: 'search', block: 'ñandú', workers: 256 }],
    ['7 1', { kind: 'search', block: '7', workers: 1 }],
    [`${BLOCK} 0`, { kind: 'shutdown' }],
  ])('is read: %j', (text, request) => {
    expect(readRequest(text)).toEqual(request);
  });

  it.each([
    ['', 'must be a block without white space'],
    [BLOCK, 'must be a block without white space'],
    [`${BLOCK} `, 'must be a block without white space'],
    ['two words 2', 'must be a block without white space'],
    [`${BLOCK}\n 2`, 'must be a block without white space'],
    [`${BLOCK}\t2`, 'must be a block without white space'],
    ['GET / HTTP/1.1\r\nHost: a', 'must be a block without white space'],
    ['a\u0000b 2', 'a character in it that cannot be shown'],
    [`${'x'.repeat(1_021)} 2`, 'is 1021 bytes long; 1020 are the most'],
    [`${BLOCK} 257`, 'from 1 to 256 workers, or 0'],
    [`${BLOCK} 99999999999999999999`, 'from 1 to 256 workers, or 0'],
    [`${BLOCK} -1`, 'from 1 to 256 workers, or 0'],
    [`${BLOCK} 1.5`, 'from 1 to 256 workers, or 0'],
    [`${BLOCK} two`, 'from 1 to 256 workers, or 0'],
    [`${BLOCK} ٣`, 'from 1 to 256 workers, or 0'],
  ])('is refused with a reason: %j', (text, problem) => {
    expect(readRequest(text)).toMatchObject({
      kind: 'fault',
      problem: expect.stringContaining(problem),
    });
  });

  test('that we write is one that we read', () => {
    const search = { block: 'x'.repeat(1_020), workers: 256 };
    expect(faultOfBlock(search.block)).toBeNull();
    expect(readRequest(requestOf(search))).toEqual({ kind: 'search', ...search });
    expect(Buffer.byteLength(requestOf(search))).toBe(1_024);
  });
});

describe('an answer', () => {
  const success = { kind: 'success', worker: 2, nonce: 5165, seconds: '35.26750564575195' };

  it.each([
    ['success 2 5165 35.26750564575195', success],
    ['Worker 1 did not find nonceWorker 3 did not find nonce\nsuccess 2 5165 7\n', 7],
    ['success 0 5165 9.5367431640625e-07', '9.5367431640625e-07'],
  ])('is read: %s', (text, expected) => {
    const seconds = typeof expected === 'object' ? expected.seconds : String(expected);
    expect(readAnswer(text)).toMatchObject({ kind: 'success', nonce: 5165, seconds });
  });

  it.each([
    ['Shutting down server', { kind: 'shutting-down' }],
    ['Worker 0 did not find nonce', { kind: 'not-found', workers: 1 }],
    [notFoundText(256), { kind: 'not-found', workers: 256 }],
    ['error the request has no end.\n', { kind: 'refused', problem: 'the request has no end.' }],
    [successText(2, 5165, 35_267), { ...success, seconds: '35.267' }],
  ])('is told from the others: %j', (text, answer) => {
    expect(readAnswer(text)).toEqual(answer);
  });

  it.each([
    '',
    'success',
    'success 2 5165',
    'success 2 51',
    'success 2 5165 soon',
    'success 2 -5 1.0',
    'success 2 9999999999999999999 1.0',
    'Worker 1 did not find',
    'SSH-2.0-OpenSSH',
    'Worker 1 did not find nonce, but I did',
  ])('is none: "%s"', (text) => {
    expect(readAnswer(text)).toEqual({ kind: 'nonsense' });
  });
});
