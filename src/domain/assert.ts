/** States what must be true if our own code is right; on in production. */

export function assert(condition: boolean, sentence: string): asserts condition {
  if (!condition) throw new Error(`Bug in sortition: ${sentence}`);
}
