import { expect, it } from 'vitest';
import type { Member } from '../../src/domain/message.ts';
import type { ClientID, PublicKey } from '../../src/domain/names.ts';
import { Directory, NAMES_KEPT } from '../../src/wire/directory.ts';

const somebody = (number: number): Member => ({
  clientID: `peer-${number}` as ClientID,
  publicKey: `key-${number}` as PublicKey,
});

const knows = (directory: Directory, ...numbers: readonly number[]): boolean[] =>
  numbers.map((number) => directory.keyOf(somebody(number).clientID) !== null);

function full(members: ReadonlySet<ClientID>): Directory {
  const directory = new Directory();
  directory.pin(somebody(0));
  for (let number = 1; number < NAMES_KEPT; number += 1) directory.hear(somebody(number), members);
  return directory;
}

it('makes room by forgetting whoever was not heard for longest, but never a member', () => {
  const members = new Set([somebody(1).clientID]);
  const directory = full(members);
  directory.hear(somebody(2), members);
  directory.hear(somebody(-1), members);
  directory.hear(somebody(-2), members);
  expect(directory.size).toBe(NAMES_KEPT);
  expect(knows(directory, 0, 1, 2, 3, 4, 5, -1, -2)).toEqual([
    true,
    true,
    true,
    false,
    false,
    true,
    true,
    true,
  ]);
});

it('keeps those whom others name only while there is room', () => {
  const directory = full(new Set());
  directory.note(somebody(-1));
  expect(knows(directory, -1, 1)).toEqual([false, true]);
});

it('a peer that is heard again keeps its allowance', () => {
  const directory = new Directory();
  directory.hear(somebody(1), new Set());
  const allowance = directory.allowanceOf(somebody(1).clientID);
  directory.hear(somebody(1), new Set());
  expect(directory.allowanceOf(somebody(1).clientID)).toBe(allowance);
  expect(directory.allowanceOf(somebody(2).clientID)).toBeNull();
});
