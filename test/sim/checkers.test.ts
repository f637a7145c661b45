import { describe, expect, it } from 'vitest';
import type { Entry } from '../../src/domain/contract.ts';
import type { Block, Message } from '../../src/domain/message.ts';
import type { Digest, Nonce, Term, TransactionID, UnixMs, VoteID } from '../../src/domain/names.ts';
import type { Batch, Transaction } from '../../src/domain/transaction.ts';
import { commitmentOf, draw } from '../../src/election/draw.ts';
import { digestOf } from '../../src/ledger/block.ts';
import { merkleRoot } from '../../src/ledger/merkle.ts';
import { nodeHasher } from '../../src/node/crypto.ts';
import { checkersOf, Watch } from '../../src/sim/checkers/all.ts';
import type { Checker, Fact } from '../../src/sim/checkers/fact.ts';
import { soundMoney } from '../../src/sim/checkers/l1-sound-money.ts';
import { heldBatch } from '../../src/sim/checkers/l2-held-batch.ts';
import { solve } from '../../src/sim/false-miner.ts';
import { texts, wallet } from '../ledger/wallet.ts';
import { id, member } from '../names.ts';

const term = (number: number): Term => number as Term;
const digest = (text: string): Digest => nodeHasher.sha256(text);

const recorded = (name: string, entry: Entry): Fact => ({
  at: 0,
  by: id(name),
  kind: 'recorded',
  entry,
});
const said = (name: string, message: object): Fact => ({
  at: 0,
  by: id(name),
  kind: 'said',
  message: { clientID: id(name), ...message } as Message,
});

const founding = ['ann', 'bob', 'cat'].map((name) =>
  recorded(name, {
    kind: 'founded',
    founding: { members: ['ann', 'bob', 'cat'].map(member), votes: [] },
  }),
);

/** The next block after `parent`, solved by `miner` and one of several by its `time`. */
function mined(height: number, miner: string, parent: Digest, time = 1): Block {
  const challenge = 4;
  const opening = { parent, root: digest(''), time: time as UnixMs, challenge };
  const header = `sortition:${height}:${parent}:${opening.root}:${time}:${challenge}:${miner}:`;
  const solution = solve({ header, bits: challenge }, nodeHasher);
  return { transactionID: height as TransactionID, ...opening, clientID: id(miner), solution };
}

const sealed = (name: string, block: Block): Fact =>
  recorded(name, { kind: 'sealed', block, digest: digestOf(block, nodeHasher), seal: [] });
const solved = (block: Block): Fact => said(block.clientID, { kind: 'solution', ...block });
const yes = (name: string, inTerm: number, block: Block): Fact =>
  said(name, {
    kind: 'acknowledgement',
    term: term(inTerm),
    transactionID: block.transactionID,
    digest: digestOf(block, nodeHasher),
  });
const proposed = (name: string, inTerm: number, block: Block): Fact =>
  said(name, { kind: 'proposal', term: term(inTerm), block });
const obeyed = (name: string, inTerm: number, controller: string): Fact =>
  recorded(name, { kind: 'obeyed', term: term(inTerm), controllerID: id(controller) });
const voted = (name: string, inTerm: number, choice: string): Fact =>
  recorded(name, {
    kind: 'voted',
    term: term(inTerm),
    controllerID: id(choice),
    voteID: '1' as VoteID,
    founding: null,
  });

const one = mined(0, 'cat', digest('network'));
const other = mined(0, 'bob', digest('network'), 2);

/** Violations as `S1: sentence`, in order. */
function judge(facts: readonly Fact[]): readonly string[] {
  // The others want to see each record on its way to a yes.
  const watch = new Watch(checkersOf(nodeHasher).filter(({ name }) => name.startsWith('S')));
  return [...founding, ...facts].flatMap((fact) => {
    const found = watch.see(fact);
    return found === null ? [] : [`${found.name}: ${found.sentence}`];
  });
}

