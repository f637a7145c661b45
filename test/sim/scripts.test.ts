/** Stories of false worlds, told in full under test/scripts. */

import { readdirSync } from 'node:fs';
import { describe, it } from 'vitest';
import { runScript } from '../script.ts';
import type { Stage } from './stage.ts';
import { commands } from './storyteller.ts';

const folder = new URL('../scripts/', import.meta.url);

describe('a false world', () => {
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.txt'))) {
    it(`does as ${file} tells`, async () => {
      const stage: Stage = { world: null, told: 0, overheard: [] };
      await runScript(new URL(file, folder), commands, stage);
    });
  }
});
