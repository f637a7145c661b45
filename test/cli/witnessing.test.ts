/** Facts are told when they are so, and not before. */

import { expect, it } from 'vitest';
import { together, type Witnessed, witnessJournal, witnessOf } from '../../src/cli/witnessing.ts';
import type { Witness } from '../../src/client/hands.ts';
import type { Journal } from '../../src/client/journal.ts';
import type { Entry, Event, Moment } from '../../src/domain/contract.ts';
import type { Message } from '../../src/domain/message.ts';

const entry = (term: number): Entry => ({ kind: 'term', term }) as unknown as Entry;

function journalOf(record: Journal['record'], entries: readonly Entry[] = []): Journal {
  const none = (): null => null;
  return { recover: () => ({ entries }), record, page: none, founding: none, genesis: none };
}

it('an entry is told once it is durable, and what was found is told as such', async () => {
  const told: Witnessed[] = [];
  let finish: () => void = () => {};
  const pending = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const journal = witnessJournal(
    journalOf(() => pending, [entry(1)]),
    (fact) => told.push(fact),
  );
  expect(journal.recover()).toEqual({ entries: [entry(1)] });
  const recorded = journal.record([entry(2)]);
  expect(told).toMatchObject([{ what: 'recalled', entry: entry(1) }]);
  finish();
  await recorded;
  expect(told).toMatchObject([{ what: 'recalled' }, { what: 'recorded', entry: entry(2) }]);
  expect(told[1]?.at).toBeGreaterThanOrEqual(told[0]?.at ?? 0);
});

it('an entry that could not be written is not told', async () => {
  const told: Witnessed[] = [];
  const full = (): Promise<void> => Promise.reject(new Error('The disk is full.'));
  const journal = witnessJournal(journalOf(full), (fact) => told.push(fact));
  await expect(journal.record([entry(2)])).rejects.toThrow('full');
  expect(told).toEqual([]);
});

it('of what is heard, only the halves of a lot are told', () => {
  const told: Witnessed[] = [];
  const witness = witnessOf((fact) => told.push(fact));
  const heard = (kind: string): Event => ({ kind: 'heard', message: { kind } }) as unknown as Event;
  for (const kind of ['commitment', 'heartbeat', 'reveal', 'solution'])
    witness.onTurn(heard(kind), {} as Moment, []);
  witness.onTurn({ kind: 'woken' }, {} as Moment, []);
  witness.onSaid({ kind: 'heartbeat' } as Message);
  expect(told.map((fact) => 'message' in fact && `${fact.what} ${fact.message.kind}`)).toEqual([
    'heard commitment',
    'heard reveal',
    'said heartbeat',
  ]);
});

it('several witnesses see the same, and none is none', () => {
  const seen: string[] = [];
  const witness = (name: string): Witness => ({
    onTurn: ({ kind }) => seen.push(`${name} ${kind}`),
    onSaid: ({ kind }) => seen.push(`${name} ${kind}`),
  });
  const both = together([witness('a'), undefined, witness('b')]);
  both?.onTurn({ kind: 'woken' }, {} as Moment, []);
  both?.onSaid({ kind: 'vote' } as Message);
  expect(seen).toEqual(['a woken', 'b woken', 'a vote', 'b vote']);
  expect(together([undefined])).toBeUndefined();
});
