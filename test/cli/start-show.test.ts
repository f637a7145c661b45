/** Where there is no terminal, each thing is a plain line or a JSON object. */

import { expect, test } from 'vitest';
import type { Fact } from '../../src/cli/start-fact.ts';
import { jsonShow, plainShow } from '../../src/cli/start-show.ts';
import type { Digest, Term, VoteID } from '../../src/domain/names.ts';
import { nameOf, result, storyOf } from './start-saying.ts';

function plain(facts: readonly Fact[], preimages = false): readonly string[] {
  const lines: string[] = [];
  const show = plainShow((line) => lines.push(line), preimages);
  for (const fact of facts) show.tell(fact);
  return lines;
}

const url = 'mqtt://127.0.0.1:1884';

test('a broker on another port than was asked for says so', () => {
  const ports = { port: 1884, wsPort: null };
  const wanted = { port: 1883, wsPort: null };
  expect(plain([{ kind: 'broker', url, ports, wanted }])).toEqual([
    `port 1883 is taken: broker on ${url}`,
  ]);
  expect(plain([{ kind: 'broker', url, ports, wanted: ports }])).toEqual([`broker on ${url}`]);
});

test('a broker whose port was left open says nothing of it', () => {
  const ports = { port: 1884, wsPort: 9001 };
  expect(plain([{ kind: 'broker', url, ports, wanted: { port: 0, wsPort: 0 } }])).toEqual([
    `broker on ${url} and, for WebSocket, on port 9001`,
  ]);
});

test("a draw is told with everybody's number", () => {
  const numbers = [1, 2, 3, 4].map((place) => ({
    peer: nameOf(place),
    number: String(place).repeat(16) as VoteID,
  }));
  const seed = 'a'.repeat(64) as Digest;
  const drawn = { kind: 'drawn', term: 1 as Term, seed, numbers, highest: nameOf(4) } as const;
  expect(plain([drawn])).toEqual([
    'drawn in term 1: 44444444 is highest of 4, 4444444444444444',
    '  11111111 1111111111111111   22222222 2222222222222222   33333333 3333333333333333',
    '  44444444 4444444444444444',
  ]);
});

test('a preimage stands on a line of its own, if asked for', () => {
  const facts = storyOf(3).hear(1, result(0, 1));
  const { preimage } = result(0, 1);
  expect(plain(facts)).toHaveLength(1);
  expect(plain(facts, true)[1]).toBe(preimage);
});

test('programs get each fact as an object with its time', () => {
  const lines: string[] = [];
  jsonShow(
    (line) => lines.push(line),
    () => 7,
  ).tell({ kind: 'starting', peers: 3 });
  expect(lines).toEqual(['{"time":7,"kind":"starting","peers":3}']);
});
