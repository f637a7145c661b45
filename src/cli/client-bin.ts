#!/usr/bin/env node
/** The program `client`: does what `sortition client` does, and loads nothing else. */

import { begin } from './begin.ts';

await begin(async () => {
  const { createClientCommand } = await import('./client.ts');
  const { prepare, run } = await import('./exit.ts');
  const { readVersion } = await import('./version.ts');
  const command = prepare(createClientCommand());
  command.version(readVersion(), '--version', 'show the version');
  await run(command, process.argv.slice(2));
});
