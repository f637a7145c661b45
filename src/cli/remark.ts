/** Says a sentence where errors go, beside the output of a command. */

import { printable } from './line-format.ts';

/** What stands in it may be the word of others, or a path: nothing in it steers the terminal. */
export function remark(sentence: string): void {
  process.stderr.write(`${printable(sentence)}\n`);
}
