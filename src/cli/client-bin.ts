#!/usr/bin/env node
/** The program `client`: does what `sortition client` does, and loads nothing else. */

import { createClientCommand } from './client.ts';
import { prepare, run } from './exit.ts';
import { readVersion } from './version.ts';

const command = prepare(createClientCommand()).version(
  readVersion(),
  '--version',
  'show the version',
);
await run(command, process.argv.slice(2));
