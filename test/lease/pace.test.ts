import { describe, expect, it } from 'vitest';
import {
  fastestBut,
  forgetPace,
  type Measured,
  measure,
  paceOf,
  type Sample,
} from '../../src/lease/pace.ts';
import { ann, bob, instant } from './people.ts';

const sample: Sample = {
  algorithm: 'sha256',
  by: ann,
  nonces: 1_000,
  since: instant(0),
  first: 1_000,
};

describe('a pace', () => {
  it('is what a search shows that was long enough', () => {
    expect(paceOf(100_000, 50, 100_000)).toBe(2_000_000);
    expect(paceOf(10_000, 0, 100_000)).toBe(10_000_000);
    // A find after nine nonces, and a busy machine: no sign of 33 hashes a second.
    expect(paceOf(9, 270, 100_000)).toBeNull();
    expect(paceOf(20, 200, 200)).toBe(100);
  });

  it('is measured from the lease to the report, or from the report before', () => {
    const measured: Measured = {};
    measure(measured, sample, instant(1_000));
    expect(measured.sha256?.[ann]).toEqual({ pace: 1_000, done: 1_000, at: 1_000 });
    // It was leased at the same time, and was searched after the first one.
    measure(measured, sample, instant(2_000));
    expect(measured.sha256?.[ann]).toEqual({ pace: 1_000, done: 2_000, at: 2_000 });
  });

  it('grows little by little, however soon a report comes', () => {
    const measured: Measured = {};
    measure(measured, sample, instant(1_000));
    measure(measured, { ...sample, nonces: 1e9 }, instant(1_001));
    expect(measured.sha256?.[ann]?.pace).toBe(2_500);
  });

  it('is none after too little, and stays what it was', () => {
    const measured: Measured = {};
    measure(measured, { ...sample, nonces: 99 }, instant(1_000));
    expect(measured.sha256?.[ann]).toBeUndefined();
    measure(measured, sample, instant(1_000));
    measure(measured, { ...sample, nonces: 99 }, instant(1_001));
    expect(measured.sha256?.[ann]).toEqual({ pace: 1_000, done: 1_099, at: 1_001 });
  });

  it('is forgotten where a holder loses it, and of more than a thousand the oldest one', () => {
    const measured: Measured = {};
    for (const by of [bob, ann]) measure(measured, { ...sample, by }, instant(1_000));
    measure(measured, { ...sample, by: bob }, instant(2_000));
    for (let which = 0; which < 999; which += 1)
      measure(measured, { ...sample, by: `k${which}` as typeof ann }, instant(3_000));
    expect(Object.keys(measured.sha256 ?? {})).toHaveLength(1_000);
    expect(measured.sha256?.[ann]).toBeUndefined();
    expect(measured.sha256?.[bob]).toBeDefined();
    expect(fastestBut(measured.sha256, bob)).toBe(333);
    forgetPace(measured, bob);
    expect(measured.sha256?.[bob]).toBeUndefined();
  });
});
