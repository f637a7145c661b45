import { validate, version } from 'uuid';
import { expect, it } from 'vitest';
import type { ClientID, PublicKey } from '../../src/domain/names.ts';
import { nodeHasher } from '../../src/node/crypto.ts';
import { clientIDOf, isClientID, isPublicKey, provesName } from '../../src/wire/identity.ts';
import { actor } from './samples.ts';

/** The keys of RFC 8032 section 7.1, tests 1 and 2; the names were computed with Python. */
const VECTORS = [
  ['11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo', '21fe31df-a154-8261-a26b-f854046fd227'],
  ['PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw', '39f713d0-a644-853f-8452-9421b9f51b9b'],
] as const;

it.each(VECTORS)('the key %s proves the name %s', (publicKey, clientID) => {
  expect(clientIDOf(publicKey as PublicKey, nodeHasher)).toBe(clientID);
});

it('makes names that are UUIDs of version 8', () => {
  for (let times = 0; times < 20; times += 1) {
    const { clientID } = actor().member;
    expect([validate(clientID), version(clientID), isClientID(clientID)]).toEqual([true, 8, true]);
  }
});

it('a key proves its own name and no other', () => {
  const [ann, bob] = [actor().member, actor().member];
  expect(provesName(ann, nodeHasher)).toBe(true);
  expect(provesName({ ...ann, clientID: bob.clientID }, nodeHasher)).toBe(false);
  expect(provesName({ ...ann, publicKey: 'short' as PublicKey }, nodeHasher)).toBe(false);
});

it('knows one spelling of a key only', () => {
  const key = VECTORS[0][0];
  expect(isPublicKey(key)).toBe(true);
  // 'o' and 'p' differ in bits that a decoder drops.
  expect(isPublicKey(`${key.slice(0, -1)}p`)).toBe(false);
  expect(isPublicKey(`${key}=`)).toBe(false);
  expect(isPublicKey(`${key}\n`)).toBe(false);
  expect(isPublicKey(key.replace('_', '/'))).toBe(false);
});

it.each([
  '00000000-0000-4000-8000-000000000000',
  '00000000-0000-8000-c000-000000000000',
  'ABCDEF00-0000-8000-8000-000000000000',
  '00000000-0000-8000-8000-000000000000\n',
  '00000000000080008000000000000000',
  '',
  null,
  7,
])('%j is no ClientID', (text) => {
  expect(isClientID(text as ClientID)).toBe(false);
});
