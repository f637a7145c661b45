/** The version of this package, from its package.json. */

import { existsSync, readFileSync } from 'node:fs';
import { assert } from '../domain/assert.ts';

/** Looks upward: built files lie a folder deeper than their sources. */
export function readVersion(): string {
  for (const up of ['../..', '../../..']) {
    const file = new URL(`${up}/package.json`, import.meta.url);
    if (!existsSync(file)) continue;
    const { name, version } = JSON.parse(readFileSync(file, 'utf8'));
    if (name === 'sortition') return String(version);
  }
  assert(false, 'The package.json lies above its files.');
}
