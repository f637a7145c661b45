/** What the system calls an error of a file. */

/** The system's name for an error (`ENOENT`); null where it has none. */
export function codeIn(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : null;
}
