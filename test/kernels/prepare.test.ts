/** What npm runs when it installs a checkout: npx does so, too, when it is first called there. */

import { exec } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';

const { scripts } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sortition-prepare-'));
  const build = `node -e "fs.writeFileSync('done', '')"`;
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ scripts: { build } }));
});
afterEach(() => rmSync(folder, { recursive: true }));

it.each([
  ['npm ci', 'ci', true, 'builds what is built already'],
  ['npm ci', 'ci', false, 'builds'],
  ['npx sortition', 'exec', true, 'leaves what is built as it is'],
  ['npx sortition', 'exec', false, 'builds where nothing is built yet'],
  ['npm install', 'install', true, 'leaves what is built as it is'],
])('%s (%s, built: %s) %s', async (_, command, isBuilt, does) => {
  mkdirSync(join(folder, 'dist'));
  if (isBuilt) writeFileSync(join(folder, 'dist', 'built'), '');
  const env = { ...process.env, npm_command: command };
  await promisify(exec)(scripts.prepare, { cwd: folder, env });
  expect(existsSync(join(folder, 'done'))).toBe(does.startsWith('builds'));
});

it('a build that was interrupted counts as none', async () => {
  mkdirSync(join(folder, 'dist'));
  writeFileSync(join(folder, 'dist', 'built'), '');
  await promisify(exec)(scripts.prebuild, { cwd: folder });
  expect(existsSync(join(folder, 'dist', 'built'))).toBe(false);
});
