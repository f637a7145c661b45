/** Each broken client is named by exactly its rule, and each rule names somebody. */

import { describe, expect, it } from 'vitest';
import { nodeHasher } from '../../src/node/crypto.ts';
import { Ward } from '../../src/node/doctor/ward.ts';
import { Referee } from '../../src/record/referee/referee.ts';
import { RULES } from '../../src/record/referee/rules.ts';
import { describeViolation, type Violation } from '../../src/record/referee/violation.ts';
import { toyVerifier } from '../../src/sim/toy-crypto.ts';
import { BROKEN_VOTERS } from './elections.ts';
import { BROKEN_SPEAKERS } from './manners.ts';
import { recordLife, START, type Tape } from './tape.ts';
import { BROKEN_WORKERS } from './work.ts';

const BROKEN = [...BROKEN_VOTERS, ...BROKEN_WORKERS, ...BROKEN_SPEAKERS];

const lives = {
  draw: recordLife(),
  lowest: recordLife('lowest'),
  present: recordLife('present'),
};

function judge(tape: Tape): readonly Violation[] {
  const referee = new Referee({ prefix: 'sd', hasher: nodeHasher, verifier: toyVerifier() });
  const found = tape.lines.flatMap((line) => referee.hear(line));
  return [...found, ...referee.end()];
}

describe('the referee', () => {
  it.each(['draw', 'lowest', 'present'] as const)(
    'has nothing to say about an honest life: %s',
    (election) => {
      expect(judge(lives[election]).map(describeViolation)).toEqual([]);
    },
  );

  it('takes no notice of a doctor', () => {
    const ward = new Ward({}, 'sd');
    const words = ['sd/batch', 'sd/transaction', `sd/peer/${ward.self}`, ward.topic('order')];
    ward.useFlatTopics();
    const examined = [...words, ward.topic('order')].reduce(
      (tape, topic) => tape.withText(START + 30_000, topic, ward.mark('rights')),
      lives.draw,
    );
    expect(judge(examined).map(describeViolation)).toEqual([]);
  });

  it.each(BROKEN)('names by $rule alone a client that $does', ({ rule, election, play }) => {
    const { tape, who } = play(lives[election ?? 'draw']);
    const found = judge(tape);
    expect(found.length).toBeGreaterThan(0);
    expect(found.map(describeViolation).filter((told) => !told.startsWith(rule))).toEqual([]);
    expect(new Set(found.map(({ peer }) => peer))).toEqual(new Set([who]));
  });

  it('has a broken client for each of its rules', () => {
    const shown = new Set(BROKEN.map(({ rule }) => rule));
    const ids = Object.values(RULES).map(({ id }) => id);
    expect(ids.filter((id) => !shown.has(id))).toEqual([]);
  });
});
