/** Each broken client of the labs is named by exactly its rule, and each rule names somebody. */

import { describe, expect, it } from 'vitest';
import { assert } from '../../src/domain/assert.ts';
import type { UnixMs } from '../../src/domain/names.ts';
import { LabReferee } from '../../src/record/referee/lab-referee.ts';
import { LAB_RULES } from '../../src/record/referee/lab-rules.ts';
import { describeViolation } from '../../src/record/referee/violation.ts';
import { FINE, LATER, STUCK } from './lab-scenes.ts';
import { recordStudents, WORKING } from './lab-students.ts';
import { type LabTape, line, solve } from './lab-telling.ts';
import { BROKEN_LABS, recordLab } from './labs.ts';
import { START } from './tape.ts';

const lives = { ufes: recordLab('ufes'), statement: recordLab('statement') };

/** What is told, remarks marked as such. */
function judge(
  dialect: 'ufes' | 'statement',
  tape: LabTape,
  { peers = null, until }: { peers?: number | null; until?: number | undefined } = {},
): readonly string[] {
  const referee = new LabReferee({ prefix: 'sd', dialect, peers });
  const found = tape.flatMap((recorded) => referee.hear(recorded));
  const end = until === undefined ? undefined : START + until * 1_000;
  return [...found, ...referee.end(end)].map(
    (it) => `${it.isRemark === true ? 'remark ' : ''}${describeViolation(it)}`,
  );
}

const violationsIn = (told: readonly string[]): readonly string[] =>
  told.filter((it) => !it.startsWith('remark '));

describe('the referee of the labs', () => {
  it.each(['ufes', 'statement'] as const)('has nothing to say about ours in %s', (dialect) => {
    const referee = new LabReferee({ prefix: 'sd', dialect });
    const found = lives[dialect].flatMap((recorded) => referee.hear(recorded));
    expect([...found, ...referee.end()].map(describeViolation)).toEqual([]);
    expect(referee.tally).toMatchObject({ peers: 3, judged: referee.tally.messages });
    expect(referee.tally.checked['results']).toBeGreaterThan(5);
  });

  it.each(BROKEN_LABS)(
    'names by $rule alone a client that $does',
    ({ rule, dialect, play, isRemark = false }) => {
      const found = judge(dialect, play(lives[dialect]));
      expect(found.length).toBeGreaterThan(0);
      const begin = isRemark ? `remark ${rule}` : rule;
      expect(found.filter((told) => !told.startsWith(begin))).toEqual([]);
    },
  );

  it.each(STUCK)('names a deadlock: $what', ({ dialect, tape, told, peers = null, until }) => {
    expect(judge(dialect, tape, { peers, until })).toEqual(told);
  });

  it.each(FINE)('has nothing to say where $what', ({ dialect, tape, until }) => {
    expect(judge(dialect, tape, { until })).toEqual([]);
  });

  it.each(LATER)('sees that $what', ({ dialect, tape, told }) => {
    expect(judge(dialect, tape)).toEqual(told);
  });

  it('lets a controller answer a TransactionID in quotes as it was asked', () => {
    const quoted = lives.ufes.map((it) => {
      const text = new TextDecoder()
        .decode(it.payload)
        .replace(/"TransactionID":(\d+)/, '"TransactionID":"$1"');
      const payload = new TextEncoder().encode(text);
      return it.topic === 'sd/result' ? { ...it, payload } : it;
    });
    expect(judge('ufes', quoted)).toEqual([]);
  });

  it('lets a client say its vote once more when all have voted', () => {
    const votes = lives.ufes.filter(({ topic }) => topic === 'sd/voting');
    const [first, last] = [votes[0], votes.at(-1)];
    assert(first !== undefined && last !== undefined, 'There are votes.');
    const again = { ...first, time: (last.time + 1_000) as UnixMs };
    expect(
      judge(
        'ufes',
        [...lives.ufes, again].sort((a, b) => a.time - b.time),
      ),
    ).toEqual([]);
  });

  it.each([
    ['result', { ClientID: 'miner', Solution: 'x', Result: 1 }, 'somebody'],
    ['challenge', { ClientID: 'miner', Challenge: 9 }, 'somebody'],
    ['solution', { ClientID: 'miner', Solution: 'x' }, 'peer miner'],
  ])('a %s without TransactionID is charged to whoever said it', (word, said, who) => {
    expect(judge('ufes', [line(0, word, said)])).toEqual([
      `R61 ${who} says on ${word} a message whose TransactionID is missing (PROTOCOL 10)`,
    ]);
  });

  it('takes a result that names less for one of the same winner', () => {
    const Solution = solve('ann', 8);
    const said = { TransactionID: 0, ClientID: 'ann', Solution };
    const tape = [
      line(0, 'challenge', { TransactionID: 0, Challenge: 8 }),
      line(1_000, 'solution', said),
      line(1_100, 'result', { ...said, Result: 1 }),
      line(1_200, 'result', { TransactionID: 0, Solution, Result: 1 }),
      line(1_300, 'result', { TransactionID: 0, ClientID: 'ann', Result: 1 }),
    ];
    expect(judge('ufes', tape)).toEqual([]);
    const other = line(1_400, 'result', { ...said, ClientID: 'bob', Result: 1 });
    expect(judge('ufes', [...tape, other])).toHaveLength(1);
  });

  it('names who votes otherwise while others work, once it is sure that not all began anew', () => {
    const again = [
      line(40_000, 'init', { ClientID: 's2' }),
      line(41_000, 'voting', { ClientID: 's2', VoteID: '99' }),
    ];
    const tape = [...recordStudents({ dialect: 'ufes', introduceMs: 5_000 }), ...again];
    expect(judge('ufes', tape)).toEqual([]);
    expect(judge('ufes', tape, { until: 80 })).toEqual(['R51 peer s2 voted twice (PROTOCOL 10)']);
  });

  it('judges a dialect by its own rules', () => {
    expect(judge('statement', lives.ufes).some((told) => told.startsWith('R61'))).toBe(true);
    expect(judge('ufes', lives.statement).some((told) => told.startsWith('R61'))).toBe(true);
  });

  it('has a broken client for each of its rules', () => {
    const stuck = STUCK.flatMap(({ told }) =>
      told.map((it) => it.replace('remark ', '').slice(0, 3)),
    );
    const shown = new Set([...BROKEN_LABS.map(({ rule }) => rule), ...stuck]);
    const ids = Object.values(LAB_RULES).map(({ id }) => id);
    expect(ids.filter((id) => !shown.has(id))).toEqual([]);
  });

  it.each(WORKING)('has nothing to say about students who %s', (_, habits) => {
    expect(judge(habits.dialect, recordStudents(habits))).toEqual([]);
  });
});

