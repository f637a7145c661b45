import { describe, expect, it } from 'vitest';
import { judge } from '../../src/controller/judge.ts';
import { countQuorum } from '../../src/controller/quorum.ts';
import { blockToPropose, heightToReach, votesWithin } from '../../src/controller/succession.ts';
import type { Block, Solution, Vote } from '../../src/domain/message.ts';
import type {
  ClientID,
  Digest,
  Instant,
  Term,
  TransactionID,
  UnixMs,
} from '../../src/domain/names.ts';
import type { Opening } from '../../src/ledger/block.ts';
import { nodeHasher } from '../../src/node/crypto.ts';
import { solve } from '../../src/sim/false-miner.ts';
import { id, rosterOf } from '../names.ts';

const at = (height: number): TransactionID => height as TransactionID;

const opening: Opening = {
  transactionID: at(5),
  parent: 'a'.repeat(64) as Digest,
  root: 'b'.repeat(64) as Digest,
  time: 1 as UnixMs,
  challenge: 6,
};

const header = `sortition:5:${opening.parent}:${opening.root}:1:6:ann:`;
const solved = solve({ header, bits: 6 }, nodeHasher);

const solution = (transactionID: number, text: string, miner = 'ann'): Solution => ({
  kind: 'solution',
  clientID: id(miner),
  transactionID: at(transactionID),
  solution: text,
});

const block = (miner: string): Block => ({ ...opening, clientID: id(miner), solution: solved });

describe('a solution', () => {
  const open = { height: at(5), openings: [opening], proposed: null };

  it('that is valid for the open challenge wins', () => {
    expect(judge(solution(5, solved), open, nodeHasher)).toEqual({
      kind: 'win',
      block: block('ann'),
    });
  });

  it('wins for a challenge that was made easier meanwhile, too, as it was before', () => {
    const easier = { ...opening, time: (opening.time + 1) as UnixMs, challenge: 5 };
    const desk = { ...open, openings: [easier, opening] };
    const won = judge(solution(5, solved), desk, nodeHasher);
    expect(won).toMatchObject({ kind: 'win', block: { challenge: 6 } });
  });

  it('of somebody else is worth nothing under another name', () => {
    const verdict = judge(solution(5, solved, 'mallory'), open, nodeHasher);
    expect(verdict).toEqual({ kind: 'refuse', reason: 'invalid' });
  });

  it.each([
    ['for a block that is sealed is late', solution(4, solved), open, 'late'],
    ['for a block that is far off is unknown', solution(6, solved), open, 'unknown-transaction'],
    ['without the zero bits is invalid', solution(5, 'ff'), open, 'invalid'],
    [
      'between two challenges finds nothing open',
      solution(5, solved),
      { ...open, openings: [] },
      'not-open',
    ],
    ['behind a proposal is late', solution(5, solved), { ...open, proposed: block('bob') }, 'late'],
  ] as const)('%s', (_, given, desk, reason) => {
    expect(judge(given, desk, nodeHasher)).toEqual({ kind: 'refuse', reason });
  });

  it('that is proposed already is known', () => {
    const desk = { ...open, proposed: block('ann') };
    expect(judge(solution(5, solved), desk, nodeHasher)).toEqual({ kind: 'known' });
  });
});

describe('a new controller', () => {
  const vote = (height: number, accepted?: [term: number, miner: string, height: number]): Vote =>
    ({
      transactionID: at(height),
      ...(accepted && {
        accepted: {
          term: accepted[0] as Term,
          block: { ...block(accepted[1]), transactionID: at(accepted[2]) },
        },
      }),
    }) as Vote;

  it('first reaches the highest height of its voters, which in a founding is 0', () => {
    expect(heightToReach([vote(3), vote(5), vote(4)])).toBe(5);
    expect(heightToReach([vote(-1), vote(-1)])).toBe(0);
  });

  it('proposes what was accepted at its height in the highest term, and nothing lower', () => {
    const votes = [vote(5, [2, 'ann', 5]), vote(5, [3, 'bob', 5]), vote(4, [9, 'cat', 4])];
    expect(blockToPropose(votes, at(5))?.clientID).toBe('bob');
    expect(blockToPropose(votes.slice(2), at(5))).toBeNull();
  });
});

it('votes that claim more blocks than are shown make room for others', () => {
  const vote = (voter: string, height: number): Vote =>
    ({ clientID: id(voter), transactionID: at(height) }) as Vote;
  const mandate = [vote('ann', 5), vote('liar', 2 ** 50), vote('bob', 4)];
  const names = (votes: readonly Vote[]): readonly string[] =>
    votes.map(({ clientID }) => clientID);
  const within = votesWithin(mandate, [vote('cat', 3), vote('dan', 5), vote('bob', 4)], at(5));
  expect(names(within)).toEqual([id('ann'), id('bob'), id('cat')]);
  expect(heightToReach(within)).toBe(5);
  expect(names(votesWithin(mandate, [], at(5)))).toEqual([id('ann'), id('bob'), id('liar')]);
});

it('a controller counts itself, and the members that named it lately', () => {
  const named = {
    [id('bob')]: 90 as Instant,
    [id('cat')]: 10 as Instant,
    [id('eve')]: 99 as Instant,
  };
  const roster = rosterOf('ann,bob,cat,dan');
  const quorum = countQuorum(named as Record<ClientID, Instant>, roster, id('ann'), 50 as Instant);
  expect(quorum).toEqual({ present: 2, needed: 3, of: 4 });
});
