import { spawnSync } from 'node:child_process';
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AccountKey, P256Key } from '../../src/domain/names.ts';
import {
  readText,
  readTransaction,
  signedText,
  type Transaction,
  textOf,
} from '../../src/domain/transaction.ts';
import { accountOf } from '../../src/ledger/account.ts';
import { identityOf, nodeHasher, nodeVerifier, signerOf } from '../../src/node/crypto.ts';
import {
  accountKeyOf,
  isSigned,
  publicKeyOf,
  signTransaction,
} from '../../src/wire/transaction.ts';
import { GENESIS_KEY, KEY_OF_A } from '../course-keys.ts';
import { skipLoudly } from '../net/loud-skip.ts';

const hexDigits = (length: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length });

const onP256 = fc.constantFrom(GENESIS_KEY, KEY_OF_A);
const keys = fc.oneof(hexDigits(64) as fc.Arbitrary<AccountKey>, onP256);
const signed = {
  sender: keys,
  nonce: fc.maxSafeNat(),
  // In range for either kind of key.
  signature: fc.tuple(hexDigits(63), hexDigits(63)).map(([r, s]) => `1${r}7${s}`),
};
const letters = [...'ABCXYZabcxyz0189'];
const messages = fc.record({
  ...signed,
  message: fc.string({ unit: fc.constantFrom(...letters), minLength: 1, maxLength: 70 }),
});
const transfers = fc.record({
  ...signed,
  to: keys,
  amount: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
});
const { nonce: _nonce, ...unnumbered } = signed;
const plain = fc.record({
  ...unnumbered,
  message: fc.string({ unit: fc.constantFrom(...letters), minLength: 1, maxLength: 70 }),
});
/** Keys that are signed in upper case. */
const shouted = fc.oneof(
  plain
    .filter(({ sender }) => /[a-f]/.test(sender))
    .map((one) => ({ ...one, spelling: { sender: one.sender.toUpperCase() } })),
  transfers
    .filter(({ to }) => /[a-f]/.test(to))
    .map((one) => ({ ...one, spelling: { sender: one.sender, to: one.to.toUpperCase() } })),
);
const transactions: fc.Arbitrary<Transaction> = fc.oneof(messages, plain, transfers, shouted);

/** Its fields as somebody else writes them. */
function fieldsOf({ spelling, ...fields }: Transaction): Record<string, unknown> {
  return { ...fields, ...spelling };
}

const sample: Record<string, unknown> = {
  sender: 'a'.repeat(64),
  message: 'hello',
  nonce: 0,
  signature: 'b'.repeat(128),
};
const { message: _, ...rest } = sample;
const transfer = { ...rest, to: 'c'.repeat(64), amount: 5 };
const codeOf = (text: string): string => {
  const read = readTransaction(text);
  return read.ok ? 'fine' : read.fault.code;
};

describe('the bytes of a transaction', () => {
  it('are those of json.dumps(…, sort_keys=True) in Python', (context) => {
    const drawn = fc.sample(transactions, 200);
    const asked = drawn.map((transaction) => {
      const fields = fieldsOf(transaction);
      const { signature: _, ...unsigned } = fields;
      return [unsigned, fields];
    });
    const program =
      'import json, sys\n' +
      'for pair in json.load(sys.stdin):\n' +
      '    for value in pair: print(json.dumps(value, sort_keys=True))\n';
    const python = spawnSync('python3', ['-c', program], { input: JSON.stringify(asked) });
    if (python.error !== undefined) skipLoudly(context, 'there is no python3 here');
    const lines = python.stdout.toString().trim().split(/\r?\n/);
    expect(lines).toEqual(drawn.flatMap((each) => [signedText(each), textOf(each)]));
  });

  it('have the order of the keys and the separators of Python', () => {
    const { sender, signature } = sample;
    expect(signedText(sample as never)).toBe(
      `{"message": "hello", "nonce": 0, "sender": "${sender}"}`,
    );
    expect(textOf(transfer as never)).toBe(
      `{"amount": 5, "nonce": 0, "sender": "${sender}", "signature": "${signature}", ` +
        `"to": "${transfer.to}"}`,
    );
  });

  it('can be read again, and are read in no other spelling', () => {
    fc.assert(
      fc.property(transactions, (transaction) => {
        const text = textOf(transaction);
        expect(readText(text)).toEqual(transaction);
        const other = JSON.stringify(fieldsOf(transaction));
        expect(readText(other)).toBeNull();
        expect(readTransaction(other)).toEqual({ ok: true, transaction });
        expect(text.length).toBeGreaterThan(238);
        expect(text.length).toBeLessThan(650);
      }),
    );
  });
});

