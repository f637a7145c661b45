import { scryptSync } from 'node:crypto';
import { expect, it } from 'vitest';
import { Doorkeeper } from '../../broker/doorkeeper.ts';
import { parseHash } from '../../broker/password.ts';
import type { User } from '../../broker/users-file.ts';

/** At the least cost there is, so that a crowd takes no time. */
function cheaply(password: string): User {
  const salt = Buffer.from('salt');
  const hash = scryptSync(password, salt, 32, { N: 2, r: 1, p: 1 });
  const text = `scrypt$2$1$1$${salt.toString('base64')}$${hash.toString('base64')}`;
  const parsed = parseHash(text);
  if (parsed === null) throw new Error(`${text} was not understood.`);
  return { ...parsed, role: 'peer' };
}

it('a crowd of guessers is told to come back, and everybody is let in again after it', async () => {
  const doorkeeper = new Doorkeeper(new Map([['ann', cheaply('secret')]]));
  const guess = (): Promise<number> => doorkeeper.admit('ann', Buffer.from('guess'));
  const crowd = Array.from({ length: 110 }, guess);
  expect(await doorkeeper.admit('ann', Buffer.from('secret'))).toBe(3);
  const answers = await Promise.all(crowd);
  expect(answers.filter((it) => it === 3)).toHaveLength(8);
  expect(answers.filter((it) => it === 4)).toHaveLength(102);
  for (let time = 0; time < 5; time += 1) {
    expect(await doorkeeper.admit('ann', Buffer.from('secret'))).toBe(0);
  }
});
