/** Each broken client of the labs is named by exactly its rule, and each rule names somebody. */

import { describe, expect, it } from 'vitest';
import { assert } from '../../src/domain/assert.ts';
import type { UnixMs } from '../../src/domain/names.ts';
import { LabReferee } from '../../src/record/referee/lab-referee.ts';
import { LAB_RULES } from '../../src/record/referee/lab-rules.ts';
import { describeViolation } from '../../src/record/referee/violation.ts';
import { BROKEN_LABS, type LabTape, recordLab } from './labs.ts';

const lives = { ufes: recordLab('ufes'), statement: recordLab('statement') };

function judge(dialect: 'ufes' | 'statement', tape: LabTape): readonly string[] {
  const referee = new LabReferee({ prefix: 'sd', dialect });
  const found = tape.flatMap((recorded) => referee.hear(recorded));
  return [...found, ...referee.end()].map(describeViolation);
}

describe('the referee of the labs', () => {
  it.each(['ufes', 'statement'] as const)('has nothing to say about ours in %s', (dialect) => {
    const referee = new LabReferee({ prefix: 'sd', dialect });
    const found = lives[dialect].flatMap((recorded) => referee.hear(recorded));
    expect([...found, ...referee.end()].map(describeViolation)).toEqual([]);
    expect(referee.tally).toMatchObject({ peers: 3, judged: referee.tally.messages });
    expect(referee.tally.checked['results']).toBeGreaterThan(5);
  });

  it.each(BROKEN_LABS)('names by $rule alone a client that $does', ({ rule, dialect, play }) => {
    const found = judge(dialect, play(lives[dialect]));
    expect(found.length).toBeGreaterThan(0);
    expect(found.filter((told) => !told.startsWith(rule))).toEqual([]);
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

  it('judges a dialect by its own rules', () => {
    expect(judge('statement', lives.ufes).some((told) => told.startsWith('R61'))).toBe(true);
    expect(judge('ufes', lives.statement).some((told) => told.startsWith('R61'))).toBe(true);
  });

  it('has a broken client for each of its rules', () => {
    const shown = new Set(BROKEN_LABS.map(({ rule }) => rule));
    const ids = Object.values(LAB_RULES).map(({ id }) => id);
    expect(ids.filter((id) => !shown.has(id))).toEqual([]);
  });
});
