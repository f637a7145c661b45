/** The checkers of what the Rules of a network say, shown what they must find. */

import { expect, it } from 'vitest';
import type { Block, Member, Message } from '../../src/domain/message.ts';
import type { ClientID, Digest, PublicKey, TransactionID, UnixMs } from '../../src/domain/names.ts';
import type { Checker, Fact } from '../../src/sim/checkers/fact.ts';
import { keptSeats } from '../../src/sim/checkers/l5-kept-seats.ts';
import { risingTime } from '../../src/sim/checkers/l6-rising-time.ts';

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

it('L5 finds a peer admitted that the Rules keep out', () => {
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

it('L6 finds a Time that does not rise, and bits that rise too fast, under interval2 alone', () => {
  const block = (transactionID: number, time: number, challenge: number, change?: string): Fact =>
    sealed({
      transactionID: transactionID as TransactionID,
      time: time as UnixMs,
      challenge,
      ...(change !== undefined && { change }),
    });
  const rules = under('peers=3 difficulty=interval2:3000@24');
  expect(lastOf(risingTime, rules, block(0, 5, 24), block(1, 6, 23))).toBeNull();
  expect(lastOf(risingTime, rules, block(0, 5, 24), block(1, 5, 24))).toMatch(
    /^Block 1 of aaaaaaaa is not opened after/,
  );
  expect(lastOf(risingTime, rules, block(0, 5, 25))).toBe(
    'Block 0 of aaaaaaaa has 25 bits, and at most 24.',
  );
  const first = Array.from({ length: 8 }, (_, index) => block(index, index, 24));
  expect(lastOf(risingTime, rules, ...first, block(8, 8, 25))).toBeNull();
  const changed = first.slice(1).concat(block(8, 8, 0, 'remove somebody'));
  expect(lastOf(risingTime, rules, ...changed, block(9, 9, 25))).toMatch(/at most 24/);
  const other = under('peers=3 difficulty=interval:3000@24');
  expect(lastOf(risingTime, other, block(0, 5, 24), block(1, 5, 30))).toBeNull();
});
