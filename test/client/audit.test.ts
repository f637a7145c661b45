import { beforeAll, describe, expect, it } from 'vitest';
import { Audit } from '../../src/client/audit.ts';
import type { Entry } from '../../src/domain/contract.ts';
import type { Founding } from '../../src/domain/message.ts';
import type { Digest } from '../../src/domain/names.ts';
import { textOf } from '../../src/domain/transaction.ts';
import { sumOf } from '../../src/ledger/account.ts';
import { digestOf } from '../../src/ledger/block.ts';
import { rulesOf } from '../../src/ledger/rules.ts';
import { nodeHasher } from '../../src/node/crypto.ts';
import { toySigner, toyVerifier } from '../../src/sim/toy-crypto.ts';
import { World } from '../../src/sim/world.ts';
import { signTransaction } from '../../src/wire/transaction.ts';
import { wallet } from '../ledger/wallet.ts';

type Sealed = Extract<Entry, { kind: 'sealed' }>;

const rules = rulesOf({ peers: 3, difficulty: 'fixed:4' });
const means = { prefix: 'sd', hasher: nodeHasher, verifier: toyVerifier() };
const ann = wallet('ann');

let founding: Founding;
let blocks: readonly Sealed[];

/** What one peer recorded of a life with transactions, a removal and an admission. */
beforeAll(async () => {
  const recorded: Entry[] = [];
  let author = '';
  const world = new World({
    seed: 4,
    hasher: nodeHasher,
    settings: { removalMs: 10_000 },
    onFact: (fact) => {
      if (fact.kind === 'recorded' && fact.by === author) recorded.push(fact.entry);
    },
  });
  const [first, ...others] = [world.start(), world.start(), world.start()];
  if (first === undefined) throw new Error('Three.');
  author = first.self.clientID;
  world.runUntil(() => world.controller() !== null, 30_000);
  world.start();
  const rich = (): boolean => first.client.account(first.self.clientID).balance > 0;
  expect(world.runUntil(rich, 300_000)).toBe(true);
  const pay = { to: ann.key, amount: 20, nonce: 0 };
  const paid = signTransaction(pay, toySigner(first.self.publicKey));
  expect(await first.client.send(textOf(paid))).toBeNull();
  expect(await first.client.send(textOf(ann.say('hello', 0)))).toBeNull();
  const victim = others.find((peer) => peer !== world.controller());
  if (victim !== undefined) world.kill(victim);
  const changes = (): number => first.journal.blocks().filter((it) => it.change).length;
  expect(world.runUntil(() => changes() >= 2, 300_000)).toBe(true);
  world.run(20_000);
  founding = first.journal.founding() ?? expect.fail('It was founded.');
  blocks = recorded.filter((entry) => entry.kind === 'sealed');
  expect(blocks.some(({ batch }) => batch !== undefined)).toBe(true);
});

/** What an audit says of these blocks: a block's number and its fault, or of the end, or null. */
function judge(sealed: readonly Sealed[]): string | null {
  const audit = new Audit(founding, rules, means);
  for (const [index, each] of sealed.entries()) {
    const problem = audit.add(each);
    if (problem !== null) return `${index}: ${problem}`;
  }
  return audit.problemOfEnd();
}

/** The same ledger with one block changed. */
function bend(at: number, change: (sealed: Sealed) => Sealed): readonly Sealed[] {
  return blocks.map((sealed, index) => (index === at ? change(sealed) : sealed));
}

const where = (test: (sealed: Sealed) => boolean): number => blocks.findIndex(test);

/** With another text of its own batch, block and digest. */
const redone = (sealed: Sealed, block: Partial<Sealed['block']>): Sealed => {
  const changed = { ...sealed.block, ...block };
  return { ...sealed, block: changed, digest: digestOf(changed, nodeHasher) };
};