describe('the checkers of what must hold', () => {
  it('have nothing to say about two terms that went well', () => {
    const second = mined(1, 'ann', digestOf(one, nodeHasher));
    const facts = [
      ...['ann', 'bob', 'cat'].flatMap((name) => [voted(name, 1, 'ann'), obeyed(name, 1, 'ann')]),
      solved(one),
      ...[proposed('ann', 1, one), yes('ann', 1, one), yes('bob', 1, one), sealed('ann', one)],
      ...['bob', 'cat'].flatMap((name) => [voted(name, 2, 'bob'), obeyed(name, 2, 'bob')]),
      ...[proposed('bob', 2, one), yes('cat', 2, one), sealed('bob', one), sealed('cat', one)],
      solved(second),
      ...[proposed('bob', 2, second), yes('bob', 2, second), yes('cat', 2, second)],
      sealed('bob', second),
    ];
    expect(judge(facts)).toEqual([]);
  });

  it('find two controllers of one term', () => {
    expect(judge([obeyed('ann', 1, 'ann'), obeyed('bob', 1, 'bob')])).toEqual([
      'S1: Term 1 has two controllers, ann and bob.',
    ]);
  });

  it('find a term that falls', () => {
    const beat = said('ann', { kind: 'heartbeat', term: term(2) });
    expect(judge([recorded('ann', { kind: 'term', term: term(3) }), beat])).toEqual([
      'S2: ann fell from term 3 to term 2.',
    ]);
  });

  it('find two seals of one number, whether anybody has counted them or not', () => {
    const facts = [yes('ann', 1, one), yes('bob', 1, one), yes('cat', 2, other)];
    expect(judge(facts)).toEqual([]);
    expect(judge([...facts, yes('bob', 2, other)])[0]).toMatch(/^S3: Two blocks are sealed as/);
  });

  it('count no yes twice, and none of strangers or of different terms', () => {
    const facts = [yes('ann', 1, one), yes('ann', 1, one), yes('eve', 1, one), yes('bob', 2, one)];
    const twice = [yes('ann', 2, other), yes('ann', 2, other), yes('bob', 3, other)];
    expect(judge([...facts, ...twice])).toEqual([]);
  });

  it('find ledgers that differ', () => {
    const facts = [solved(one), solved(other), sealed('ann', one), sealed('bob', other)];
    expect(judge(facts).join()).toMatch(/^S3/);
    const alone = checkersOf(nodeHasher).filter(({ name }) => name === 'S4');
    const watch = new Watch(alone);
    const found = [...founding, ...facts].map((fact) => watch.see(fact)?.sentence);
    expect(found.filter(Boolean)).toEqual(['Block 0 of bob is another elsewhere.']);
  });

  it('find a controller that forgets what an earlier one sealed, whichever comes first', () => {
    const seal = [yes('ann', 1, one), yes('bob', 1, one)];
    const later = proposed('cat', 2, other);
    const sentence =
      'S5: Block 0 is sealed in term 1, and the controller of term 2 proposes another.';
    expect(judge([...seal, later])).toEqual([sentence]);
    expect(judge([later, ...seal])).toEqual([sentence]);
    expect(judge([...seal, proposed('cat', 2, one)])).toEqual([]);
  });

  it('find work that was not done, and work of somebody else', () => {
    const lazy = { ...one, solution: 'f' };
    expect(judge([solved(lazy), sealed('ann', lazy)])[0]).toMatch(/^S6: Block 0 has 0 zero bits/);
    expect(judge([sealed('ann', one)])[0]).toMatch(/^S6: Block 0 is cat's, who never said/);
  });

  it('find somebody who obeys a controller of the past', () => {
    const raised = recorded('bob', { kind: 'term', term: term(2) });
    expect(judge([raised, yes('bob', 1, one)])).toEqual([
      'S7: bob, in term 2, acknowledges a proposal of term 1.',
    ]);
  });

  it('find a second vote, and one after obeying', () => {
    expect(judge([voted('ann', 1, 'ann'), voted('ann', 1, 'bob')])[0]).toMatch(/^S9: ann votes in/);
    expect(judge([obeyed('ann', 1, 'bob'), voted('ann', 1, 'bob')])[0]).toMatch(/^S9: ann votes/);
  });
});

describe('the checkers of what blocks carry', () => {
  const ann = wallet('ann');
  const bob = wallet('bob');
  const block = (batch: Batch, over: Partial<Block> = {}): Block => ({
    transactionID: 0 as TransactionID,
    parent: digest('parent'),
    root: merkleRoot(batch, nodeHasher),
    time: 1 as UnixMs,
    challenge: 4,
    clientID: ann.account,
    solution: '00',
    ...over,
  });
  const load = (batch: Batch, over: Partial<Block> = {}): Fact =>
    recorded('ann', {
      kind: 'sealed',
      block: block(batch, over),
      digest: digest(''),
      seal: [],
      batch,
    });
  const problemOf = (checker: Checker, facts: readonly Fact[]): string | null => {
    const watcher = checker.begin();
    return facts.map((fact) => watcher.see(fact)).find((sentence) => sentence !== null) ?? null;
  };
  const money = (...facts: readonly Fact[]): string | null =>
    problemOf(soundMoney(nodeHasher), facts);

  it('are content with rewards, what they are spent on, and what people say', () => {
    const spent = texts(ann.send(bob, 50, 0), bob.send(ann, 20, 0), ann.say('hi', 1));
    expect(money(load([]), load(spent))).toBeNull();
  });

  it('find money that nobody has, and nonces that come twice or not at all', () => {
    expect(money(load(texts(ann.send(bob, 1, 0))))).toMatch(/a transaction leaves -1/);
    expect(money(load([]), load(texts(ann.send(bob, 51, 0))))).toMatch(/leaves -1/);
    expect(money(load(texts(ann.say('a', 0))), load(texts(ann.say('b', 0))))).toMatch(
      /nonce 0, not/,
    );
    expect(money(load(texts(ann.say('a', 1))))).toMatch(/nonce 1, not 0/);
  });

  it('find what is said again without a nonce, in a batch or within 1,000 blocks', () => {
    const at = (number: number, ...batch: readonly Transaction[]): Fact =>
      load(texts(...batch), { transactionID: number as TransactionID });
    const later = [at(1, ann.say('b'), bob.say('a')), at(1_001, ann.say('a')), at(1_002)];
    expect(money(at(0, ann.say('a'), ann.say('a', 0)), ...later)).toBeNull();
    expect(money(at(0, ann.say('a'), ann.say('a')))).toMatch(/says what .* said in block 0/);
    expect(money(at(0, ann.say('a')), at(1_000, ann.say('a')))).toMatch(/said in block 0/);
  });

  it('find a batch that is not that of its block', () => {
    const batch = texts(ann.say('a', 0));
    expect(money(load(batch, { root: merkleRoot([], nodeHasher) }))).toMatch(/another root/);
    expect(money(load([], { root: merkleRoot(batch, nodeHasher) }))).toMatch(/another root/);
    expect(money(load(batch, { change: 'remove somebody' }))).toMatch(/a change has a batch/);
  });

  it('find a yes to what is not on the disk, or not all of it', () => {
    const batch = texts(ann.say('a', 0));
    const accepted = (held: Batch): Fact =>
      recorded('ann', {
        kind: 'accepted',
        term: term(1),
        block: block(batch),
        digest: digestOf(block(batch), nodeHasher),
        batch: held,
      });
    const held = (...facts: readonly Fact[]): string | null =>
      problemOf(heldBatch(nodeHasher), facts);
    expect(held(accepted(batch), yes('ann', 1, block(batch)))).toBeNull();
    expect(held(yes('ann', 1, block(batch)))).toMatch(/not on its disk/);
    expect(held(accepted([]))).toMatch(/without its batch/);
    expect(held(accepted(batch), yes('bob', 1, block(batch)))).toMatch(/not on its disk/);
  });
});

describe('the checker of the draw', () => {
  const nonces = { [id('ann')]: 'a' as Nonce, [id('bob')]: 'b' as Nonce };
  const about = { term: term(1), roster: digest('roster') };
  const commitment = (name: string, nonce: string): object => ({
    kind: 'commitment',
    ...about,
    clientID: id(name),
    commit: commitmentOf(about.term, id(name), nonce as Nonce, nodeHasher),
  });
  const reveal = (name: string, nonce: string): object => ({
    kind: 'reveal',
    ...about,
    clientID: id(name),
    nonce,
  });
  const heard = (message: object): Fact => ({
    at: 0,
    by: id('ann'),
    kind: 'heard',
    message: message as Message,
  });
  const drawn: Fact = {
    at: 0,
    by: id('ann'),
    kind: 'noted',
    note: {
      kind: 'drawn',
      term: about.term,
      ...draw(about.term, about.roster, nonces, nodeHasher),
    },
  };
  const begin = [said('ann', commitment('ann', 'a')), heard(commitment('bob', 'b'))];
  const reveals = [said('ann', reveal('ann', 'a')), heard(reveal('bob', 'b'))];

  it('is content with what was heard before the own reveal', () => {
    expect(judge([...begin, ...reveals, drawn])).toEqual([]);
  });

  it('finds a commitment that came after it, or was changed after it', () => {
    const [own, bobs] = begin;
    const [revealed, opened] = reveals;
    if (!own || !bobs || !revealed || !opened) throw new Error('There are two of each.');
    expect(judge([own, revealed, bobs, opened, drawn])[0]).toMatch(/^S8: ann counts bob/);
    const first = heard(commitment('bob', 'x'));
    expect(judge([own, first, revealed, bobs, opened, drawn])[0]).toMatch(/^S8: ann counts bob/);
  });

  it('knows that a crash makes everything before it void', () => {
    const crash: Fact = { at: 0, by: id('ann'), kind: 'crashed' };
    expect(judge([...begin, ...reveals, crash, drawn])[0]).toMatch(/^S8/);
  });
});
