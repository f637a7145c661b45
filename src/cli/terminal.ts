/** Whether somebody sits at a terminal that can do more than print lines, and how it is freed. */

import { beforeComplaint } from './exit.ts';
import type { Teller } from './teller.ts';

/** Somebody reads the sentence that we end with. */
export function hasReader(): boolean {
  return process.stderr.isTTY === true && !isBuild();
}

/** Both ends must be one: a status needs eyes, and keys need a keyboard. */
export function hasTerminal(): boolean {
  const { TERM } = process.env;
  return Boolean(process.stdout.isTTY && process.stdin.isTTY) && TERM !== 'dumb' && !isBuild();
}

/** Some builds run on a terminal that no person looks at; they say so by this variable. */
function isBuild(): boolean {
  const { CI } = process.env;
  return CI !== undefined && !['', '0', 'false'].includes(CI);
}

/** Frees the terminal when we are done, and before a complaint is written that nobody foresaw. */
export function holdTerminal(teller: Pick<Teller, 'release'>): { release(): void } {
  const forget = beforeComplaint(() => teller.release());
  return {
    release: () => {
      forget();
      teller.release();
    },
  };
}