describe('an audit', () => {
  it('finds nothing wrong with what peers agreed on, and counts it', () => {
    const audit = new Audit(founding, rules, means);
    expect(audit.problemOfFounding()).toBeNull();
    for (const sealed of blocks) expect(audit.add(sealed)).toBeNull();
    expect(audit.problemOfEnd()).toBeNull();
    expect(audit.counts).toMatchObject({ blocks: blocks.length, transactions: 2 });
    const mined = blocks.filter(({ block }) => block.change === undefined).length;
    expect(sumOf(audit.chain.accounts)).toBe(50 * mined);
  });

  it('finds a founding that not all voted for, or of other rules or keys', () => {
    const other = (change: Partial<Founding>, peers = 3): string | null => {
      const told = rulesOf({ peers, difficulty: 'fixed:4' });
      return new Audit({ ...founding, ...change }, told, means).problemOfFounding();
    };
    expect(other({ votes: founding.votes.slice(1) })).toMatch(/2 votes where 3 are needed/);
    expect(other({}, 4)).toMatch(/3 members where the rules say 4/);
    const [first, ...rest] = founding.members;
    if (first === undefined) throw new Error('Three.');
    const publicKey = rest[0]?.publicKey ?? first.publicKey;
    expect(other({ members: [{ ...first, publicKey }, ...rest] })).toMatch(/does not prove/);
    const [vote = '', ...votes] = founding.votes;
    expect(other({ votes: [vote.replace(/"Draw":"./, '"Draw":"f'), ...votes] })).not.toBeNull();
    const astray = { ...means, prefix: 'lab' };
    expect(new Audit(founding, rules, astray).problemOfFounding()).toMatch(/prefix "lab"/);
  });

  it('finds a block that was left out, changed, mined too easily or told twice', () => {
    expect(judge([...blocks.slice(0, 2), ...blocks.slice(3)])).toMatch(/^2: it is block 3/);
    expect(judge([...blocks.slice(0, 2), ...blocks.slice(1)])).toMatch(/^2: it is block 1/);
    const time = (sealed: Sealed): Sealed =>
      redone(sealed, { time: (sealed.block.time + 1) as Sealed['block']['time'] });
    expect(judge(bend(1, time))).toMatch(/^1: /);
    expect(judge(bend(1, (it) => redone(it, { challenge: 1 })))).toMatch(/^1: its challenge is 1/);
    expect(judge(bend(1, (it) => ({ ...it, digest: it.block.parent })))).toMatch(/^1: the digest/);
  });

  it('finds a batch that is not the one of its root, or not signed', () => {
    const at = where(({ batch }) => batch !== undefined);
    expect(judge(bend(at, ({ batch: _, ...rest }) => rest))).toMatch(/its root is not that/);
    const forged = (sealed: Sealed): Sealed => ({
      ...sealed,
      batch: (sealed.batch ?? []).map((text) => text.replace(/"signature": "./, '"signature": "f')),
    });
    expect(judge(bend(at, forged))).toMatch(new RegExp(`^${at}: its root is not that`));
  });

  it('finds a seal that is missing where it must be, too small, or of another block', () => {
    const last = blocks.length - 1;
    const bare = (sealed: Sealed): Sealed => ({ ...sealed, seal: [] });
    expect(judge(bend(last, bare))).toMatch(/no seal, and none comes after it/);
    expect(judge(bend(0, bare))).toBeNull();
    const change = where(({ block }) => block.change !== undefined);
    expect(judge(bend(change, bare))).toMatch(/it changes the roster, and has no seal/);
    expect(judge(bend(1, (it) => ({ ...it, seal: it.seal.slice(1) })))).toMatch(
      /^1: 1 acknowledgements where 2 are needed/,
    );
    const other = blocks[2]?.seal ?? [];
    expect(judge(bend(1, (it) => ({ ...it, seal: other })))).toMatch(/of another block/);
    const digest = 'f'.repeat(64) as Digest;
    const forged = (it: Sealed): Sealed => ({
      ...it,
      seal: it.seal.map((text) => text.replace(/"Digest":"[0-9a-f]+"/, `"Digest":"${digest}"`)),
    });
    expect(judge(bend(1, forged))).toMatch(/is not signed by/);
  });

  it('knows an account by its key, as wallets do', () => {
    const audit = new Audit(founding, rules, means);
    for (const sealed of blocks) audit.add(sealed);
    expect(JSON.stringify(audit.chain.accounts)).toContain(`"${ann.account}":{"balance":20`);
  });
});
