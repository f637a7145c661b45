import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { addressOf } from '../../src/node/mqtt-connection.ts';
import { Patience } from '../../src/node/mqtt-patience.ts';
import type { Ending } from '../../src/node/mqtt-reason.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

const CLOSED: Ending = { kind: 'closed' };

function refusal(code: number | string): Ending {
  return { kind: 'failed', error: Object.assign(new Error('no'), { code }) };
}

function patience(patienceMs: number): Patience {
  return new Patience(addressOf({ url: 'mqtt://h', patienceMs }, 'x'), 'x');
}

describe('who was never in', () => {
  it('gives up at once without patience, and at the end of it with some', () => {
    expect(patience(0).judge(refusal(4), null).isFinal).toBe(true);
    const some = patience(60_000);
    const isFinal: boolean[] = [];
    for (let second = 0; second <= 60; second += 10) {
      isFinal.push(some.judge(refusal(second % 20 === 0 ? 4 : 5), null).isFinal);
      vi.advanceTimersByTime(10_000);
    }
    expect(isFinal).toEqual([false, false, false, false, false, false, true]);
  });

  it('has all of its patience again for a broker that was gone meanwhile', () => {
    const some = patience(60_000);
    some.judge(refusal(5), null);
    vi.advanceTimersByTime(50_000);
    expect(some.judge(refusal('ECONNREFUSED'), null)).toMatchObject({ refusal: null });
    vi.advanceTimersByTime(50_000);
    expect(some.judge(refusal(5), null).isFinal).toBe(false);
    vi.advanceTimersByTime(60_000);
    expect(some.judge(refusal(5), null).isFinal).toBe(true);
  });

  it('gives up on a wrong certificate and on a denied subscription alike', () => {
    expect(patience(0).judge(refusal('CERT_HAS_EXPIRED'), null).isFinal).toBe(true);
    expect(patience(0).judge({ kind: 'denied', filter: 'a' }, 20).isFinal).toBe(true);
  });
});

it.each([
  [refusal(2), null],
  [refusal(4), null],
  [refusal(5), null],
  [refusal('CERT_HAS_EXPIRED'), null],
  [refusal('EPROTO'), null],
  [{ kind: 'denied', filter: 'a' } as const, 20],
])('who was in never gives up: %j', (ending, acceptedMs) => {
  const proven = patience(0);
  proven.letIn();
  proven.judge(CLOSED, 500);
  for (let hour = 0; hour < 3; hour += 1) {
    const { refusal: told, isFinal } = proven.judge(ending, acceptedMs);
    expect([told === null, isFinal]).toEqual([false, false]);
    vi.advanceTimersByTime(3_600_000);
  }
});

describe('of two that replace each other', () => {
  /** One connection after another, each as soon as may be; the judgement on the last. */
  function shortLives(one: Patience, times: number): ReturnType<Patience['judge']> {
    let last = one.judge(CLOSED, 100);
    for (let time = 1; time < times; time += 1) {
      vi.advanceTimersByTime(one.waitMs);
      last = one.judge(CLOSED, 100);
    }
    return last;
  }

  it('the one that came second gives up', () => {
    expect(shortLives(patience(0), 2)).toMatchObject({ refusal: null });
    expect(shortLives(patience(0), 3)).toMatchObject({ isFinal: true });
    const patient = patience(60_000);
    expect(shortLives(patient, 3)).toMatchObject({ isFinal: false });
    vi.advanceTimersByTime(60_000);
    const { refusal: why, isFinal } = patient.judge(CLOSED, 100);
    expect([why?.code, isFinal]).toEqual(['taken-over', true]);
  });

  it('the one that had stayed goes on, and leaves the other one alone for longer each time', () => {
    const stayed = patience(0);
    stayed.letIn();
    stayed.judge(CLOSED, 5_000);
    expect(shortLives(stayed, 2).refusal).toBeNull();
    expect(stayed.waitMs).toBe(0);
    for (const longest of [5_000, 10_000, 20_000, 40_000, 60_000, 60_000]) {
      const { refusal: why, isFinal } = stayed.judge(CLOSED, 100);
      expect([why?.code, isFinal]).toEqual(['taken-over', false]);
      expect(stayed.waitMs).toBeGreaterThanOrEqual(longest / 2);
      expect(stayed.waitMs).toBeLessThanOrEqual(longest);
      vi.advanceTimersByTime(stayed.waitMs);
    }
    stayed.judge(CLOSED, 61_000);
    expect(shortLives(stayed, 2)).toMatchObject({ refusal: null });
  });
});
