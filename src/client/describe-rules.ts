/** Rules that differ, for people who have to make them the same. */

/** What Rules call otherwise than options do. */
const OPTIONS: Readonly<Record<string, string>> = {
  'election=present': '--election lowest',
  'election=lowest': '--election incumbent',
};

/** What differs, and what to do; with the option for each word that is no option. */
export function describeOtherRules(theirs: string, ours: string): string {
  const [words, others] = [theirs.split(' '), ours.split(' ')];
  const hints = Object.entries(OPTIONS)
    .filter(([word]) => words.includes(word) !== others.includes(word))
    .map(([word, option]) => `; ${word} is ${option}`);
  return `theirs are ${theirs}; ours are ${ours}: give all peers the same options${hints.join('')}`;
}
