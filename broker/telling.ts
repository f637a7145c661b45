/** Tells the people who run the broker what was refused, no more often than they can read. */

/** `about`: of what is alike only one sentence is told at a time. */
export type Tell = (about: string, sentence: string) => void;

const PAUSE_MS = 10_000;
/** The most kinds that are told apart; any more are not told. */
const MOST_KINDS = 100;
const MOST_QUOTED = 100;

/** Of each kind, one sentence in 10 s; the next one says how many there were between the two. */
export function tellSeldom(
  say: (sentence: string) => void,
  now: () => number = () => performance.now(),
): Tell {
  const kinds = new Map<string, { readonly at: number; left: number }>();
  return (about, sentence) => {
    const at = now();
    const last = kinds.get(about);
    if (last !== undefined && at - last.at < PAUSE_MS) {
      last.left += 1;
      return;
    }
    if (last === undefined && kinds.size >= MOST_KINDS) return;
    kinds.set(about, { at, left: 0 });
    const left = last?.left ?? 0;
    say(left === 0 ? sentence : `${sentence} (${left} more like it before.)`);
  };
}

/** What strangers wrote, in quotes, on one line, and no longer than a line. */
export function quote(text: string): string {
  const plain = text.slice(0, MOST_QUOTED).replace(/\p{C}/gu, '?');
  return text.length > MOST_QUOTED ? `"${plain}…"` : `"${plain}"`;
}
