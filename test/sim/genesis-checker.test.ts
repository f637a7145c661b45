import { describe, expect, it } from 'vitest';
import type { Entry } from '../../src/domain/contract.ts';
import { type Genesis, sortedGenesis } from '../../src/domain/genesis.ts';
import type { Block, Message } from '../../src/domain/message.ts';
import type { Batch } from '../../src/domain/transaction.ts';
import { digestOfGenesis } from '../../src/ledger/genesis.ts';
import { merkleRoot } from '../../src/ledger/merkle.ts';
import { rulesOf } from '../../src/ledger/rules.ts';
import { nodeHasher } from '../../src/node/crypto.ts';
import type { Fact } from '../../src/sim/checkers/fact.ts';
import { soundMoney } from '../../src/sim/checkers/l1-sound-money.ts';
import { texts, wallet } from '../ledger/wallet.ts';
import { id } from '../names.ts';

const [ann, bob] = [wallet('ann'), wallet('bob')];
const listOf = (units: number): Genesis =>
  sortedGenesis([
    { key: ann.key, units },
    { key: bob.key, units: 20 },
  ]);
const genesis = digestOfGenesis(listOf(50), nodeHasher);

describe('the checker of sound money', () => {
  const founded: Entry = { kind: 'founded', founding: { members: [], votes: ['v'] } };
  const given = (list: Genesis): Entry => ({ kind: 'genesis', genesis: list });
  const begin = (name: string, ...entries: readonly Entry[]): readonly Fact[] =>
    entries.map((entry) => ({ at: 0, by: id(name), kind: 'recorded', entry }));
  const load = (batch: Batch): Fact => {
    const block = { root: merkleRoot(batch, nodeHasher), clientID: id('ann') } as Block;
    const digest = nodeHasher.sha256('');
    return {
      at: 0,
      by: id('ann'),
      kind: 'recorded',
      entry: { kind: 'sealed', block, digest, seal: [], batch },
    };
  };
  const judge = (...facts: readonly Fact[]): string | null => {
    const watcher = soundMoney(nodeHasher).begin();
    return facts.map((fact) => watcher.see(fact)).find((sentence) => sentence !== null) ?? null;
  };
  const mine = begin('ann', given(listOf(50)), founded);

  it('counts what accounts begin with, and not a unit more', () => {
    expect(judge(...mine, load(texts(ann.send(bob, 50, 0), bob.send(ann, 70, 0))))).toBeNull();
    expect(judge(...mine, load(texts(ann.send(bob, 51, 0))))).toMatch(/leaves -1/);
    expect(judge(...begin('ann', given(listOf(50)), given(listOf(50))))).toMatch(/with twice/);
  });

  it('finds a peer that begins with another list than its network, or than its Rules', () => {
    expect(judge(...mine, ...begin('bob', given(listOf(50)), founded))).toBeNull();
    expect(judge(...mine, ...begin('bob', given(listOf(51)), founded))).toMatch(/others of its/);
    expect(judge(...mine, ...begin('bob', founded))).toMatch(/than others of its network/);
    const { text: rules } = rulesOf({ peers: 3, difficulty: 'fixed:4', genesis });
    const message = { kind: 'introduction', rules } as Message;
    const said: Fact = { at: 0, by: id('ann'), kind: 'said', message };
    expect(judge(said, ...mine)).toBeNull();
    expect(judge(said, ...begin('ann', given(listOf(51)), founded))).toMatch(/its rules name/);
    expect(judge(said, ...begin('ann', founded))).toMatch(/than its rules name/);
  });
});
