/** The file of users: a line each, `user:scrypt$N$r$p$saltBase64$hashBase64[:role]`. */

import { codeIn } from '../src/files/error-code.ts';
import { readText } from '../src/files/named-file.ts';
import { replaceFile } from '../src/files/replace-file.ts';
import { BrokerError } from './broker-error.ts';
import { withLock } from './file-lock.ts';
import { type HashedPassword, hashPassword, parseHash } from './password.ts';
import { ROLES, type Role } from './rights.ts';
import { quote } from './telling.ts';

export type User = HashedPassword & { readonly role: Role };

/** Printable, without the colon that ends it; the first character tells it from a comment. */
const USER_NAME = /^[^\s\p{C}:#][^\s\p{C}:]{0,127}$/u;

const ROLE_LIST = ROLES.join(' or ');

/**
 * Reads the users file; empty lines and lines that begin with `#` don't count.
 *
 * @throws BrokerError `bad-users-file`, which names the line.
 */
export async function readUsers(path: string): Promise<ReadonlyMap<string, User>> {
  const users = new Map<string, User>();
  const lines = textOf(path).split(/\r?\n/);
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const user = userOf(line);
    if (!USER_NAME.test(user)) throw badLine(path, index, 'has no user name before a colon');
    if (users.has(user)) throw badLine(path, index, `names the user "${user}" a second time`);
    const { secret, role } = partsOf(line);
    if (role === null)
      throw badLine(path, index, `gives the user "${user}" no role of ${ROLE_LIST}`);
    const hashed = parseHash(secret);
    if (hashed === null) {
      const remedy = `make it with: sortition broker --add-user ${user}`;
      throw badLine(path, index, `is not of the form ${user}:scrypt$...; ${remedy}`);
    }
    users.set(user, { ...hashed, role });
  }
  if (users.size > 0) return users;
  throw new BrokerError(
    'bad-users-file',
    `The users file ${path} names nobody; add somebody with: sortition broker --add-user NAME`,
    { path },
  );
}

/**
 * Adds a user, or gives one another password; other lines stay as they are. `role` null keeps the
 * role that the user has; a new one is a peer. The file keeps its owner and its mode; a new file is
 * for its owner alone to read (0600).
 *
 * @throws BrokerError `bad-user-name`, `bad-password` (an empty one), or `bad-users-file` where the
 *   file cannot be read or written.
 */
export async function addUser(
  path: string,
  user: string,
  password: string,
  role: Role | null = null,
): Promise<void> {
  if (!USER_NAME.test(user)) {
    throw new BrokerError(
      'bad-user-name',
      `${quote(user)} cannot be a user name: take 1 to 128 printable characters, ` +
        'no space, no colon, no # first.',
      { user },
    );
  }
  if (password === '') {
    const sentence = `The user "${user}" needs a password that is not empty.`;
    throw new BrokerError('bad-password', sentence, { user });
  }
  // First, as it takes long, and a lock is only for what takes no time.
  const secret = await hashPassword(password);
  await withLock(path, () => putUser(path, user, secret, role));
}

function putUser(path: string, user: string, secret: string, role: Role | null): void {
  const old = textOf(path, 'or empty').split(/\r?\n/);
  const isKept = (line: string): boolean => line.startsWith('#') || userOf(line) !== user;
  const kept = old.filter(isKept);
  const before = old.find((line) => !isKept(line));
  const newRole = role ?? (before === undefined ? null : partsOf(before).role) ?? 'peer';
  while (kept.at(-1)?.trim() === '') kept.pop();
  // A peer's line stays as it was before there were roles.
  const ending = newRole === 'peer' ? '' : `:${newRole}`;
  const line = `${user}:${secret}${ending}`;
  write(path, `${[...kept, line].join('\n')}\n`);
}

function userOf(line: string): string {
  const colon = line.indexOf(':');
  return colon < 0 ? '' : line.slice(0, colon);
}

/** A digest has no colon. The role is `peer` where none is written; null where it is unknown. */
function partsOf(line: string): { readonly secret: string; readonly role: Role | null } {
  const [, secret = '', word = 'peer', ...rest] = line.split(':').map((part) => part.trim());
  const role = rest.length > 0 ? undefined : ROLES.find((it) => it === word);
  return { secret, role: role ?? null };
}

/** The line's text is left out: what is wrong with it may be that a password stands there. */
function badLine(path: string, index: number, problem: string): BrokerError {
  const sentence = `Line ${index + 1} of the users file ${path} ${problem}`;
  return new BrokerError('bad-users-file', sentence, { path, line: index + 1 });
}

function textOf(path: string, missing?: 'or empty'): string {
  try {
    return readText(path);
  } catch (cause) {
    if (missing === 'or empty' && codeIn(cause) === 'ENOENT') return '';
    const remedy = 'make one with: sortition broker --add-user NAME';
    const sentence = `The users file ${path} cannot be read (${reasonOf(cause)}); ${remedy}`;
    throw new BrokerError('bad-users-file', sentence, { path }, cause);
  }
}

function write(path: string, text: string): void {
  try {
    replaceFile(path, text, 0o600);
  } catch (cause) {
    const sentence = `The users file ${path} cannot be written (${reasonOf(cause)}).`;
    throw new BrokerError('bad-users-file', sentence, { path }, cause);
  }
}

function reasonOf(cause: unknown): string {
  return String(codeIn(cause) ?? (cause instanceof Error ? cause.message : cause));
}
