/** Clients of the labs that are broken, and networks of theirs that are not. */

import type { Recorded } from '../../src/record/recording.ts';
import { LabWorld, STATEMENT, UFES } from '../lab/lab-world.ts';
import { type LabTape, line } from './lab-telling.ts';
import { START } from './tape.ts';

type Fields = Readonly<Record<string, unknown>>;

export type BrokenLab = {
  readonly rule: string;
  readonly does: string;
  readonly dialect: 'ufes' | 'statement';
  readonly play: (tape: LabTape) => LabTape;
  /** It is told, and does not count. */
  readonly isRemark?: true;
};

/** Three clients of ours, one of them late, which solve some challenges in half a minute. */
export function recordLab(dialect: 'ufes' | 'statement'): LabTape {
  const world = new LabWorld();
  const settings = dialect === 'ufes' ? UFES : STATEMENT;
  world.join(settings);
  world.join(settings);
  world.pass(25_000);
  world.join(settings);
  world.pass(30_000);
  return linesOf(world);
}

function linesOf(world: LabWorld): LabTape {
  return world.heard.map(({ at, word, text }) => line(at, word, text));
}

const fieldsOf = ({ payload }: Recorded): Fields => JSON.parse(new TextDecoder().decode(payload));

const isOn =
  (word: string) =>
  (it: Recorded): boolean =>
    it.topic === `sd/${word}`;

/** The nth message on a topic, from 0. */
function on(tape: LabTape, word: string, nth = 0): { readonly at: number; readonly said: Fields } {
  const found = tape.filter(isOn(word))[nth];
  if (found === undefined) throw new Error(`${word} ${nth} is not on the tape.`);
  return { at: found.time - START, said: fieldsOf(found) };
}

/** With another message behind (or before) the nth one on a topic. */
function after(
  tape: LabTape,
  [word, nth]: readonly [string, number],
  ms: number,
  said: (said: Fields) => unknown,
  where = word,
): LabTape {
  const found = on(tape, word, nth);
  return sorted([...tape, line(found.at + ms, where, said(found.said))]);
}

const sorted = (tape: LabTape): LabTape => [...tape].sort((a, b) => a.time - b.time);

/** The nth message on a topic, changed or moved. */
function changed(
  tape: LabTape,
  [word, nth]: readonly [string, number],
  change: (said: Fields) => Fields,
  ms = 0,
): LabTape {
  const found = tape.filter(isOn(word))[nth];
  const dub = (it: Recorded): Recorded => line(it.time - START + ms, word, change(fieldsOf(it)));
  return sorted(tape.map((it) => (it === found ? dub(it) : it)));
}

