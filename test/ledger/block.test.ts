import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Block } from '../../src/domain/message.ts';
import type { Digest, TransactionID, UnixMs } from '../../src/domain/names.ts';
import type { Chain } from '../../src/domain/standing.ts';
import { digestOf, emptyRoot, preimageOf, workOf, zeroBits } from '../../src/ledger/block.ts';
import { bitsOfNext, extendChain, problemOfBlock, startChain } from '../../src/ledger/chain.ts';
import { parseChange } from '../../src/ledger/change.ts';
import type { Rules } from '../../src/ledger/rules.ts';
import { nodeHasher } from '../../src/node/crypto.ts';
import { solve } from '../../src/sim/false-miner.ts';
import { id, member, rosterOf } from '../names.ts';

const rules: Rules = {
  text: 'rules',
  seats: 4,
  difficulty: { kind: 'fixed', bits: 5 },
  reward: 50,
  admit: 'waiting',
  genesis: null,
};
const start = startChain(rosterOf('ann,bob,cat'), rules);
const network = start.tip;
const root = emptyRoot(nodeHasher);

function mine(height: number, parent: Digest, bits = 5): Block {
  const opening = {
    transactionID: height as TransactionID,
    parent,
    root,
    time: 17 as UnixMs,
    challenge: bits,
  };
  const solution = solve(workOf(opening, id('ann')), nodeHasher);
  return { ...opening, clientID: id('ann'), solution };
}

const problem = (block: Block, chain: Chain = start): string | null =>
  problemOfBlock(block, chain, rules, nodeHasher);

const extend = (chain: Chain, block: Block): Chain =>
  extendChain(chain, rules, block, digestOf(block, nodeHasher), nodeHasher);

describe('a block', () => {
  const first = mine(0, network);

  it('has the preimage that PROTOCOL 7 writes, and its SHA-256 as digest', () => {
    const text = `sortition:0:${network}:${root}:17:5:ann:${first.solution}`;
    expect(preimageOf(first)).toBe(text);
    expect(digestOf(first, nodeHasher)).toBe(createHash('sha256').update(text).digest('hex'));
  });

  it.each([
    ['its number', { transactionID: 1 as TransactionID }, /it is block 1 where 0 comes next/],
    ['its parent', { parent: root }, /does not hang on/],
    ['its difficulty', { challenge: 4 }, /4 bits where the rule says 5/],
    ['its root', { root: network }, /zero bits where 5 are needed/],
    ['its miner', { clientID: id('mallory') }, /zero bits where 5 are needed/],
    ['its time', { time: 18 as UnixMs }, /zero bits where 5 are needed/],
  ])('is refused for %s', (_, change, sentence) => {
    expect(problem(first)).toBeNull();
    expect(problem({ ...first, ...change })).toMatch(sentence);
  });

  it('hangs on the one before, all along a chain', () => {
    const chain = extend(start, first);
    expect(chain.height).toBe(1);
    expect(problem(mine(1, chain.tip), chain)).toBeNull();
    expect(problem(mine(2, chain.tip), chain)).toMatch(/block 2 where 1/);
    expect(problem(mine(1, network), chain)).toMatch(/does not hang/);
  });
});

describe('a block that changes the roster', () => {
  const uuid = (digit: string): string => `${digit.repeat(8)}-0000-8000-8000-000000000000`;
  const chain: Chain = { ...start, roster: rosterOf([uuid('1'), uuid('2'), uuid('3')].join()) };
  const key = 'A'.repeat(43);

  const changing = (change: string, more: Partial<Block> = {}): Block => ({
    transactionID: 0 as TransactionID,
    parent: network,
    root: nodeHasher.sha256(change),
    time: 17 as UnixMs,
    challenge: 0,
    clientID: id('ann'),
    solution: '',
    change,
    ...more,
  });

  it('counts from the next block on, and leaves the difficulty alone', () => {
    const block = changing(`remove ${uuid('2')}`);
    expect(problem(block, chain)).toBeNull();
    const after = extend(chain, block);
    expect(after.roster.members.map(({ clientID }) => clientID)).toEqual([uuid('1'), uuid('3')]);
    expect(after.difficulty).toBe(chain.difficulty);
    expect(bitsOfNext(after, rules, 17 as UnixMs)).toBe(5);
    const back = changing(`admit ${uuid('2')} ${key}`, {
      transactionID: 1 as TransactionID,
      parent: after.tip,
    });
    expect(problem(back, after)).toBeNull();
    expect(extend(after, back).roster.members).toHaveLength(3);
  });

  it.each([
    ['a stranger cannot be removed', `remove ${uuid('9')}`, {}, /no member/],
    ['a member cannot be admitted', `admit ${uuid('1')} ${key}`, {}, /admits a member/],
    ['an exchange is no change', `exchange ${uuid('1')} ${uuid('9')}`, {}, /cannot be read/],
    ['its root must be its own', `remove ${uuid('1')}`, { root }, /root/],
    ['it is not mined', `remove ${uuid('1')}`, { challenge: 5 }, /is mined/],
    ['its place counts', `remove ${uuid('1')}`, { parent: root }, /does not hang/],
  ])('%s', (_, change, more, sentence) => {
    expect(problem(changing(change, more), chain)).toMatch(sentence);
  });

  it('never removes the last member, nor fills more seats than there are', () => {
    const alone: Chain = { ...chain, roster: rosterOf(uuid('1')) };
    expect(problem(changing(`remove ${uuid('1')}`), alone)).toMatch(/last member/);
    const full: Chain = { ...chain, roster: rosterOf(['1', '2', '3', '4'].map(uuid).join()) };
    expect(problem(changing(`admit ${uuid('5')} ${key}`), full)).toMatch(/no seat/);
  });

  it('admits only peers that the Rules let in, with the key of the founding', () => {
    const [one, two, three] = ['1', '2', '3'].map(uuid);
    const founders = [one, two, three].map((name) => ({
      ...member(name ?? ''),
      publicKey: key as never,
    }));
    const left: Chain = { ...chain, roster: rosterOf(`${one},${two}`), founders };
    const told = (admit: Rules['admit'], name: string | undefined, by: string): string | null =>
      problemOfBlock(changing(`admit ${name} ${by}`), left, { ...rules, admit }, nodeHasher);
    expect(told('waiting', uuid('9'), key)).toBeNull();
    expect(told('roster', three, key)).toBeNull();
    expect(told('roster', three, 'B'.repeat(43))).toMatch(/that admit=roster keeps out/);
    expect(told('roster', uuid('9'), key)).toMatch(/that admit=roster keeps out/);
    expect(told('none', three, key)).toMatch(/that admit=none keeps out/);
    const first: Chain = extend(left, changing(`remove ${two}`));
    expect(first.founders).toBe(founders);
  });

  it.each(['', 'remove', 'remove x', `admit ${uuid('1')}`, `remove ${uuid('1')} ${key}`])(
    '"%s" is none',
    (text) => expect(parseChange(text)).toBeNull(),
  );
});

it.each([
  ['f0', 0],
  ['70', 1],
  ['10', 3],
  ['08', 4],
  ['00', 8],
  ['001f', 11],
])('%s begins with %i zero bits', (digest, bits) => {
  expect(zeroBits(digest)).toBe(bits);
});
