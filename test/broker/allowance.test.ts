import { expect, it } from 'vitest';
import { FilterAllowance, RetainedAllowance } from '../../broker/allowance.ts';

const MIB = 1024 * 1024;

it('a client has a thousand filters, and gets back those that it gives up', () => {
  const allowance = new FilterAllowance();
  const [greedy, modest] = [{}, {}];
  for (let index = 0; index < 1_000; index += 1) {
    expect(allowance.grants(greedy, `a/${index}`)).toBe(true);
  }
  expect(allowance.grants(greedy, 'one more')).toBe(false);
  expect(allowance.grants(greedy, 'a/7')).toBe(true);
  expect(allowance.grants(modest, 'one more')).toBe(true);
  allowance.returned(greedy, ['a/7', 'never had']);
  expect(allowance.grants(greedy, 'one more')).toBe(true);
  expect(allowance.grants(greedy, 'and another')).toBe(false);
});

it('the broker retains ten thousand topics, and again those that were cleared', () => {
  const allowance = new RetainedAllowance();
  for (let index = 0; index < 10_000; index += 1) {
    expect(allowance.grants(`a/${index}`, 1)).toBe(true);
  }
  expect(allowance.grants('one more', 1)).toBe(false);
  expect(allowance.grants('a/7', 2)).toBe(true);
  expect(allowance.grants('a/7', 0)).toBe(true);
  expect(allowance.grants('one more', 1)).toBe(true);
});

it('the broker retains 64 MiB, whatever came before on the same topic', () => {
  const allowance = new RetainedAllowance();
  for (let time = 0; time < 3; time += 1) expect(allowance.grants('a', 60 * MIB)).toBe(true);
  expect(allowance.grants('b', 4 * MIB)).toBe(true);
  expect(allowance.grants('c', 1)).toBe(false);
  expect(allowance.grants('a', 61 * MIB)).toBe(false);
  expect(allowance.grants('a', 59 * MIB)).toBe(true);
  expect(allowance.grants('c', MIB)).toBe(true);
});
