import { expect, it } from 'vitest';
import type { Entry } from '../../src/domain/contract.ts';
import type { Term, VoteID } from '../../src/domain/names.ts';
import { rulesOf } from '../../src/ledger/rules.ts';
import { nodeHasher } from '../../src/node/crypto.ts';
import { newMemory, recall } from '../../src/peer/memory.ts';
import { id } from '../names.ts';

const far = Number.MAX_SAFE_INTEGER as Term;

const heard = (term: number): Entry => ({ kind: 'term', term: term as Term });
const obeyed = (term: number): Entry => ({
  kind: 'obeyed',
  term: term as Term,
  controllerID: id('ann'),
});
const voted = (term: number): Entry => ({
  kind: 'voted',
  term: term as Term,
  controllerID: id('ann'),
  voteID: '0'.repeat(16) as VoteID,
  founding: null,
});

/** The term of a peer that starts with these entries. */
function termAfter(...entries: readonly Entry[]): number {
  const memory = newMemory(rulesOf({ peers: 3, difficulty: 'fixed:4' }));
  recall(memory, { entries }, nodeHasher);
  return memory.term;
}

it('a term that was only claimed is forgotten where it is far above all others', () => {
  expect(termAfter(voted(7), heard(far))).toBe(7);
  expect(termAfter(heard(far), voted(7), obeyed(8))).toBe(8);
  expect(termAfter(heard(far))).toBe(0);
});

it('a term that was claimed is kept where it is near, and always one that was voted in', () => {
  expect(termAfter(voted(7), heard(10_007))).toBe(10_007);
  expect(termAfter(voted(7), heard(10_008))).toBe(7);
  expect(termAfter(voted(far))).toBe(far);
  expect(termAfter(voted(20_000), heard(7))).toBe(20_000);
});
