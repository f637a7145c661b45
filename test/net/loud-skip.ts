/** Skips a test so that nobody takes it for passed. */

import type { TestContext } from 'vitest';

export function skipLoudly(context: TestContext, reason: string): never {
  // biome-ignore lint/suspicious/noConsole: a reader of the log must see it.
  console.warn(`SKIPPED: ${context.task.name}: ${reason}`);
  return context.skip(reason);
}
