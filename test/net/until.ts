/** Waits for a condition, for tests against real brokers: never for a time. */

const POLL_MS = 5;

/** Resolves once `condition` holds; fails after `ms`, naming what it waited for. */
export async function until(
  condition: () => boolean,
  what = 'what it waited for',
  ms = 10_000,
): Promise<void> {
  const deadline = performance.now() + ms;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`In ${ms} ms, ${what} did not come true.`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
