/** Gets the passphrase of a wallet: from a file, the environment, or a terminal, unseen. */

import { readText } from '../files/named-file.ts';
import { systemCodeOf, WorldError } from '../node/world-error.ts';
import { typeHidden, typeTwice } from './ask-password.ts';
import { usageError } from './setting.ts';

const VARIABLE = 'SORTITION_PASSPHRASE';

/** What a script gives; null where there is nobody to ask but people. */
export function givenPassphrase(file: string | null): string | null {
  if (file !== null) return firstLineOf(file);
  return process.env[VARIABLE] || null;
}

/** For a wallet that is there. Throws a `WorldError`: `usage`, `file-unreadable`. */
export async function passphraseFor(path: string, file: string | null): Promise<string> {
  const given = givenPassphrase(file);
  if (given !== null) return given;
  refuseWithoutTerminal(path);
  return typeHidden(`Passphrase of ${path}: `);
}

/** For a new wallet. Throws likewise. */
export async function newPassphrase(path: string, file: string | null): Promise<string> {
  const given = givenPassphrase(file);
  if (given === null) refuseWithoutTerminal(path);
  const passphrase = given ?? (await typeTwice(`New passphrase for ${path}: `, 'passphrases'));
  if (passphrase !== '') return passphrase;
  throw usageError('The passphrase is empty: type one, or leave --encrypt out.');
}

function firstLineOf(path: string): string {
  try {
    const [line = ''] = readText(path).split(/\r?\n/);
    if (line !== '') return line;
  } catch (cause) {
    const reason = systemCodeOf(cause);
    throw new WorldError(
      `Cannot read the passphrase file ${path} (${reason}): check its name and its permissions.`,
      { code: 'file-unreadable', facts: { path, reason }, cause },
    );
  }
  throw usageError(`The first line of the passphrase file ${path} is empty.`, { path });
}

function refuseWithoutTerminal(path: string): void {
  if (process.stdin.isTTY) return;
  throw usageError(
    `The wallet ${path} wants a passphrase, and there is no terminal to ask for it: ` +
      `set ${VARIABLE}, or name a file with --passphrase-file.`,
    { path },
  );
}
