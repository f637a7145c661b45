/** Runs that need files of their own say where those cannot be. */

import { rmSync, statSync } from 'node:fs';
import { afterEach, expect, test, vi } from 'vitest';
import { makeScratchFolder } from '../../src/cli/scratch-folder.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

test('a folder is made for the files of a run', () => {
  const folder = makeScratchFolder('test');
  expect(statSync(folder).isDirectory()).toBe(true);
  rmSync(folder, { recursive: true });
});

test('a place for temporary files that is not there is named, and what to set', () => {
  vi.stubEnv('TMPDIR', '/nowhere');
  vi.stubEnv('TEMP', '/nowhere');
  expect(() => makeScratchFolder('test')).toThrow(
    'Cannot make a folder in /nowhere (ENOENT): set TMPDIR to one that you may write to.',
  );
});
