import { describe, expect, it } from 'vitest';
import type { Block } from '../../src/domain/message.ts';
import type { ClientID, PublicKey, TransactionID, UnixMs } from '../../src/domain/names.ts';
import { makeRoster } from '../../src/domain/roster.ts';
import type { Chain } from '../../src/domain/standing.ts';
import { type Batch, emptyBatch } from '../../src/domain/transaction.ts';
import { accountIn, sumOf } from '../../src/ledger/account.ts';
import { carriesBatch, digestOf, preimageOf, workOf } from '../../src/ledger/block.ts';
import { extendChain, problemOfBlock, startChain } from '../../src/ledger/chain.ts';
import { changeText } from '../../src/ledger/change.ts';
import { merkleRoot } from '../../src/ledger/merkle.ts';
import { parseRules, type Rules, rulesOf } from '../../src/ledger/rules.ts';
import { nodeHasher } from '../../src/node/crypto.ts';
import { solve } from '../../src/sim/false-miner.ts';
import { publicKeyOf } from '../../src/wire/transaction.ts';
import { rosterOf } from '../names.ts';
import { texts, wallet } from './wallet.ts';

const ann = wallet('ann');
const bob = wallet('bob');
const rules = rulesOf({ peers: 3, difficulty: 'fixed:2' });
const start = startChain(rosterOf('ann,bob,cat'), rules);

/** The next block, mined by `miner`; its root is that of `batch`. */
function mine(chain: Chain, batch: Batch, miner: ClientID, reward?: Block['reward']): Block {
  const opening = {
    transactionID: chain.height as TransactionID,
    parent: chain.tip,
    root: merkleRoot(batch, nodeHasher),
    time: 17 as UnixMs,
    challenge: 2,
  };
  const solution = solve(workOf(opening, miner, reward), nodeHasher);
  return { ...opening, clientID: miner, ...(reward === undefined ? {} : { reward }), solution };
}

const extend = (chain: Chain, block: Block, batch: Batch = emptyBatch, by: Rules = rules): Chain =>
  extendChain(chain, by, block, digestOf(block, nodeHasher), nodeHasher, batch);

const problem = (block: Block, chain: Chain, batch: Batch = emptyBatch): string | null =>
  problemOfBlock(block, chain, rules, nodeHasher, batch);

describe('a block with a batch', () => {
  const batch = texts(ann.send(bob, 20, 0), bob.say('thanks', 0));
  const first = mine(start, emptyBatch, ann.account);
  const chain = extend(start, first);
  const second = mine(chain, batch, bob.account);

  it('credits its winner, and then moves what its batch moves', () => {
    expect(accountIn(chain.accounts, ann.account)).toEqual({ balance: 50, nonce: 0 });
    expect(problem(second, chain, batch)).toBeNull();
    const { accounts } = extend(chain, second, batch);
    expect(accountIn(accounts, ann.account)).toEqual({ balance: 30, nonce: 1 });
    expect(accountIn(accounts, bob.account)).toEqual({ balance: 70, nonce: 1 });
    expect(sumOf(accounts)).toBe(100);
  });

  it('cannot spend in its batch what it earns', () => {
    const poor = texts(ann.send(bob, 1, 0));
    expect(problem(mine(start, poor, ann.account), start, poor)).toMatch(/balance is 0/);
  });

  it('is refused without its batch, with another one, and where that does not fit', () => {
    expect(carriesBatch(second, nodeHasher)).toBe(true);
    expect(carriesBatch(first, nodeHasher)).toBe(false);
    expect(problem(second, chain)).toMatch(/root is not that of its batch/);
    expect(problem(first, start, batch)).toMatch(/root is not that of its batch/);
    expect(problem(second, chain, [...batch].reverse())).toMatch(/root is not that of its batch/);
    const twice = texts(ann.say('a', 0), ann.say('b', 0));
    expect(problem(mine(chain, twice, bob.account), chain, twice)).toMatch(/nonce is 0 where 1/);
  });
});

