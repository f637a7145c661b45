/** Nothing is asked of the machine while files are loaded: help is there on any machine. */

import { readdirSync } from 'node:fs';
import type * as Os from 'node:os';
import type { Command } from 'commander';
import { expect, test, vi } from 'vitest';
import { EXIT } from '../../src/cli/exit.ts';
import { createProgram } from '../../src/cli/program.ts';
import { complaintOf } from './complaint.ts';

/** As a container's user without an entry in the list of users is answered. */
vi.mock('node:os', async (load) => {
  const refuse = (): never => {
    throw new Error('A system error occurred: uv_os_homedir returned ENOENT');
  };
  const refused = ['homedir', 'userInfo', 'tmpdir', 'hostname', 'cpus', 'availableParallelism'];
  return { ...(await load<typeof Os>()), ...Object.fromEntries(refused.map((it) => [it, refuse])) };
});

/** Programs that begin to work when they are loaded, and what another compiler reads. */
const RUNS = /(main|client-bin|flooder-process|guard-process|miner\/worker)\.ts$|miner\/kernel\//;

test('every file can be loaded where the machine tells nothing of itself', async () => {
  const top = new URL('../../', import.meta.url);
  const files = ['src', 'broker'].flatMap((folder) =>
    readdirSync(new URL(folder, top), { recursive: true, encoding: 'utf8' })
      .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
      .filter((path) => /\.tsx?$/.test(path) && !RUNS.test(path)),
  );
  expect(files.length).toBeGreaterThan(300);
  for (const file of files) await import(new URL(file, top).href);
});

const leaves = (command: Command): readonly Command[] => [
  command,
  ...command.commands.flatMap(leaves),
];

test('every command shows its help without a home directory', async () => {
  const commands = leaves(await createProgram());
  expect(commands.length).toBeGreaterThan(25);
  for (const command of commands) expect(command.helpInformation()).toContain('Usage:');
});

test('without a home directory, a wallet has to be named', async () => {
  expect(await complaintOf('wallet', 'address')).toEqual({
    code: EXIT.usage,
    sentence: '--wallet: This process has no home directory; name the file of the wallet.',
  });
  const { sentence } = await complaintOf('wallet', 'address', '--wallet', '/nowhere/wallet');
  expect(sentence).toMatch(/^There is no wallet in \/nowhere\/wallet: /);
});
