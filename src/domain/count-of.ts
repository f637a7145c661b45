/** Numbers of things in sentences for people. */

/** "1 vote", "2 votes"; `others` where an s does not make many of one. */
export function countOf(count: number, one: string, others = `${one}s`): string {
  return `${count} ${count === 1 ? one : others}`;
}
