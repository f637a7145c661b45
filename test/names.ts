/** Short names for tests: `ann` stands where a ClientID does, and sorts like any text. */

import type { Member } from '../src/domain/message.ts';
import type { ClientID, PublicKey } from '../src/domain/names.ts';
import { makeRoster, type Roster } from '../src/domain/roster.ts';
import { nodeHasher } from '../src/node/crypto.ts';

export const id = (name: string): ClientID => name as ClientID;

export const member = (name: string): Member => ({
  clientID: id(name),
  publicKey: `key of ${name}` as PublicKey,
});

/** `ann,bob,cat` as a roster. */
export const rosterOf = (names: string): Roster =>
  makeRoster(
    names
      .split(',')
      .filter((name) => name !== '')
      .map(member),
    'rules of the test',
    nodeHasher,
  );

/** `a,b` as a list; an empty text as an empty one. */
export const listOf = (text = ''): string[] => text.split(',').filter((item) => item !== '');
