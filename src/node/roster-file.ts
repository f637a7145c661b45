/** The file that fixes a first roster beforehand: a line for each member. */

import type { Member } from '../domain/message.ts';
import { isClientID, isPublicKey, provesName } from '../wire/identity.ts';
import { MEMBERS_MOST } from '../wire/values.ts';
import { nodeHasher } from './crypto.ts';
import { readNamedText } from './named-text.ts';
import { type Facts, WorldError } from './world-error.ts';

/**
 * The members in the file at `path`, in order of its lines. A line is `ClientID PublicKey`; what
 * follows a `#` is a comment, and empty lines are passed over. Throws a `WorldError`:
 * `roster-unreadable`, or `roster-malformed` with the line's number.
 */
export function readRosterFile(path: string): readonly Member[] {
  const lines = readNamedText('roster', path).split(/\r?\n/);
  const members = new Map<string, number>();
  const roster: Member[] = [];
  for (const [index, line] of lines.entries()) {
    const words = line
      .replace(/#.*/, '')
      .split(/\s+/)
      .filter((word) => word !== '');
    if (words.length === 0) continue;
    const number = index + 1;
    const member = readMember(path, number, words);
    const earlier = members.get(member.clientID);
    if (earlier !== undefined) {
      throw malformed(
        path,
        number,
        `names the same member as line ${earlier}: delete one of them.`,
      );
    }
    if (roster.length === MEMBERS_MOST) {
      throw malformed(path, number, `is member ${MEMBERS_MOST + 1}; ${MEMBERS_MOST} are the most.`);
    }
    members.set(member.clientID, number);
    roster.push(member);
  }
  if (roster.length > 0) return roster;
  throw new WorldError(
    `The roster file ${path} names nobody: write a line "ClientID PublicKey" for each member.`,
    { code: 'roster-malformed', facts: { path } },
  );
}

function readMember(path: string, line: number, words: readonly string[]): Member {
  const [clientID, publicKey, ...rest] = words;
  if (publicKey === undefined || rest.length > 0) {
    throw malformed(path, line, 'must be "ClientID PublicKey".');
  }
  if (!isClientID(clientID)) {
    throw malformed(path, line, 'begins with no ClientID (a UUID of version 8 in lower case).');
  }
  if (!isPublicKey(publicKey)) {
    throw malformed(path, line, 'ends with no public key (32 bytes in base64url, 43 characters).');
  }
  const member = { clientID, publicKey };
  if (provesName(member, nodeHasher)) return member;
  throw malformed(path, line, 'has a key that belongs to another ClientID: copy both again.');
}

function malformed(path: string, line: number, problem: string): WorldError {
  const facts: Facts = { path, line };
  return new WorldError(`Line ${line} of the roster file ${path} ${problem}`, {
    code: 'roster-malformed',
    facts,
  });
}
