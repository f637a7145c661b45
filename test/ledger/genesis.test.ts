import { describe, expect, it } from 'vitest';
import {
  GENESIS_UNITS_MOST,
  type Genesis,
  problemOfGenesis,
  sortedGenesis,
  unitsOf,
} from '../../src/domain/genesis.ts';
import type { AccountKey } from '../../src/domain/names.ts';
import { accountIn, listAccounts, sumOf } from '../../src/ledger/account.ts';
import { startChain } from '../../src/ledger/chain.ts';
import { accountsOfGenesis, digestOfGenesis, grantTo } from '../../src/ledger/genesis.ts';
import {
  parseRules,
  readRules,
  rewardMost,
  rulesOf,
  rulesWithGenesis,
} from '../../src/ledger/rules.ts';
import { nodeHasher } from '../../src/node/crypto.ts';
import { rosterOf } from '../names.ts';
import { wallet } from './wallet.ts';

const key = (digit: string): AccountKey => digit.repeat(64) as AccountKey;
const list: Genesis = [
  { key: key('1'), units: 50 },
  { key: key('a'), units: 7 },
];

describe('what accounts begin with', () => {
  it('is named by the SHA-256 of its lines, as sha256sum has it', () => {
    // (printf '%s 50\n' 11…1; printf '%s 7\n' aa…a) | sha256sum
    expect(digestOfGenesis(list, nodeHasher)).toBe(
      '6ffa70bccd7a9bea2e1b345f8f385da155a30504adb6ad27840a457c065dfb82',
    );
    expect(sortedGenesis([...list].reverse())).toEqual(list);
  });

  it('has each key once, in order, and no more than numbers hold exactly', () => {
    expect(problemOfGenesis(list)).toBeNull();
    expect(problemOfGenesis([...list].reverse())).toMatch(/in their order/);
    expect(problemOfGenesis([...list, ...list.slice(1)])).toMatch(/each key once/);
    expect(problemOfGenesis([])).toMatch(/0 keys/);
    const many = Array.from({ length: 101 }, (_, index) => ({
      key: String(1_000 + index).repeat(16) as AccountKey,
      units: 1,
    }));
    expect(problemOfGenesis(many.slice(0, 100))).toBeNull();
    expect(problemOfGenesis(many)).toMatch(/101 keys/);
    const [one, two] = list;
    if (one === undefined || two === undefined) throw new Error('There are two.');
    const all = { ...one, units: GENESIS_UNITS_MOST - two.units };
    expect(problemOfGenesis([all, two])).toBeNull();
    expect(problemOfGenesis([{ ...all, units: all.units + 1 }, two])).toMatch(/units/);
    // With the highest reward there is, seven billion blocks more still add up exactly.
    expect(Number.isSafeInteger(GENESIS_UNITS_MOST + 7e9 * rewardMost)).toBe(true);
  });

  it('is in the accounts of a chain before its first block, and spent from there', () => {
    const [ann, bob] = [wallet('ann'), wallet('bob')];
    const genesis = sortedGenesis([
      { key: ann.key, units: 50 },
      { key: bob.key, units: 20 },
    ]);
    const accounts = accountsOfGenesis(genesis, nodeHasher);
    expect(accountIn(accounts, ann.account)).toEqual({ balance: 50, nonce: 0 });
    expect([listAccounts(accounts).length, sumOf(accounts)]).toEqual([2, unitsOf(genesis)]);
    expect([grantTo(bob.key, genesis), grantTo(key('1'), genesis)]).toEqual([20, 0]);
    const bare = rulesOf({ peers: 3, difficulty: 'fixed:2' });
    const rules = rulesWithGenesis(bare, digestOfGenesis(genesis, nodeHasher));
    const roster = rosterOf('ann,bob,cat');
    expect(startChain(roster, rules, accounts).accounts).toBe(accounts);
    expect(() => startChain(roster, rules)).toThrow(/the list that the Rules name/);
    expect(() => startChain(roster, bare, accounts)).toThrow(/the list that the Rules name/);
  });
});

describe('Rules that name it', () => {
  const genesis = digestOfGenesis(list, nodeHasher);

  it('say so last of all, and those without are as they always were', () => {
    const settings = { peers: 3, difficulty: 'fixed:4', reward: 10, admit: 'none' } as const;
    const bare = rulesOf(settings);
    expect(bare.text).toBe('peers=3 difficulty=fixed:4 reward=10 admit=none');
    expect(bare.genesis).toBeNull();
    const named = rulesOf({ ...settings, genesis });
    expect(named.text).toBe(`${bare.text} genesis=${genesis}`);
    expect(readRules(named.text)).toEqual(named);
    expect(parseRules(named.text)).toMatchObject({ ...settings, genesis });
    expect(parseRules(bare.text)).toMatchObject({ ...settings, genesis: null });
    expect(rulesWithGenesis(bare, genesis)).toEqual(named);
    expect(rulesWithGenesis(named, null)).toEqual(bare);
  });

  it.each([
    ['in capitals', `peers=3 difficulty=fixed:4 genesis=${'A'.repeat(64)}`],
    ['too short', `peers=3 difficulty=fixed:4 genesis=${'a'.repeat(63)}`],
    ['too long', `peers=3 difficulty=fixed:4 genesis=${'a'.repeat(65)}`],
    ['twice', `peers=3 difficulty=fixed:4 genesis=${genesis} genesis=${genesis}`],
    ['not last', `peers=3 difficulty=fixed:4 genesis=${genesis} admit=none`],
  ])('are none where it is %s', (_, text) => {
    expect(parseRules(text)).toBeNull();
  });
});
