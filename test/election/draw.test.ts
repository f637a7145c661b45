import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ClientID, Digest, Nonce, Term } from '../../src/domain/names.ts';
import { commitmentOf, draw, drawnBits } from '../../src/election/draw.ts';
import { nodeHasher } from '../../src/node/crypto.ts';
import { id, rosterOf } from '../names.ts';

const roster = 'd'.repeat(64) as Digest;
const term = 7 as Term;
const nonce = (digit: string): Nonce => digit.repeat(64) as Nonce;
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('a draw', () => {
  it('can be made again by anybody, from what was revealed, as PROTOCOL 6.5 writes it', () => {
    const nonces = { [id('bob')]: nonce('2'), [id('ann')]: nonce('1') };
    const { seed, numbers } = draw(term, roster, nonces, nodeHasher);
    const text = `sortition/draw\n7\n${roster}\nann:${nonce('1')}\nbob:${nonce('2')}\n`;
    expect(seed).toBe(sha256(text));
    for (const { peer, number } of numbers)
      expect(number).toBe(sha256(`${seed}:${peer}`).slice(0, 16));
  });

  it('goes to the highest number', () => {
    const nonces = { [id('ann')]: nonce('1'), [id('bob')]: nonce('2'), [id('cat')]: nonce('3') };
    const { numbers, highest } = draw(term, roster, nonces, nodeHasher);
    expect(highest).toBe(numbers[0]?.peer);
    expect(numbers.map(({ number }) => number)).toEqual(
      numbers
        .map(({ number }) => number)
        .toSorted()
        .toReversed(),
    );
  });

  it('goes to the higher name where numbers tie', () => {
    const tying = { sha256: () => 'a'.repeat(64) as Digest };
    const nonces = { [id('bob')]: nonce('1'), [id('cat')]: nonce('2'), [id('ann')]: nonce('3') };
    expect(draw(term, roster, nonces, tying).numbers.map(({ peer }) => peer)).toEqual([
      'cat',
      'bob',
      'ann',
    ]);
  });

  it('depends on every single nonce, and on term and roster', () => {
    const nonces = { [id('ann')]: nonce('1'), [id('bob')]: nonce('2') };
    const { seed } = draw(term, roster, nonces, nodeHasher);
    const others = [
      draw(term, roster, { ...nonces, [id('bob')]: nonce('3') }, nodeHasher),
      draw(8 as Term, roster, nonces, nodeHasher),
      draw(term, 'e'.repeat(64) as Digest, nonces, nodeHasher),
      draw(term, roster, { [id('ann')]: nonce('1') }, nodeHasher),
    ];
    expect(new Set([seed, ...others.map((other) => other.seed)]).size).toBe(5);
  });

  it('is as likely to go to one as to another', () => {
    const wins: Record<string, number> = { ann: 0, bob: 0, cat: 0, dan: 0 };
    for (let round = 0; round < 2_000; round += 1) {
      const fresh = (name: string): Nonce => sha256(`${name} ${round}`) as Nonce;
      const nonces = Object.fromEntries(Object.keys(wins).map((name) => [name, fresh(name)]));
      const { highest } = draw(term, roster, nonces as Record<ClientID, Nonce>, nodeHasher);
      wins[highest] = (wins[highest] ?? 0) + 1;
    }
    // 500 each are expected; 4 standard deviations are 77.
    for (const count of Object.values(wins)) expect(Math.abs(count - 500)).toBeLessThan(78);
  });
});

describe('a commitment', () => {
  it('holds for its term, its peer and its nonce alone', () => {
    const own = commitmentOf(term, id('ann'), nonce('1'), nodeHasher);
    expect(own).toBe(sha256(`sortition/commit\n7\nann\n${nonce('1')}`));
    expect(commitmentOf(term, id('bob'), nonce('1'), nodeHasher)).not.toBe(own);
    expect(commitmentOf(8 as Term, id('ann'), nonce('1'), nodeHasher)).not.toBe(own);
  });
});

it('whose reveals were counted is a bit each, the first member highest, padded to a digit', () => {
  const members = rosterOf('ann,bob,cat,dan,eve');
  expect(drawnBits(members, (peer) => ['ann', 'cat', 'eve'].includes(peer))).toBe('a8');
  expect(drawnBits(rosterOf('ann,bob,cat'), () => true)).toBe('e');
});