describe('a block that says again what was said without a nonce', () => {
  const words = texts(ann.say('again'));
  // Changes name true members alone.
  const members = [ann, bob].map(({ account, key }) => ({
    clientID: account,
    publicKey: publicKeyOf(key) as PublicKey,
  }));
  const begin = startChain(makeRoster(members, rules.text, nodeHasher), rules);
  const said = extend(begin, mine(begin, words, bob.account), words);

  it('is refused for a thousand blocks, of which one that changes the roster is one', () => {
    const change = changeText({ kind: 'remove', clientID: ann.account });
    const changing = { ...mine(said, emptyBatch, bob.account), change };
    let chain = extend(said, changing);
    expect(chain.roster.members).toHaveLength(1);
    while (chain.height < 1_000) chain = extend(chain, mine(chain, emptyBatch, bob.account));
    expect(problem(mine(chain, words, bob.account), chain, words)).toMatch(
      /^transaction 1 of its batch: its sender said the same in block 0, .* from block 1001 on$/,
    );
    const next = extend(chain, mine(chain, emptyBatch, bob.account));
    expect(problem(mine(next, words, bob.account), next, words)).toBeNull();
  });

  it('is refused in one batch, whatever stands between', () => {
    const twice = texts(ann.say('b'), bob.say('b'), ann.say('b'));
    expect(problem(mine(said, twice, bob.account), said, twice)).toMatch(
      /^transaction 3 .* in block 1/,
    );
  });
});

describe('the reward', () => {
  it('goes to another account whose key the miner named and hashed with its solution', () => {
    const block = mine(start, emptyBatch, ann.account, bob.key);
    expect(preimageOf(block)).toMatch(`:2:${ann.account}:${bob.key}:${block.solution}`);
    expect(problem(block, start)).toBeNull();
    const { accounts } = extend(start, block);
    expect(accountIn(accounts, bob.account).balance).toBe(50);
    expect(accountIn(accounts, ann.account).balance).toBe(0);
    const { reward: _, ...without } = block;
    expect(digestOf(without, nodeHasher)).not.toBe(digestOf(block, nodeHasher));
  });

  it('is part of the Rules, and goes without saying where it is the usual one', () => {
    expect(rulesOf({ peers: 3, difficulty: 'fixed:2', reward: 50 })).toEqual(rules);
    expect(rules.text).toBe('peers=3 difficulty=fixed:2');
    const generous = rulesOf({ peers: 3, difficulty: 'fixed:2', reward: 7 });
    expect(generous.text).toBe('peers=3 difficulty=fixed:2 reward=7');
    const block = mine(start, emptyBatch, ann.account);
    const { accounts } = extend(start, block, emptyBatch, generous);
    expect(accountIn(accounts, ann.account).balance).toBe(7);
  });

  it('can be read from the text of the Rules, as everything in it', () => {
    for (const text of [
      'peers=3 difficulty=fixed:2',
      'peers=100 difficulty=interval:3000@24 reward=0 election=lowest',
      'peers=1 difficulty=range:10-20 election=lowest',
      'peers=3 difficulty=fixed:2 election=present admit=none',
      'peers=3 difficulty=fixed:2 reward=7 election=lowest admit=roster',
      'peers=3 difficulty=fixed:2 admit=none',
    ]) {
      const settings = parseRules(text);
      expect(settings === null ? null : rulesOf(settings).text).toBe(text);
    }
    for (const text of ['', 'peers=3', 'peers=3 difficulty=hard', 'peers=3 difficulty=fixed:2 x=1'])
      expect(parseRules(text)).toBeNull();
    // What is usual goes without saying, and all of it has one order.
    for (const rest of ['reward=1000001', 'reward=50', 'admit=waiting', 'admit=none reward=7'])
      expect(parseRules(`peers=3 difficulty=fixed:2 ${rest}`)).toBeNull();
  });

  it('may be none', () => {
    const poor = rulesOf({ peers: 3, difficulty: 'fixed:2', reward: 0 });
    const block = mine(start, emptyBatch, ann.account);
    expect(extend(start, block, emptyBatch, poor).accounts).toEqual({});
  });
});
