/** A picture of a network of the labs, drawn from messages alone. */

import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { labBoardOf } from '../../src/cli/watch-lab-board.ts';
import type { UnixMs } from '../../src/domain/names.ts';
import { LabOnlooker } from '../../src/record/lab-onlooker.ts';
import { LabWorld, STATEMENT, UFES } from '../lab/lab-world.ts';

const encoder = new TextEncoder();

/** Somebody who looks on at `dialect`, to whom things are said a second apart. */
function scene(dialect: 'ufes' | 'statement', seats = 2) {
  const onlooker = new LabOnlooker({ prefix: 'sd', dialect, seats });
  let time = 1_000_000;
  const say = (word: string, fields: unknown, retained = false): string => {
    time += 1_000;
    const payload = encoder.encode(typeof fields === 'string' ? fields : JSON.stringify(fields));
    const recorded = { time: time as UnixMs, topic: `sd/${word}`, payload, qos: 1, retained };
    const { fault } = onlooker.hear({ ...recorded, qos: 1 });
    return fault === null ? 'ok' : `${fault.check}: ${fault.refusal.code}`;
  };
  const board = () => labBoardOf(onlooker.picture, time as UnixMs);
  return { onlooker, say, board };
}

/** A text whose SHA-1 begins with so many zero bits. */
function solve(bits: number): string {
  for (let nonce = 0; ; nonce += 1) {
    const digest = createHash('sha1').update(String(nonce)).digest();
    if (Math.clz32(digest.readUInt32BE()) >= bits) return String(nonce);
  }
}

test('an election of ufes: who is missing, who votes twice, who is elected', () => {
  const { say, board } = scene('ufes', 3);
  say('init', { ClientID: 'a' });
  say('init', { clientId: 'b' });
  expect(board().head.text).toContain('2 of 3 peers');
  expect(board().draw.text).toBe('nobody is elected: 0 of 3 votes; none from a b');
  say('voting', { ClientID: 'a', VoteID: '5' });
  // Those clients count messages.
  say('voting', { ClientID: 'a', VoteID: '5' });
  expect(board().draw.text).toBe('nobody is elected: 2 of 3 votes; none from b');
  say('voting', { ClientID: 'c', VoteID: '4' });
  expect(board().head.text).toContain('controller a');
  expect(board().peers.map(({ text }) => text.trimEnd().replace(/ +/g, ' '))).toEqual([
    'a controller governs 0 5 (2x) vote 1.0 s ago',
    'b miner - 0 - introduction 3.0 s ago',
    'c miner - 0 4 vote 0.0 s ago',
  ]);
});

test('in statement a repeated vote counts once, and numbers are compared as numbers', () => {
  const { say, board } = scene('statement');
  say('voting', { ClientID: 10, VoteID: 9 });
  say('election', { ClientID: 10, VoteID: 9 });
  expect(board().draw.text).toContain('1 of 2 votes');
  say('voting', { ClientID: 9, VoteID: 10 });
  expect(board().head.text).toContain('controller 9');
});

test('challenges, right and wrong solutions, a winner once', () => {
  const { onlooker, say, board } = scene('ufes');
  expect(say('challenge', { TransactionID: 0, Challenge: 12 })).toBe('ok');
  expect(board().work.text).toMatch(/^challenge 0 {3}12 zero bits .* 4\.1 k tries expected/);
  const right = solve(12);
  expect(say('solution', { TransactionID: 0, ClientID: 'a', Solution: 'x' })).toBe(
    'rule: wrong-solution',
  );
  expect(say('solution', { TransactionID: 0, ClientID: 'b', Solution: right })).toBe('ok');
  expect(board().peers[0]?.text).toContain('awaits the result');
  const won = { ClientID: 'b', TransactionID: 0, Solution: right, Result: 1 };
  expect(say('result', won)).toBe('ok');
  expect(say('result', { ...won, ClientID: 'a' })).toBe('rule: already-solved');
  expect(say('result', { ...won, ClientID: 'a', Result: 0 })).toBe('ok');
  expect(onlooker.picture.results).toMatchObject([{ winner: 'b', elapsedMs: 3_000 }]);
  expect(onlooker.picture.challenge).toBeNull();
  expect(board().refusals.map(({ text }) => text.replace(/ +/g, ' '))).toEqual([
    ' 1 rule wrong-solution (bits 3, needed 12), a, 4.0 s ago',
    ' 1 rule already-solved (transactionID 0), a, 1.0 s ago',
  ]);
});

test('what no client of these dialects understands has a verdict', () => {
  const { say, onlooker } = scene('ufes');
  expect(say('init', 'garbage')).toBe('schema: not-json');
  expect(say('init', { ClientID: null })).toBe('schema: nameless');
  expect(say('voting', { ClientID: 'a' })).toBe('schema: malformed');
  expect(say('challenge', { TransactionID: 1, Challenge: 99 })).toBe('rule: unplayable');
  expect(say('challenge', { TransactionID: 1, Challenge: 9 }, true)).toBe('rule: retained');
  expect(say('odd', {})).toBe('schema: unknown-topic');
  expect(onlooker.picture.peers).toEqual({});
});

test.each([UFES, STATEMENT])('whoever looks on at our own $dialect agrees with it', (base) => {
  const world = new LabWorld();
  const peers = [1, 2, 3].map(() => world.join({ ...base, challenges: 3 }));
  world.pass(40_000);
  const { dialect } = base;
  const onlooker = new LabOnlooker({ prefix: 'sd', dialect, seats: 3 });
  for (const { at, word, text } of world.heard) {
    const topic = `sd/${word}`;
    const payload = encoder.encode(text);
    onlooker.hear({ time: Math.round(at) as UnixMs, topic, payload, qos: 1, retained: false });
  }
  const { controller, results, refusals } = onlooker.picture;
  expect(controller?.name).toBe(peers[0]?.all('elected')[0]?.controller);
  expect(results.map(({ winner }) => winner)).toEqual(
    world.saidOn('result').flatMap((it) => (it['Result'] === 1 ? [it['ClientID']] : [])),
  );
  expect(refusals).toEqual({});
});