describe('a transaction that is none', () => {
  it.each([
    ['INVALID_JSON', 'hello'],
    ['INVALID_JSON', ''],
    ['INVALID_JSON', 'null'],
    ['INVALID_JSON', '[1]'],
    ['INVALID_JSON', '"text"'],
    ['INVALID_JSON', `{"pad":"${'x'.repeat(3_000)}"}`],
    ['INVALID_SENDER', '{}'],
    ['INVALID_SENDER', '{"__proto__":{"sender":"a"}}'],
  ])('is %s: %s', (code, text) => expect(codeOf(text)).toBe(code));

  it.each([
    ['INVALID_SENDER', { sender: 'g'.repeat(64) }],
    ['INVALID_SENDER', { sender: `${'a'.repeat(63)}\uFF21` }],
    ['INVALID_SENDER', { sender: 'a'.repeat(63) }],
    ['INVALID_SENDER', { sender: 7 }],
    ['INVALID_MESSAGE', { message: '' }],
    ['INVALID_MESSAGE', { message: 'x'.repeat(71) }],
    ['INVALID_MESSAGE', { message: 'two words' }],
    // What Python's isalnum() takes besides: letters and digits of any script, as of some Unicode.
    ['INVALID_MESSAGE', { message: 'día' }],
    ['INVALID_MESSAGE', { message: '東京' }],
    ['INVALID_MESSAGE', { message: '٣' }],
    ['INVALID_MESSAGE', { message: 'x²' }],
    ['INVALID_MESSAGE', { message: '\uFF21' }],
    ['INVALID_MESSAGE', { message: 12 }],
    ['INVALID_MESSAGE', { message: undefined }],
    ['INVALID_MESSAGE', { to: 'c'.repeat(64), amount: 5 }],
    ['INVALID_NONCE', { nonce: -1 }],
    ['INVALID_NONCE', { nonce: 0.5 }],
    ['INVALID_NONCE', { nonce: '0' }],
    ['INVALID_NONCE', { nonce: true }],
    ['INVALID_NONCE', { nonce: null }],
    ['INVALID_NONCE', { nonce: '' }],
    ['INVALID_NONCE', { nonce: 2 ** 53 }],
    ['INVALID_SIGNATURE', { signature: 'b'.repeat(127) }],
    ['INVALID_SIGNATURE', { signature: undefined }],
  ])('is %s with %o', (code, wrong) => {
    expect(codeOf(JSON.stringify(sample))).toBe('fine');
    expect(codeOf(JSON.stringify({ ...sample, ...wrong }))).toBe(code);
  });

  it.each([
    ['its sender is no uncompressed point of P-256', { sender: GENESIS_KEY.replace(/e$/, 'f') }],
    ['its sender is no uncompressed point of P-256', { sender: 'a'.repeat(182) }],
    ['its sender is not 64 hex digits, nor the', { sender: GENESIS_KEY.slice(2) }],
    ['its "to" is no uncompressed point of P-256', { to: KEY_OF_A.replace(/0$/, '1') }],
    ['its signature has a high s', { signature: `${'1'.repeat(64)}8${'0'.repeat(63)}` }],
    ['its signature has an r or s of zero', { signature: '0'.repeat(128) }],
    ['its signature has an r or s that is not below', { signature: 'f'.repeat(128) }],
    ['its signature is not 128 hex digits', { signature: `3044${'0'.repeat(136)}` }],
  ])('with a key on P-256 says that %s', (problem, wrong) => {
    const right = { ...transfer, sender: GENESIS_KEY, to: KEY_OF_A, signature: '1'.repeat(128) };
    expect(codeOf(JSON.stringify(right))).toBe('fine');
    expect(readTransaction(JSON.stringify({ ...right, ...wrong }))).toMatchObject({
      fault: { problem: expect.stringContaining(problem) },
    });
  });

  it.each([
    ['INVALID_RECIPIENT', { to: 'c' }],
    ['INVALID_RECIPIENT', { to: undefined }],
    ['INVALID_AMOUNT', { amount: 0 }],
    ['INVALID_AMOUNT', { amount: -5 }],
    ['INVALID_AMOUNT', { amount: 1.5 }],
    ['INVALID_AMOUNT', { amount: undefined }],
    ['INVALID_NONCE', { nonce: undefined }],
  ])('is %s with %o in a transfer', (code, wrong) => {
    expect(codeOf(JSON.stringify(transfer))).toBe('fine');
    expect(codeOf(JSON.stringify({ ...transfer, ...wrong }))).toBe(code);
  });

  it('has no minus zero, which would be another text of the same number', () => {
    expect(codeOf(JSON.stringify(sample).replace('"nonce":0', '"nonce":-0'))).toBe('INVALID_NONCE');
  });
});

describe('a message without a nonce', () => {
  const { nonce: _none, ...bare } = sample;

  it('is signed over its two fields, as the notebook of the course does', () => {
    const read = readTransaction(JSON.stringify(bare));
    if (!read.ok) expect.fail(read.fault.problem);
    const { sender, signature } = sample;
    expect(signedText(read.transaction)).toBe(`{"message": "hello", "sender": "${sender}"}`);
    expect(textOf(read.transaction)).toBe(
      `{"message": "hello", "sender": "${sender}", "signature": "${signature}"}`,
    );
  });

  it('says which characters it may have', () => {
    const read = readTransaction(JSON.stringify({ ...bare, message: 'niño' }));
    expect(read).toMatchObject({ fault: { problem: expect.stringContaining('ASCII') } });
  });
});

