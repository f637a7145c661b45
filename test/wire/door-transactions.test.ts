import { beforeEach, describe, expect, it } from 'vitest';
import type { Transaction } from '../../src/domain/transaction.ts';
import { textOf } from '../../src/domain/transaction.ts';
import { FRESH_LIMIT, TRANSACTIONS_LIMIT } from '../../src/wire/checker.ts';
import { signTransaction } from '../../src/wire/transaction.ts';
import { codeOf, Doorstep, refusalOf } from './doorstep.ts';
import { actor, batchBy, blockBy, digest, samplesBy, transaction } from './samples.ts';

const ann = actor();
const hello = signTransaction({ message: 'hello', nonce: 0 }, ann.signer);
const TOPIC = 'sd/transaction';

let step: Doorstep;
beforeEach(() => {
  step = new Doorstep();
});

const bring = (transaction: object): string =>
  codeOf(step.bring(TOPIC, JSON.stringify(transaction)));

describe('a transaction at the door', () => {
  it('needs no envelope and no name, and is heard in its one text whatever its spelling', () => {
    const spelled = JSON.stringify({ ...hello, more: 1 }, null, 2);
    expect(step.bring(TOPIC, spelled)).toMatchObject({
      kind: 'heard',
      event: { message: { kind: 'transaction', transaction: hello }, text: textOf(hello) },
    });
    expect(step.checks).toBe(1);
  });

  it('is refused by name before its signature is looked at', () => {
    const refusal = refusalOf(step.bring(TOPIC, JSON.stringify({ ...hello, message: 'no no' })));
    expect(refusal).toMatchObject({ code: 'malformed', field: 'INVALID_MESSAGE' });
    expect(bring({ ...hello, nonce: -1 })).toBe('malformed');
    expect(step.checks).toBe(0);
  });

  it('is forged where somebody else has signed it', () => {
    expect(bring({ ...hello, nonce: 1 })).toBe('forged');
    expect(bring({ ...hello, sender: 'a'.repeat(64) })).toBe('forged');
  });

  it('is refused as the head would refuse it, without a check', () => {
    const problem = 'its nonce is 0 where 1 comes next';
    const refusal = { code: 'bad-transaction', fault: 'INVALID_NONCE', problem } as const;
    step.view = { ...step.view, judge: () => refusal };
    expect(refusalOf(step.bring(TOPIC, textOf(hello)))).toEqual(refusal);
    expect(step.checks).toBe(0);
  });

  it('costs nothing where it waits already, was checked before, or is vouched for', () => {
    step.view = { ...step.view, judge: () => 'known' };
    expect(bring(hello)).toBe('heard');
    step.view = { ...step.view, judge: () => null };
    expect(step.checks).toBe(0);
    expect([bring(hello), bring(hello)]).toEqual(['heard', 'heard']);
    expect(step.checks).toBe(1);
    const other = signTransaction({ message: 'other', nonce: 1 }, ann.signer);
    step.door.vouchFor(other);
    expect(bring(other)).toBe('heard');
    expect(step.checks).toBe(1);
  });

  it('without a nonce is heard where it is signed so, and not with the other signature', () => {
    const plain = signTransaction({ message: 'hello' }, ann.signer);
    expect(bring(plain)).toBe('heard');
    expect(bring({ ...plain, nonce: 0 })).toBe('forged');
    const { nonce: _, ...stripped } = hello as Transaction & { nonce: number };
    expect(bring(stripped)).toBe('forged');
    expect(bring({ ...plain, sender: plain.sender.toUpperCase() })).toBe('forged');
    expect(bring({ ...plain, signature: plain.signature.toUpperCase() })).toBe('heard');
    expect(step.checks).toBe(4);
  });

  it('is one of so many a second, good or bad, and members are heard all the same', () => {
    step.door.learn(ann.member);
    const { atOnce, perSecond } = TRANSACTIONS_LIMIT;
    step.always = true;
    const many = (count: number, from: number): readonly string[] =>
      Array.from({ length: count }, (_, at) => bring({ ...hello, nonce: from + at }));
    expect(new Set(many(atOnce, 0))).toEqual(new Set(['heard']));
    expect(many(1, atOnce)).toEqual(['too-many']);
    expect(codeOf(step.hear(ann, samplesBy(ann).heartbeat))).toBe('heard');
    step.at += 1_000;
    step.always = false;
    expect(new Set(many(perSecond, 5_000))).toEqual(new Set(['forged']));
    expect(many(1, 9_000)).toEqual(['too-many']);
  });
});

