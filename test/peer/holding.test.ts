/** What a peer does with leases whose nonces it has searched, or heard to be searched, before. */

import { expect, it } from 'vitest';
import type { Settings } from '../../src/domain/contract.ts';
import type { Lease, Message } from '../../src/domain/message.ts';
import type { Instant, Term, UnixMs } from '../../src/domain/names.ts';
import type { Quest, Range } from '../../src/domain/quest.ts';
import { questIDOf } from '../../src/lease/quest.ts';
import { nodeHasher } from '../../src/node/crypto.ts';
import { dropLeases, hearLeasedSearched, hold } from '../../src/peer/holding.ts';
import { questOf, takeQuest } from '../../src/peer/quests.ts';
import type { State } from '../../src/peer/state.ts';
import { newState } from '../../src/peer/state-of.ts';
import { Step } from '../../src/peer/step.ts';
import { id, member } from '../names.ts';

const settings: Settings = {
  self: member('ann'),
  peers: 3,
  difficulty: 'fixed:4',
  founders: null,
  announceMs: 10_000,
  heartbeatMs: 5_000,
  removalMs: 60_000,
  challenges: 0,
  mines: true,
};

const quest: Quest = { algorithm: 'sha256', prefix: 'a text', bits: 60, from: 0, to: 10_000 };
const questID = questIDOf(quest, nodeHasher);

/** A connected peer that has heard of the quest. */
function peer(): State {
  const state = newState(settings);
  state.link.isConnected = true;
  takeQuest(stepOf(state), questID, quest, 'member');
  return state;
}

function stepOf(state: State): Step {
  return new Step(state, { at: 1_000 as Instant, unix: 0 as UnixMs }, nodeHasher);
}

/** Hears that these ranges are leased to it, and says what it then says. */
function lease(state: State, ...ranges: readonly Range[]): readonly Message[] {
  const step = stepOf(state);
  const said: Lease = {
    ...{ kind: 'lease', clientID: id('bob'), term: 1 as Term, quest, holder: id('ann') },
    ...{ ranges, expiry: 12_000 },
  };
  hold(step, questID, said);
  dropLeases(step);
  return step.effects.flatMap((effect) => (effect.kind === 'say' ? [effect.message] : []));
}

/** Searches the first range that it holds, to its end. */
function search(state: State): void {
  const step = stepOf(state);
  const searched = { near: [], perSecond: 1, tried: 1, exhausted: true };
  hearLeasedSearched(step, { kind: 'searched', work: '' as never, ...searched });
}

const range = (from: number, to: number): Range => ({ from, to });
const held = (state: State): readonly Range[] => state.held?.ranges ?? [];
const reports = (said: readonly Message[]): readonly Range[] =>
  said.flatMap((it) => (it.kind === 'report' ? [range(it.from, it.to)] : []));

it('what was searched is reported again and not searched again', () => {
  const state = peer();
  lease(state, range(0, 200), range(200, 400));
  search(state);
  expect(reports(lease(state, range(0, 200), range(200, 400)))).toEqual([range(0, 200)]);
  expect(held(state)).toEqual([range(200, 400)]);
});

it('what was searched is reported again where it is leased in other pieces', () => {
  const state = peer();
  lease(state, range(0, 204));
  search(state);
  lease(state, range(204, 408));
  search(state);
  expect(reports(lease(state, range(100, 300)))).toEqual([range(0, 204), range(204, 408)]);
  expect(reports(lease(state, range(408, 600)))).toEqual([]);
});

it('what others have reported is not searched, unless it is leased once more', () => {
  const state = peer();
  const book = questOf(state, questID)?.book;
  if (book === undefined) throw new Error('It has heard of the quest.');
  book.cover = [range(0, 500)];
  lease(state, range(0, 200), range(400, 600));
  expect(held(state)).toEqual([range(400, 600)]);
  lease(state, range(0, 200), range(400, 600));
  expect(held(state)).toEqual([range(400, 600), range(0, 200)]);
  // Leased otherwise, it is another lease.
  lease(state, range(200, 300));
  expect(held(state)).toEqual([]);
  lease(state, range(0, 200));
  expect(held(state)).toEqual([]);
});
