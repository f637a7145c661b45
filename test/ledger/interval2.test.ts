/** The rule `interval2`: against wrong clocks, liars, outages, and work that is too hard. */

import { describe, expect, it } from 'vitest';
import type { Block } from '../../src/domain/message.ts';
import type { Digest, UnixMs } from '../../src/domain/names.ts';
import type { Chain, Difficulty } from '../../src/domain/standing.ts';
import { emptyRoot, openingOfBlock } from '../../src/ledger/block.ts';
import {
  bitsOfNext,
  extendChain,
  problemOfBareBlock,
  problemOfOpening,
  startChain,
} from '../../src/ledger/chain.ts';
import {
  afterBlock,
  bitsFor,
  type DifficultyRule,
  guessDifficulty,
  latestTime,
  parseDifficulty,
  problemOfTime,
  startDifficulty,
} from '../../src/ledger/difficulty.ts';
import { rulesOf } from '../../src/ledger/rules.ts';
import { nodeHasher } from '../../src/node/crypto.ts';
import { id, rosterOf } from '../names.ts';

const intervalMs = 1_000;
const rule = parseDifficulty('interval2:1000@24') as DifficultyRule;

const parent = '0'.repeat(64) as Digest;
const bitsAt = (difficulty: Difficulty, waitedMs: number): number =>
  bitsFor(rule, difficulty, parent, waitedMs);

/** After blocks that follow one another after `gaps`. */
function after(...gaps: readonly number[]): Difficulty {
  let time = 1_000_000;
  const first = afterBlock(rule, startDifficulty(rule), { time: time as UnixMs });
  return gaps.reduce((difficulty, gap) => {
    time += gap;
    return afterBlock(rule, difficulty, { time: time as UnixMs }, gap);
  }, first);
}

describe('the bits of interval2', () => {
  it.each<readonly [string, readonly number[], number]>([
    ['nothing else is mined', [], 24],
    ['blocks come at once, but not yet eight', Array(6).fill(1), 24],
    ['eight blocks come at once', Array(7).fill(1), 25],
    ['sixteen blocks come at once', Array(16).fill(1), 26],
    ['eight blocks take half of their time', Array(7).fill(500), 25],
    ['eight blocks take a little longer than that', [...Array(6).fill(500), 501], 24],
    ['eight blocks take twice their time', Array(7).fill(2_000), 23],
    ['eight blocks take almost eight times theirs', Array(7).fill(7_999), 23],
    ['one comes eight intervals late', [1_000, 8_000], 23],
    ['one comes an hour late', [1_000, 3_600_000], 23],
    ['three come late', [8_000, 8_000, 8_000], 21],
    ['one comes late, and then eight fast', [8_000, ...Array(8).fill(1)], 24],
  ])('when %s', (_, gaps, expected) => {
    expect(after(...gaps).bits).toBe(expected);
  });

  it('fall for a block that waits, by one more each time that its wait doubles', () => {
    const start = startDifficulty(rule);
    const waits = [0, 7_999, 8_000, 15_999, 16_000, 32_000, 3_600_000];
    expect(waits.map((waitedMs) => bitsAt(start, waitedMs))).toEqual([24, 24, 23, 23, 22, 21, 15]);
    expect(bitsAt({ ...start, bits: 2 }, 1e9)).toBe(1);
  });

  it('can be guessed from a challenge where the blocks before are not known', () => {
    for (const waitedMs of [0, 8_000, 1e9])
      expect(bitsAt(guessDifficulty(rule, 20, waitedMs), waitedMs)).toBe(20);
  });
});

