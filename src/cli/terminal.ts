/** Whether somebody sits at a terminal that can do more than print lines. */

/** Both ends must be one: a status needs eyes, and keys need a keyboard. */
export function hasTerminal(): boolean {
  const { TERM, CI } = process.env;
  // Some builds run on a terminal that nobody looks at; they say so by this variable.
  const isBuild = CI !== undefined && !['', '0', 'false'].includes(CI);
  return Boolean(process.stdout.isTTY && process.stdin.isTTY) && TERM !== 'dumb' && !isBuild;
}
