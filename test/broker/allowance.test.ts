import { expect, it } from 'vitest';
import { FilterAllowance } from '../../broker/allowance.ts';

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
