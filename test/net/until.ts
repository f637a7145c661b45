/** Waits for a condition, for tests against real brokers: never for a time. */

const POLL_MS = 5;

/** A machine with other things to do gets this many times as long as an idle one. */
const PATIENCE = 3;

/** Resolves once `condition` holds; fails if it takes far longer than `ms`, naming it. */
export async function until(
  condition: () => boolean,
  what = 'what it waited for',
  ms = 10_000,
): Promise<void> {
  const mostMs = PATIENCE * ms;
  const deadline = performance.now() + mostMs;
  while (!condition()) {
    if (performance.now() > deadline)
      throw new Error(`In ${mostMs} ms, ${what} did not come true.`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** Whether there is a process of this id. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
