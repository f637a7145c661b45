#!/usr/bin/env node
/** The program `sortition`: its commands, each in a file of its own. */

import { run } from './exit.ts';
import { createProgram } from './program.ts';

const args = process.argv.slice(2);
await run(await createProgram(args), args);
