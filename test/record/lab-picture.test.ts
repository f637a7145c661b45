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

/** A text that begins so, whose SHA-1 begins with so many zero bits, and with no more. */
function solve(bits: number, begin = ''): string {
  for (let nonce = 0; ; nonce += 1) {
    const digest = createHash('sha1').update(`${begin}${nonce}`).digest();
    if (Math.clz32(digest.readUInt32BE()) === bits) return `${begin}${nonce}`;
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

test('a solution is judged by the challenge that it names, open, won, or opened anew', () => {
  const { onlooker, say, board } = scene('ufes');
  const solution = (TransactionID: number, ClientID: string, Solution: string): string =>
    say('solution', { TransactionID, ClientID, Solution });
  const win = (TransactionID: number, ClientID: string, Solution: string): string =>
    say('result', { TransactionID, ClientID, Solution, Result: 1 });
  const [ann, bob] = [solve(8, 'ann'), solve(8, 'bob')];
  expect(solution(0, 'ann', 'before its challenge is heard')).toBe('ok');
  say('challenge', { TransactionID: 0, Challenge: 8 });
  say('challenge', { TransactionID: 1, Challenge: 12 });
  expect(solution(0, 'zoe', solve(7))).toBe('rule: wrong-solution');
  expect(solution(0, 'ann', ann)).toBe('ok');
  expect(solution(0, 'bob', bob)).toBe('rule: second-solution');
  expect(solution(0, 'ann', ann)).toBe('ok');
  expect(win(0, 'ann', ann)).toBe('ok');
  expect(solution(0, 'cid', solve(9, 'cid'))).toBe('rule: late-solution');
  expect(solution(0, 'zoe', solve(7, 'z'))).toBe('rule: wrong-solution');
  expect(win(0, 'bob', bob)).toBe('rule: already-solved');

  say('challenge', { TransactionID: 0, Challenge: 10 });
  // Right for the first challenge of this number, which is over.
  expect(solution(0, 'bob', solve(9, 'b'))).toBe('rule: late-solution');
  expect(solution(0, 'zoe', solve(7, 'zo'))).toBe('rule: wrong-solution');
  // The broker says it twice.
  expect(win(0, 'ann', ann)).toBe('ok');
  const better = solve(10, 'bob');
  expect(solution(0, 'bob', better)).toBe('ok');
  expect(win(0, 'bob', better)).toBe('ok');

  const { results, peers, refusals } = onlooker.picture;
  expect(
    results.map(({ transactionID, winner, challenge }) => [transactionID, winner, challenge]),
  ).toEqual([
    [0, 'ann', 8],
    [0, 'bob', 10],
  ]);
  expect(Object.values(peers).map(({ name, wins }) => [name, wins])).toEqual([
    ['ann', 1],
    ['bob', 1],
    ['cid', 0],
  ]);
  // Late and second ones are no fault of anybody.
  expect(Object.keys(refusals)).toEqual(['wrong-solution', 'already-solved']);
  expect(refusals['wrong-solution']?.count).toBe(3);
  expect(board().refusalsTitle).toBe('refused: 4');
});

test('all wrong solutions of a fast network are marked, and no others', () => {
  const { onlooker, say } = scene('ufes');
  const rights = Array.from({ length: 60 }, (_, number) => solve(6, `r${number}/`));
  const told = rights.flatMap((right, number) => {
    say('challenge', { TransactionID: number, Challenge: 6 });
    // The miners are three challenges behind.
    const late = number - 3;
    if (late < 0) return [];
    const about = { TransactionID: late, ClientID: 'ann' };
    say('result', { ...about, ClientID: 'bob', Solution: 'another', Result: 1 });
    const Solution = late % 2 === 0 ? solve(5, `w${late}/`) : (rights[late] ?? right);
    return [say('solution', { ...about, Solution })];
  });
  expect(told.filter((it) => it === 'rule: wrong-solution')).toHaveLength(29);
  expect(told.filter((it) => it === 'rule: late-solution')).toHaveLength(28);
  expect(onlooker.picture.refusals['wrong-solution']?.count).toBe(29);
  expect(onlooker.picture.results.at(-1)).toMatchObject({ challenge: 6, elapsedMs: 10_000 });
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