export const BROKEN_LABS: readonly BrokenLab[] = [
  {
    rule: 'R51',
    does: 'votes twice',
    dialect: 'ufes',
    play: (tape) => after(tape, ['voting', 0], 3_000, (vote) => ({ ...vote, VoteID: 'zzz' })),
  },
  {
    rule: 'R51',
    does: 'votes again and again',
    dialect: 'ufes',
    isRemark: true,
    play: () => {
      const world = new LabWorld();
      world.join(UFES);
      world.say('init', { ClientID: 'slow' });
      world.say('init', { ClientID: 'eager' });
      for (let time = 0; time < 3; time += 1) {
        world.pass(1_000);
        world.say('voting', { ClientID: 'eager', VoteID: '7' });
      }
      world.say('voting', { ClientID: 'slow', VoteID: '8' });
      world.say('challenge', { TransactionID: 0, Challenge: 8 });
      return linesOf(world);
    },
  },
  {
    rule: 'R51',
    does: 'changes its vote',
    dialect: 'statement',
    play: (tape) => after(tape, ['voting', 0], 2_000, (vote) => ({ ...vote, VoteID: 65_535 })),
  },
  {
    rule: 'R52',
    does: 'announces two winners',
    dialect: 'ufes',
    play: (tape) => after(tape, ['result', 0], 100, (it) => ({ ...it, ClientID: 'somebody else' })),
  },
  {
    rule: 'R53',
    does: 'makes an open challenge harder',
    dialect: 'ufes',
    play: (tape) => after(tape, ['challenge', 0], 100, (it) => ({ ...it, Challenge: 9 })),
  },
  {
    rule: 'R54',
    does: 'opens a challenge that nobody can solve',
    dialect: 'statement',
    play: (tape) =>
      after(tape, ['challenge', 0], 100, () => ({ TransactionID: 99, Challenge: 21 })),
  },
  {
    rule: 'R54',
    does: 'opens a challenge that its text allows, and that nobody will solve',
    dialect: 'statement',
    isRemark: true,
    play: (tape) =>
      after(tape, ['challenge', 0], 100, () => ({ TransactionID: 99, Challenge: 20 })),
  },
  {
    rule: 'R55',
    does: 'guesses',
    dialect: 'ufes',
    play: (tape) =>
      after(
        tape,
        ['challenge', 0],
        50,
        () => ({ ...on(tape, 'solution').said, Solution: 'a guess' }),
        'solution',
      ),
  },
  {
    rule: 'R56',
    does: 'answers late',
    dialect: 'ufes',
    isRemark: true,
    play: (tape) =>
      after(tape, ['solution', 0], 5_000, (it) => ({ ...it, ClientID: otherThan(tape, it) })),
  },
  {
    rule: 'R57',
    does: 'lets a wrong solution win',
    dialect: 'statement',
    play: (tape) => changed(tape, ['result', 0], (it) => ({ ...it, Solution: 'lucky' })),
  },
  {
    rule: 'R58',
    does: 'refuses the first right solution and takes the next one',
    dialect: 'ufes',
    play: (tape) => {
      const { at, said } = on(tape, 'solution');
      const [quick, slow] = [{ ...said, ClientID: 'somebody quick' }, said];
      return [
        ...tape.filter((it) => it.time - START < at),
        line(at, 'solution', quick),
        line(at + 20, 'result', { ...quick, Result: 0 }),
        line(at + 3_000, 'solution', slow),
        line(at + 3_020, 'result', { ...slow, Result: 1 }),
      ];
    },
  },
  {
    rule: 'R59',
    does: 'sleeps before it names the winner',
    dialect: 'ufes',
    isRemark: true,
    play: (tape) =>
      changed(
        tape.filter((it) => it.time - START < on(tape, 'result').at + 500),
        ['result', 0],
        (it) => it,
        12_000,
      ),
  },
  ...['no JSON', '[1]', '7', 'null'].map(
    (text): BrokenLab => ({
      rule: 'R60',
      does: `says ${text}`,
      dialect: 'statement',
      play: (tape) => after(tape, ['voting', 0], 5, () => text),
    }),
  ),
  {
    rule: 'R61',
    does: 'says null for its name',
    dialect: 'ufes',
    play: (tape) => after(tape, ['init', 0], 5, () => ({ ClientID: null })),
  },
  {
    rule: 'R61',
    does: 'speaks the other dialect',
    dialect: 'ufes',
    play: (tape) => after(tape, ['voting', 0], 5, () => ({ ClientID: 17, VoteID: 4_242 })),
  },
  {
    rule: 'R62',
    does: 'sends strings for integers',
    dialect: 'ufes',
    isRemark: true,
    play: (tape) =>
      changed(tape, ['solution', 0], (it) => ({
        ...it,
        TransactionID: String(it['TransactionID']),
      })),
  },
  {
    rule: 'R63',
    does: 'adds a field of its own',
    dialect: 'statement',
    isRemark: true,
    play: (tape) => changed(tape, ['solution', 0], (it) => ({ ...it, Seed: 1 })),
  },
  {
    rule: 'R64',
    does: 'speaks on a topic that nobody knows',
    dialect: 'ufes',
    play: (tape) => after(tape, ['init', 0], 5, (it) => it, 'start'),
  },
  {
    rule: 'R65',
    does: 'has the broker retain its introduction',
    dialect: 'ufes',
    isRemark: true,
    play: (tape) => [
      { ...line(0, 'init', { ClientID: 'from yesterday' }), retained: true },
      ...tape,
    ],
  },
  {
    rule: 'R66',
    does: 'stops announcing itself while somebody is missing',
    dialect: 'ufes',
    isRemark: true,
    play: () => {
      const world = new LabWorld();
      world.say('init', { ClientID: 'shy' });
      world.join({ ...UFES, peers: 3 });
      world.pass(45_000);
      return linesOf(world);
    },
  },
  {
    rule: 'R67',
    does: 'introduces itself all the time, until it is elected',
    dialect: 'ufes',
    isRemark: true,
    play: (tape) =>
      [2, 4, 6, 8].reduce((all, s) => after(all, ['init', 0], s * 1_000, (it) => it), tape),
  },
  {
    rule: 'R67',
    does: 'introduces itself all the time, while others work',
    dialect: 'ufes',
    play: (tape) => {
      const [{ at }, { said }] = [on(tape, 'challenge'), on(tape, 'init')];
      const all = Array.from({ length: 5 }, (_, index) => 11_000 + 2_000 * index);
      return sorted([...tape, ...all.map((ms) => line(at + ms, 'init', said))]);
    },
  },
  {
    rule: 'R68',
    does: 'floods the network',
    dialect: 'statement',
    play: (tape) => {
      const { at, said } = on(tape, 'init');
      const flood = Array.from({ length: 200 }, (_, index) => line(at + index, 'init', said));
      return sorted([...tape, ...flood]);
    },
  },
];

/** Another client than the one who said this. */
function otherThan(tape: LabTape, { ClientID }: Fields): unknown {
  const names = tape.filter(isOn('init')).map((it) => fieldsOf(it)['ClientID']);
  return names.find((name) => name !== ClientID);
}
