import { expect, it } from 'vitest';
import { afterDeath, MOST_DEATHS } from '../../src/miner/death.ts';

it('deaths in one place add up; a nonce tried or another search begins a new count', () => {
  let death = afterDeath(undefined, 1, 10n);
  while (death.count < MOST_DEATHS) death = afterDeath(death, 1, 10n);
  expect(death).toEqual({ count: MOST_DEATHS, search: 1, tried: 10n });
  expect(afterDeath(death, 1, 11n).count).toBe(1);
  expect(afterDeath(death, 2, 10n).count).toBe(1);
});
