/** The file that says what the accounts of a new network begin with: a line for each key. */

import {
  GENESIS_UNITS_MOST,
  type Genesis,
  GRANTS_MOST,
  type Grant,
  sortedGenesis,
  unitsOf,
} from '../domain/genesis.ts';
import { isP256Form } from '../domain/p256.ts';
import { isAccountKey } from '../domain/transaction.ts';
import { readNamedText } from './named-text.ts';
import { type Facts, WorldError } from './world-error.ts';

/**
 * The list in the file at `path`, in order of its keys. A line is `KEY UNITS`: a public key in hex
 * digits of either case, and a whole number from 1 on; what follows a `#` is a comment, and empty
 * lines are passed over. Throws a `WorldError`: `genesis-unreadable`, or `genesis-malformed` with
 * the line's number.
 */
export function readGenesisFile(path: string): Genesis {
  const lineOf = new Map<string, number>();
  const grants: Grant[] = [];
  for (const [index, text] of readNamedText('genesis', path).split(/\r?\n/).entries()) {
    const words = text
      .replace(/#.*/, '')
      .split(/\s+/)
      .filter((word) => word !== '');
    if (words.length === 0) continue;
    const line = index + 1;
    const grant = readGrant(path, line, words);
    const earlier = lineOf.get(grant.key);
    if (earlier !== undefined)
      throw malformed(path, line, `names the same key as line ${earlier}: delete one of them.`);
    if (grants.length === GRANTS_MOST)
      throw malformed(path, line, `is key ${GRANTS_MOST + 1}; ${GRANTS_MOST} are the most.`);
    grants.push(grant);
    lineOf.set(grant.key, line);
    if (unitsOf(grants) > GENESIS_UNITS_MOST)
      throw malformed(path, line, `makes them more than ${GENESIS_UNITS_MOST} units in all.`);
  }
  if (grants.length > 0) return sortedGenesis(grants);
  throw new WorldError(
    `The genesis file ${path} names no key: write a line "KEY UNITS" for each account that ` +
      'begins with something.',
    { code: 'genesis-malformed', facts: { path } },
  );
}

function readGrant(path: string, line: number, words: readonly string[]): Grant {
  const [first = '', digits, ...rest] = words;
  if (digits === undefined || rest.length > 0) throw malformed(path, line, 'must be "KEY UNITS".');
  const key = first.toLowerCase();
  if (isP256Form(key) && !isAccountKey(key))
    throw malformed(
      path,
      line,
      'begins with a key whose point is not on the curve P-256, so a digit of it is wrong.',
    );
  if (!isAccountKey(key))
    throw malformed(
      path,
      line,
      'begins with no public key in hex digits ("sortition wallet address" shows those of a ' +
        'wallet).',
    );
  const units = /^\d{1,16}$/.test(digits) ? Number(digits) : 0;
  if (units < 1 || units > GENESIS_UNITS_MOST)
    throw malformed(
      path,
      line,
      `must end with a whole number of units from 1 to ${GENESIS_UNITS_MOST}.`,
    );
  return { key, units };
}

function malformed(path: string, line: number, problem: string): WorldError {
  const facts: Facts = { path, line };
  return new WorldError(`Line ${line} of the genesis file ${path} ${problem}`, {
    code: 'genesis-malformed',
    facts,
  });
}