describe('the Time of a block under interval2', () => {
  const rules = rulesOf({ peers: 3, difficulty: 'interval2:1000@1' });
  const time = 1_700_000_000_000;
  const start = startChain(rosterOf('ann,bob,cat'), rules);
  const blockAt = (chain: Chain, at: number, change?: string): Block => ({
    transactionID: chain.height,
    parent: chain.tip,
    root: change === undefined ? emptyRoot(nodeHasher) : nodeHasher.sha256(change),
    time: at as UnixMs,
    challenge: change === undefined ? bitsOfNext(chain, rules, at as UnixMs) : 0,
    clientID: id('ann'),
    solution: '',
    ...(change !== undefined && { change }),
  });
  const chain = extendChain(start, rules, blockAt(start, time), parent, nodeHasher);
  const problem = (on: Chain, at: number): string | null =>
    problemOfOpening(openingOfBlock(blockAt(on, at)), on, rules);

  it('is after that of the block before, which may be a change', () => {
    expect(problem(chain, time)).toMatch(/Time is 1700000000000, not after its parent's/);
    expect(problem(chain, time - 1)).toMatch(/not after/);
    expect(problem(chain, time + 1)).toBeNull();
    const name = '11111111-0000-8000-8000-000000000000';
    const roster = { ...start.roster, members: [{ clientID: id(name), publicKey: '' as never }] };
    const full: Chain = {
      ...chain,
      roster: { ...roster, members: [...roster.members, ...start.roster.members] },
    };
    const changing = (at: number): Block => blockAt(full, at, `remove ${name}`);
    expect(problemOfBareBlock(changing(time), full, rules, nodeHasher)).toMatch(/not after/);
    expect(problemOfBareBlock(changing(time + 9), full, rules, nodeHasher)).toBeNull();
    const changed = extendChain(full, rules, changing(time + 9), parent, nodeHasher);
    expect(problem(changed, time + 9)).toMatch(/not after/);
    expect(changed.difficulty).toBe(full.difficulty);
  });

  it('leaves room for all that come after it', () => {
    const first = latestTime(null);
    expect(problem(start, first)).toBeNull();
    expect(problem(start, first + 1)).toMatch(/where 140737488355328 is the latest/);
    expect(problem(chain, latestTime(time as UnixMs))).toBeNull();
    expect(problem(chain, latestTime(time as UnixMs) + 1)).toMatch(/is the latest/);
    expect(latestTime(Number.MAX_SAFE_INTEGER as UnixMs) + 1).toBeLessThan(Number.MAX_SAFE_INTEGER);
  });

  it('is free under the other rules', () => {
    for (const text of ['interval:1000@24', 'fixed:3', 'range:1-2']) {
      const other = parseDifficulty(text);
      expect(other && problemOfTime(other, 1 as UnixMs, 2 as UnixMs)).toBeNull();
    }
  });
});

/** What a network without luck does: each block takes what it takes on average. */
function live(powerOf: (now: number) => number, untilMs: number, timeOf: Clock = ledgerTime) {
  const blocks: { readonly at: number; readonly bits: number }[] = [];
  let [difficulty, now, last] = [startDifficulty(rule), 0, { time: 0, at: 0 }];
  while (now < untilMs) {
    let [at, left, opened] = [now, 1, timeOf(now, last)];
    for (;;) {
      const bits = bitsAt(difficulty, opened.time - last.time);
      const ms = (left * 2 ** bits) / powerOf(now);
      // Looked at again with each heartbeat.
      const spent = Math.min(ms, 5_000);
      [now, left] = [now + spent, left - (left * spent) / ms];
      if (left <= 0) break;
      const later = timeOf(now, last);
      if (bitsAt(difficulty, later.time - last.time) < bits) [opened, at] = [later, now];
    }
    now = Math.max(now, at + 100);
    blocks.push({ at: now, bits: bitsAt(difficulty, opened.time - last.time) });
    const block = { time: opened.time as UnixMs };
    difficulty = afterBlock(rule, difficulty, block, opened.time - last.time);
    last = opened;
  }
  return blocks;
}

type Opened = { readonly time: number; readonly at: number };
type Clock = (now: number, last: Opened) => Opened;

/** As a controller whose clock is right: the ledger's Time, and what has passed. */
const ledgerTime: Clock = (now, last) => ({
  time: Math.max(now, last.time + Math.max(1, Math.floor(now - last.at))),
  at: now,
});

describe('a network under interval2', () => {
  const usual = 2 ** 24 / intervalMs;
  const hourMs = 3_600_000;
  const within = (blocks: readonly { readonly at: number }[], from: number, to: number): number =>
    blocks.filter(({ at }) => at >= from && at < to).length;

  it('finds its pace, from a thousandth of the power to a thousand times of it', () => {
    for (const power of [usual / 1_000, usual, usual * 1_000]) {
      const count = within(
        live(() => power, 3 * hourMs),
        2 * hourMs,
        3 * hourMs,
      );
      expect(count).toBeGreaterThan(hourMs / intervalMs / 2.1);
      expect(count).toBeLessThan((hourMs / intervalMs) * 2.1);
    }
  });

  it('recovers within a few minutes when 99 of 100 parts of its power leave', () => {
    const blocks = live((now) => (now < hourMs ? usual : usual / 100), 2 * hourMs);
    expect(within(blocks, 1.1 * hourMs, 1.2 * hourMs)).toBeGreaterThan(360 / 2.5);
  });

  it('is made harder by a bit a window at most, whatever a controller says', () => {
    const liar: Clock = (now, last) => ({ time: last.time + 1, at: now });
    const until = 600_000;
    const during = live(() => usual, until, liar);
    during.forEach(({ bits }, index) => {
      expect(bits).toBeLessThanOrEqual(24 + Math.floor(index / 8));
    });
    // And once it has gone, that is soon over.
    const clock: Clock = (now, last) => (now < until ? liar : ledgerTime)(now, last);
    expect(
      within(
        live(() => usual, 2 * until, clock),
        1.4 * until,
        2 * until,
      ),
    ).toBeGreaterThan(150);
  });

  it('does not heed a clock that is an hour ahead for a while, or behind', () => {
    for (const wrongMs of [hourMs, -hourMs]) {
      const clock: Clock = (now, last) => {
        const isWrong = now > hourMs && now < 1.2 * hourMs;
        return ledgerTime(now + (isWrong ? wrongMs : 0), {
          ...last,
          at: last.at + (isWrong ? wrongMs : 0),
        });
      };
      const set: Clock = (now, last) => ({ ...clock(now, last), at: now });
      const blocks = live(() => usual, 2 * hourMs, set);
      const count = within(blocks, 1.2 * hourMs, 1.4 * hourMs);
      expect(count).toBeGreaterThan(720 / 2.1);
      expect(count).toBeLessThan(720 * 2.1);
      expect(blocks.filter(({ bits }) => bits < 20).length).toBeLessThan(3);
    }
  });
});