/** Numbers from 0 to 1 that are always the same. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const sorted = (tape: LabTape): LabTape => [...tape].sort((a, b) => a.time - b.time);

/** What may become of a tape on its way to a recorder, and is nobody's fault. */
const FATES: Readonly<Record<string, (tape: LabTape, roll: () => number) => LabTape>> = {
  'a recorder that comes late': (tape, roll) => tape.slice(Math.floor(roll() * tape.length)),
  'a recorder that is away for a while': (tape, roll) => {
    const from = Math.floor(roll() * tape.length);
    const to = from + Math.floor(roll() * 40);
    return tape.filter((_, index) => index < from || index >= to);
  },
  'a broker that repeats messages, some of them late': (tape, roll) =>
    sorted([
      ...tape,
      ...tape
        .filter(() => roll() < 0.2)
        .map((it) => ({ ...it, time: Math.round(it.time + 6_000 * roll() ** 3) as UnixMs })),
    ]),
  'topics that overtake one another': (tape, roll) => {
    const delays = new Map(tape.map(({ topic }) => [topic, 900 * roll()]));
    return sorted(
      tape.map((it) => {
        const time = Math.round(it.time + (delays.get(it.topic) ?? 0)) as UnixMs;
        return { ...it, time };
      }),
    );
  },
  'all messages retained, and delivered once more to a late recorder': (tape, roll) => {
    const from = Math.floor(roll() * tape.length);
    const last = new Map(tape.slice(0, from).map((it) => [it.topic, it]));
    const at = tape[from]?.time ?? (START as UnixMs);
    const kept = [...last.values()].map((it) => ({ ...it, time: at, retained: true }));
    return [...kept, ...tape.slice(from)];
  },
  'two runs one after another': (tape, roll) => {
    const end = (tape.at(-1)?.time ?? START) - START + 1_000 + 20_000 * roll();
    const rename = ({ payload }: LabTape[number]): Uint8Array => {
      const text = new TextDecoder().decode(payload);
      // Other clients, or the same names again.
      const names = { s1: 't4', s2: 't3', s3: 't2', s4: 't1' } as Readonly<Record<string, string>>;
      const other = text.replace(/"(s[1-4])"/g, (_, name: string) => `"${names[name]}"`);
      return new TextEncoder().encode(end % 2 < 1 ? other : text);
    };
    const again = tape.map((it) => {
      return { ...it, payload: rename(it), time: Math.round(it.time + end) as UnixMs };
    });
    return [...tape, ...again];
  },
};

describe.each(Object.entries(FATES))('with %s', (_, fate) => {
  const tapes = [
    ['ours in ufes', 'ufes', lives.ufes],
    ['ours in statement', 'statement', lives.statement],
    ...WORKING.map(([what, habits]) => [what, habits.dialect, recordStudents(habits)] as const),
  ] as const;

  it.each(tapes)('nobody is accused of anything: %s', (_name, dialect, tape) => {
    const accused = Array.from({ length: tape.length > 1_000 ? 1 : 8 }, (_it, seed) =>
      violationsIn(judge(dialect, fate(tape, dice(seed + 1)))),
    );
    expect(accused.flat()).toEqual([]);
  });
});
