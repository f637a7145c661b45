/** For how long, and at which height, a lower member must have obeyed its controller. */

import { describe, expect, it } from 'vitest';
import type { Instant, TransactionID } from '../../src/domain/names.ts';
import { followHeir, type Heir, isDue } from '../../src/election/heir.ts';

const HEARTBEAT_MS = 5_000;

/** At each heartbeat: when, the member's height, and its controller's at that moment. */
type Beat = readonly [atMs: number, theirs: number, ours: number];

function follow(...beats: readonly Beat[]): Heir {
  let heir: Heir | undefined;
  for (const [at, theirs, ours] of beats) {
    const said = { at: at as Instant, height: theirs as TransactionID };
    heir = followHeir(heir, said, { height: ours as TransactionID, heartbeatMs: HEARTBEAT_MS });
  }
  if (heir === undefined) throw new Error('It says something.');
  return heir;
}

const dueAt = (heir: Heir, at: number, inVain = 0): boolean =>
  isDue(heir, at as Instant, HEARTBEAT_MS, inVain);

describe('a lower member', () => {
  it('is due after three heartbeats of time, and three heartbeats', () => {
    const heir = follow([0, 7, 7], [5_000, 7, 7], [10_000, 7, 7]);
    expect(dueAt(heir, 14_999)).toBe(false);
    expect(dueAt(heir, 15_000)).toBe(true);
    // Said within a moment, they show nothing yet.
    expect(dueAt(follow([0, 7, 7], [20, 7, 7], [40, 7, 7], [60, 7, 7]), 100)).toBe(false);
    expect(dueAt(follow([0, 7, 7], [12_000, 7, 7]), 15_000)).toBe(false);
  });

  it('must live now', () => {
    const heir = follow([0, 7, 7], [5_000, 7, 7], [10_000, 7, 7]);
    expect(dueAt(heir, 17_500)).toBe(true);
    expect(dueAt(heir, 17_501)).toBe(false);
  });

  it('may miss a heartbeat, and not two', () => {
    expect(follow([0, 7, 7], [5_000, 7, 7], [15_000, 7, 7]).beats).toBe(3);
    expect(follow([0, 7, 7], [5_000, 7, 7], [17_500, 7, 7]).beats).toBe(1);
  });

  it('is at its height if it has come to where its controller was a heartbeat ago', () => {
    const fast = follow([0, 95, 100], [5_000, 145, 150], [10_000, 195, 200]);
    expect(fast.beats).toBe(3);
    expect(follow([0, 95, 100], [5_000, 99, 150], [10_000, 195, 200]).beats).toBe(2);
    expect(follow([0, 95, 100], [5_000, 99, 150], [10_000, 149, 200]).beats).toBe(1);
  });

  it('boasts if it has more than its controller', () => {
    expect(follow([0, 7, 7], [5_000, 9, 8], [10_000, 8, 8]).beats).toBe(2);
    expect(follow([0, 7, 7], [5_000, 7, 7], [10_000, 2 ** 53 - 1, 8]).beats).toBe(1);
  });

  it('waits twice as long each time that it was in vain, up to ten minutes', () => {
    const waits = (inVain: number): number => {
      for (let ms = 0; ; ms += 1_000) {
        const beats = Array.from({ length: ms / 1_000 + 1 }, (_, at): Beat => [at * 1_000, 7, 7]);
        if (dueAt(follow(...beats), ms, inVain)) return ms / 1_000;
      }
    };
    expect([0, 1, 2, 3, 4, 5, 6].map(waits)).toEqual([15, 30, 60, 120, 240, 480, 600]);
    expect(waits(1_000)).toBe(600);
  });
});
