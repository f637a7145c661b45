/** The checkers of what the Rules of a network say, shown what they must find. */

import { expect, it } from 'vitest';
import type { Block, Member, Message } from '../../src/domain/message.ts';
import type { ClientID, Digest, PublicKey } from '../../src/domain/names.ts';
import type { Checker, Fact } from '../../src/sim/checkers/fact.ts';
import { keptSeats } from '../../src/sim/checkers/l5-kept-seats.ts';

const nameOf = (digit: string): ClientID =>
  `${digit.repeat(8)}-0000-8000-8000-000000000000` as ClientID;
const ann = nameOf('a');
const founder: Member = { clientID: nameOf('1'), publicKey: 'A'.repeat(43) as PublicKey };

const under = (rules: string): Fact => ({
  at: 0,
  by: ann,
  kind: 'said',
  message: { kind: 'introduction', clientID: ann, rules } as Message,
});
const founded: Fact = {
  at: 0,
  by: ann,
  kind: 'recorded',
  entry: { kind: 'founded', founding: { members: [founder], votes: [] } },
};
const sealed = (block: Partial<Block>): Fact => ({
  at: 0,
  by: ann,
  kind: 'recorded',
  entry: { kind: 'sealed', block: block as Block, digest: '' as Digest, seal: [] },
});

/** What the last of the facts is found to be; nothing may be found in those before it. */
function lastOf({ begin }: Checker, ...facts: readonly Fact[]): string | null {
  const watcher = begin();
  const found = facts.map((fact) => watcher.see(fact));
  expect(found.slice(0, -1).filter((sentence) => sentence !== null)).toEqual([]);
  return found.at(-1) ?? null;
}

it('find somebody admitted whom the Rules keep out', () => {
  const rules = 'peers=3 difficulty=fixed:4';
  const [own, other] = [`admit ${nameOf('1')}`, `admit ${nameOf('2')}`];
  const key = founder.publicKey;
  const admitted = (text: string, admit?: string): string | null =>
    lastOf(
      keptSeats,
      under(admit === undefined ? rules : `${rules} admit=${admit}`),
      founded,
      sealed({ change: text }),
    );
  expect(admitted(`${other} ${key}`)).toBeNull();
  expect(admitted(`${own} ${key}`, 'roster')).toBeNull();
  expect(admitted(`${other} ${key}`, 'roster')).toBe(
    'aaaaaaaa has a block that admits 22222222 under admit=roster.',
  );
  expect(admitted(`${own} ${'B'.repeat(43)}`, 'roster')).toMatch(/admits 11111111/);
  expect(admitted(`${own} ${key}`, 'none')).toMatch(/admits 11111111 under admit=none/);
});
