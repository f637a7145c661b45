#!/usr/bin/env node
/** The program `sortition`: its commands, each in a file of its own. */

import { run } from './exit.ts';
import { createProgram } from './program.ts';

await run(createProgram(), process.argv.slice(2));
