/** How a program of ours begins: what keeps it from being loaded is told in a sentence, too. */

/** As docs/command-line.md has them; `EXIT` is not loaded yet. */
const EXIT_BAD_FILE = 5;
const EXIT_BUG = 70;

/** What Node says of a file that it could not load, and what helps. */
const REMEDIES: ReadonlyMap<unknown, string> = new Map(
  Object.entries({
    // Node reads all files that one needs at once.
    EMFILE: 'let it open more files at once (ulimit -n; LimitNOFILE= in a unit of systemd)',
    ENFILE: 'this machine has no more open files to give; end what holds many of them',
    ERR_MODULE_NOT_FOUND:
      'a file is missing, or it may open too few at once (ulimit -n); install it again otherwise',
  }),
);

/**
 * Loads and runs a program. It must load all files by itself, in `program`: before those are there,
 * this file, which needs no other, is all that can explain why they are not.
 */
export async function begin(program: () => Promise<void>): Promise<void> {
  try {
    await program();
  } catch (error) {
    const sentence = explainUnloaded(error);
    process.stderr.write(`${sentence ?? `This is a bug in sortition: ${error}`}\n`);
    process.exit(sentence === null ? EXIT_BUG : EXIT_BAD_FILE);
  }
}

/** A sentence where the machine or the installation keeps us from opening files; null otherwise. */
export function explainUnloaded(error: unknown): string | null {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  const remedy = REMEDIES.get(code);
  return remedy === undefined
    ? null
    : `sortition cannot open a file that it needs (${code}): ${remedy}.`;
}
