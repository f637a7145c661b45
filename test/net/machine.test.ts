/** The built program on machines that give little: few open files, no terminal. */

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const MAIN = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));
const CLIENT = fileURLToPath(new URL('../../dist/src/cli/client-bin.js', import.meta.url));

type Ended = { readonly code: number; readonly stdout: string; readonly stderr: string };

/** Runs a line of shell, in which $0 is Node, to its end. */
function shell(line: string, ...args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile('sh', ['-c', line, process.execPath, ...args], (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

const isUnix = process.platform !== 'win32';

it.skipIf(!isUnix).each([
  ['--help', MAIN, ['--help']],
  ['wallet', MAIN, ['wallet', 'address']],
  ['client', CLIENT, ['--port', '1']],
])('too few open files to load %s are told in a sentence', async (_, file, args) => {
  expect(await shell('ulimit -n 24; exec "$0" "$@"', file, ...args)).toEqual({
    code: 5,
    stdout: '',
    stderr:
      'sortition cannot open a file that it needs (EMFILE): ' +
      'let it open more files at once (ulimit -n; LimitNOFILE= in a unit of systemd).\n',
  });
});
