#!/usr/bin/env node
/** The program `sortition`: its commands, each in a file of its own. */

import { begin } from './begin.ts';

await begin(async () => {
  const { createProgram } = await import('./program.ts');
  const { run } = await import('./exit.ts');
  const args = process.argv.slice(2);
  await run(await createProgram(args), args);
});
