/** Shows a run where there is no terminal: as plain lines, or as a JSON object a line. */

import { type NameOf, shortName } from '../client/describe.ts';
import { printable } from './line-format.ts';
import { describeFactWith, type Fact } from './start-fact.ts';

/** Where a run is shown. */
export type Show = {
  readonly tell: (fact: Fact) => void;
  /** Makes room for the closing tables; nothing is told after it. */
  readonly close: () => void;
};

type Write = (line: string) => void;

const NUMBERS_A_LINE = 3;

/** Facts that only a program wants to know one by one. */
const FOR_PROGRAMS: readonly Fact['kind'][] = ['peer'];

/** With `preimages`, each result's is on a line of its own, exactly as it is to be hashed. */
export function plainShow(write: Write, preimages: boolean, nameOf: NameOf = shortName): Show {
  return {
    tell: (fact) => {
      if (!FOR_PROGRAMS.includes(fact.kind)) write(printable(describeFactWith(nameOf, fact)));
      if (fact.kind === 'drawn') for (const line of numbersOf(fact, nameOf)) write(line);
      if (preimages && fact.kind === 'result') write(fact.preimage);
    },
    close: () => {},
  };
}

/** Everybody's number, some on a line. */
function numbersOf(
  { numbers }: Extract<Fact, { kind: 'drawn' }>,
  nameOf: NameOf,
): readonly string[] {
  const words = numbers.map(({ peer, number }) => `  ${nameOf(peer)} ${number}`);
  const starts = words.map((_, index) => index).filter((index) => index % NUMBERS_A_LINE === 0);
  return starts.map((start) => words.slice(start, start + NUMBERS_A_LINE).join(' '));
}

/** `now` in Unix milliseconds. */
export function jsonShow(write: Write, now: () => number): Show {
  return {
    tell: (fact) => write(JSON.stringify({ time: now(), ...fact })),
    close: () => {},
  };
}