describe('transactions of fresh keys at the door', () => {
  it('have a purse of their own, and use up no check of those who have an account', () => {
    step.always = true;
    const many = (count: number, judged: 'fresh' | null): readonly string[] => {
      step.view = { ...step.view, judge: () => judged };
      const from = step.checks;
      return Array.from({ length: count }, (_, at) => bring({ ...hello, nonce: from + at }));
    };
    expect(new Set(many(FRESH_LIMIT.atOnce, 'fresh'))).toEqual(new Set(['heard']));
    const more = many(3_000, 'fresh');
    expect(new Set(more)).toEqual(new Set(['too-many']));
    expect(step.checks).toBe(FRESH_LIMIT.atOnce);
    expect(new Set(many(TRANSACTIONS_LIMIT.atOnce, null))).toEqual(new Set(['heard']));
    step.at += 1_000;
    expect(new Set(many(FRESH_LIMIT.perSecond, 'fresh'))).toEqual(new Set(['heard']));
    expect(many(1, 'fresh')).toEqual(['too-many']);
  });
});

describe('a batch at the door', () => {
  const batch = batchBy(ann);
  const { clientID } = ann.member;
  const forged: readonly string[] = [
    textOf({ ...hello, message: 'hullo' } as Transaction),
    ...batch.slice(1),
  ];
  beforeEach(() => step.door.learn(ann.member));

  it('is heard if each transaction in it is signed by its sender', () => {
    const said = { kind: 'batch', clientID, root: digest('9') } as const;
    expect(codeOf(step.hear(ann, { ...said, transactions: batch }))).toBe('heard');
    expect(refusalOf(step.hear(ann, { ...said, transactions: forged }))).toMatchObject({
      code: 'forged-evidence',
      problem: expect.stringMatching(/^Transaction 1 is not signed by [0-9a-f]{64}/),
    });
    const spelled = batch.map((text) => text.replaceAll(': ', ':'));
    expect(refusalOf(step.hear(ann, { ...said, transactions: spelled }))).toMatchObject({
      code: 'malformed',
      field: 'Transactions[0]',
    });
    expect(codeOf(step.hear(ann, { ...said, transactions: [] }))).toBe('malformed');
  });

  it('costs nothing where what it carries waits already', () => {
    const said = { kind: 'batch', clientID, root: digest('9') } as const;
    step.hear(ann, { ...said, transactions: batch });
    const before = step.checks;
    const waiting = batch.map((_, at) =>
      textOf(signTransaction({ message: `waits${at}`, nonce: at }, ann.signer)),
    );
    step.view = { ...step.view, judge: () => 'known' };
    expect(codeOf(step.hear(ann, { ...said, transactions: waiting }))).toBe('heard');
    expect(step.checks).toBe(before + 1);
    step.view = { ...step.view, judge: () => null };
    expect(codeOf(step.hear(ann, { ...said, transactions: waiting.slice(1) }))).toBe('heard');
    expect(step.checks).toBe(before + 1 + waiting.length);
  });

  it('in a page of the ledger is checked likewise', () => {
    const to = step.self.member.clientID;
    const page = { kind: 'answer', clientID, to, blocks: [blockBy(clientID)], seals: [] } as const;
    const hear = (batches: readonly (readonly string[])[]): string =>
      codeOf(step.hear(ann, { ...page, batches }));
    expect(hear([batch])).toBe('heard');
    expect(hear([forged])).toBe('forged-evidence');
    expect(hear([])).toBe('malformed');
  });

  it('in pages that we asked somebody for by name is on our own account', () => {
    const to = step.self.member.clientID;
    const page = { kind: 'answer', clientID, to, blocks: [blockBy(clientID)], seals: [] } as const;
    step.always = true;
    let nonce = 0;
    const hear = (): string => {
      const texts = Array.from({ length: 90 }, () => {
        nonce += 1;
        return textOf({ ...hello, nonce });
      });
      return codeOf(step.hear(ann, { ...page, batches: [texts] }));
    };
    const pages = (): readonly string[] => Array.from({ length: 30 }, hear);
    expect(new Set(pages())).toEqual(new Set(['heard', 'too-many']));
    step.at += 60_000;
    step.view = { ...step.view, helper: clientID };
    expect(new Set(pages())).toEqual(new Set(['heard']));
    // Which are of use: nobody looks at what we have already.
    step.view = { ...step.view, height: transaction(5) };
    step.checks = 0;
    expect([hear(), step.checks]).toEqual(['stale-transaction', 0]);
  });
});
