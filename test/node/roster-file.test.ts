import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { generateIdentity } from '../../src/node/crypto.ts';
import { readRosterFile } from '../../src/node/roster-file.ts';
import { WorldError } from '../../src/node/world-error.ts';

const [ann, bob] = [generateIdentity(), generateIdentity()];
const line = (who: typeof ann): string => `${who.clientID} ${who.publicKey}`;

let directory = '';
let path = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sortition-roster-'));
  path = join(directory, 'roster.txt');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function errorOf(text: string): WorldError {
  writeFileSync(path, text);
  try {
    readRosterFile(path);
  } catch (error) {
    if (error instanceof WorldError) return error;
    throw error;
  }
  throw new Error('The roster was taken.');
}

it('reads a member from each line, past comments, empty lines and Windows line ends', () => {
  writeFileSync(
    path,
    `\ufeff# The lab.\r\n\r\n${line(ann)}\r\n  ${line(bob).replace(' ', '\t')}  # Bob\n# end`,
  );
  expect(readRosterFile(path)).toEqual(
    [ann, bob].map(({ clientID, publicKey }) => ({ clientID, publicKey })),
  );
});

it.each([
  ['must be "ClientID PublicKey".', 'ann'],
  ['must be "ClientID PublicKey".', `${line(ann)} Ann`],
  ['begins with no ClientID (a UUID of version 8 in lower case).', `ann ${ann.publicKey}`],
  [
    'ends with no public key (32 bytes in base64url, 43 characters).',
    `${ann.clientID} ${ann.publicKey}=`,
  ],
  [
    'has a key that belongs to another ClientID: copy both again.',
    `${ann.clientID} ${bob.publicKey}`,
  ],
  ['names the same member as line 2: delete one of them.', line(bob)],
])('says which line %s', (problem, wrong) => {
  const error = errorOf(`# Bob first\n${line(bob)}\n\n${wrong}\n`);
  expect(error.message).toBe(`Line 4 of the roster file ${path} ${problem}`);
  expect([error.code, error.facts]).toEqual(['roster-malformed', { path, line: 4 }]);
});

it('refuses a roster of nobody', () => {
  expect(errorOf('# nobody yet\n').message).toBe(
    `The roster file ${path} names nobody: write a line "ClientID PublicKey" for each member.`,
  );
});

it('refuses a roster of more than a hundred', () => {
  const lines = Array.from({ length: 101 }, () => line(generateIdentity()));
  expect(errorOf(lines.join('\n')).message).toBe(
    `Line 101 of the roster file ${path} is member 101; 100 are the most.`,
  );
});

it('says that it cannot read a file that is not there', () => {
  expect(() => readRosterFile(join(directory, 'none.txt'))).toThrow(
    /^Cannot read the roster file .*none\.txt \(ENOENT\): check its name and its permissions\.$/,
  );
});
