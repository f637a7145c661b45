import { expect, it } from 'vitest';
import { Subscriptions } from '../../broker/subscriptions.ts';

it('a client has a thousand filters, and gets back those that it gives up', () => {
  const subscriptions = new Subscriptions();
  const [greedy, modest] = [{}, {}];
  for (let index = 0; index < 1_000; index += 1) {
    expect(subscriptions.grants(greedy, `a/${index}`, 0)).toBe(true);
  }
  expect(subscriptions.grants(greedy, 'one more', 0)).toBe(false);
  expect(subscriptions.grants(greedy, 'a/7', 0)).toBe(true);
  expect(subscriptions.grants(modest, 'one more', 0)).toBe(true);
  subscriptions.returned(greedy, ['a/7', 'never had']);
  expect(subscriptions.grants(greedy, 'one more', 0)).toBe(true);
  expect(subscriptions.grants(greedy, 'and another', 0)).toBe(false);
});
