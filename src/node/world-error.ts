/** What the world did to us: an error that people read as one sentence and programs by its code. */

/** What the sentence says, for programs: values without secrets. */
export type Facts = Readonly<Record<string, string | number>>;

/** `exitCode` is what the process should exit with; `cause` is the system's own error. */
export type WorldErrorOptions = {
  readonly code: string;
  readonly facts: Facts;
  readonly exitCode?: number;
  readonly cause?: unknown;
};

/** `message` is one sentence: what happened, with which value, what to do. */
export class WorldError extends Error {
  readonly code: string;
  readonly facts: Facts;
  readonly exitCode?: number;

  constructor(sentence: string, options: WorldErrorOptions) {
    super(sentence, options.cause === undefined ? {} : { cause: options.cause });
    this.name = 'WorldError';
    this.code = options.code;
    this.facts = options.facts;
    if (options.exitCode !== undefined) this.exitCode = options.exitCode;
  }
}

/** The system's name for an error ("ENOENT"), or its message where it has none. */
export function systemCodeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}