describe('hex digits', () => {
  it('of keys are signed as they are spelled, and name the same account in either case', () => {
    const mixed = `${'aB'.repeat(31)}0F`;
    const read = readTransaction(JSON.stringify({ ...transfer, sender: mixed, to: mixed }));
    if (!read.ok) expect.fail(read.fault.problem);
    const { transaction } = read;
    expect(transaction).toMatchObject({ sender: mixed.toLowerCase(), to: mixed.toLowerCase() });
    expect(signedText(transaction)).toBe(
      `{"amount": 5, "nonce": 0, "sender": "${mixed}", "to": "${mixed}"}`,
    );
    expect(readText(textOf(transaction))).toEqual(transaction);
  });

  it('of signatures may be handed in in either case, and have lower case in the one text', () => {
    const loud = JSON.stringify({ ...sample, signature: 'B'.repeat(128) });
    const read = readTransaction(loud);
    if (!read.ok) expect.fail(read.fault.problem);
    expect(textOf(read.transaction)).toBe(textOf(sample as never));
    expect(readText(textOf(read.transaction).replaceAll('b', 'B'))).toBeNull();
  });
});

describe('a signature', () => {
  // RFC 8032 section 7.1, test 1: the secret key, in the DER that RFC 8410 puts around it.
  const secret = '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60';
  const der = Buffer.from(`302e020100300506032b657004220420${secret}`, 'hex');
  const identity = identityOf(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }));
  const made = signTransaction({ message: 'hello', nonce: 3 }, signerOf(identity));
  const verifier = nodeVerifier();

  it('is the one that the package cryptography for Python makes with the same key', () => {
    expect(made.sender).toBe('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a');
    expect(made.signature).toBe(
      'dcae1572a7db6da47e52756e2feb42c67696a70b8475f3c4bd166ddf5c1f26ae' +
        'c43d6d449d8ed1f2f1c29d8c3d13391990dbad68fc00f2d85372d69002042f01',
    );
  });

  it('holds for what was signed, and for nothing else', () => {
    expect(isSigned(made, verifier)).toBe(true);
    expect(isSigned({ ...made, nonce: 4 }, verifier)).toBe(false);
    expect(isSigned({ ...made, message: 'hallo' } as Transaction, verifier)).toBe(false);
    expect(isSigned({ ...made, sender: 'a'.repeat(64) as AccountKey }, verifier)).toBe(false);
    expect(isSigned({ ...made, signature: `${made.signature.slice(0, -1)}0` }, verifier)).toBe(
      false,
    );
  });

  it('is over the keys as they are spelled, by the key of their bytes', () => {
    const sender = made.sender.toUpperCase();
    const base64url = signerOf(identity).sign(`{"message": "hello", "sender": "${sender}"}`);
    const signature = Buffer.from(base64url, 'base64url').toString('hex').toUpperCase();
    const read = readTransaction(JSON.stringify({ message: 'hello', sender, signature }));
    if (!read.ok) expect.fail(read.fault.problem);
    expect(read.transaction.sender).toBe(made.sender);
    expect(isSigned(read.transaction, verifier)).toBe(true);
    const { spelling: _spelling, ...quiet } = read.transaction;
    expect(isSigned(quiet as Transaction, verifier)).toBe(false);
    expect(isSigned({ ...read.transaction, nonce: 0 } as Transaction, verifier)).toBe(false);
  });

  it('by a key on P-256 holds likewise, and is no longer', () => {
    const { publicKey: spki, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const publicKey = spki.export({ format: 'der', type: 'spki' }).toString('base64url') as P256Key;
    const signer = signerOf({ publicKey, privateKey });
    const sent = signTransaction({ to: KEY_OF_A, amount: 2, nonce: 0 }, signer);
    expect(sent.sender).toBe(accountKeyOf(publicKey));
    expect(readText(textOf(sent))).toEqual(sent);
    expect(isSigned(sent, verifier)).toBe(true);
    expect(isSigned({ ...sent, nonce: 1 }, verifier)).toBe(false);
    expect(isSigned({ ...sent, amount: 3 } as Transaction, verifier)).toBe(false);
    expect(isSigned({ ...sent, sender: GENESIS_KEY }, verifier)).toBe(false);
    expect(isSigned({ ...sent, sender: made.sender }, verifier)).toBe(false);
    expect(isSigned({ ...made, sender: sent.sender }, verifier)).toBe(false);
  });

  it('is by the key whose account has the name of the peer with that key', () => {
    expect(accountOf(made.sender, nodeHasher)).toBe(identity.clientID);
    fc.assert(fc.property(keys, (key) => accountKeyOf(publicKeyOf(key)) === key));
  });
});
