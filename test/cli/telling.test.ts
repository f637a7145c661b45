/** What people and programs are told, and what they are spared. */

import { expect, test, vi } from 'vitest';
import { formatSaid } from '../../src/cli/json-teller.ts';
import { formatLine, printable } from '../../src/cli/line-format.ts';
import { Narrator } from '../../src/cli/narrator.ts';
import { remark } from '../../src/cli/remark.ts';
import { describeWork, isSearching } from '../../src/cli/status.ts';
import type {
  ClientID,
  Digest,
  QuestID,
  Term,
  TransactionID,
  UnixMs,
} from '../../src/domain/names.ts';
import type { Note } from '../../src/domain/note.ts';
import type { Refusal } from '../../src/domain/refusal.ts';

const ANN = '0a11aaaa-0000-8000-8000-000000000001' as ClientID;
const BOB = '0b0bbbbb-0000-8000-8000-000000000002' as ClientID;
const SELF = '05e1ffff-0000-8000-8000-000000000003' as ClientID;

const ZERO = 0 as TransactionID;
const challenge: Note = {
  kind: 'challenge',
  term: 1 as Term,
  transactionID: ZERO,
  bits: 22,
  expected: 2 ** 22,
  preimage: 'sortition:0:',
};
const progress: Note = {
  kind: 'progress',
  transactionID: ZERO,
  tried: 1_000_000,
  perSecond: 8_100_000,
  expected: 2 ** 22,
  elapsedMs: 500,
};

const idle = (reason: 'no-challenge' | 'solved' | 'governing'): Note => ({
  kind: 'idle',
  idle: { reason },
});

function refused(refusal: Refusal, count = 1): Note {
  return { kind: 'refused', code: refusal.code, count, from: ANN, refusal };
}

test('while peers are missing, whoever comes says what to do about it, once', () => {
  const narrator = new Narrator(10, false);
  const missing = (known: number): Note => ({
    kind: 'idle',
    idle: { reason: 'peers-missing', known, wanted: 10 },
  });
  expect(narrator.tell(missing(1), 0)?.text).toMatch(/^not mining: 1 of 10 .*start 9 more/);
  expect(narrator.tell({ kind: 'joined', peer: ANN, known: 7, wanted: 10 }, 1)?.text).toBe(
    '0a11aaaa is here (7 of 10; start 3 more, or give every peer --peers 7)',
  );
  expect(narrator.tell(missing(7), 1)).toBeNull();
  expect(narrator.tell({ kind: 'joined', peer: BOB, known: 10, wanted: 10 }, 2)?.text).toBe(
    '0b0bbbbb is here (10 of 10)',
  );
});

test('a network that stands needs no more peers', () => {
  const narrator = new Narrator(3, false);
  narrator.tell({ kind: 'founded', network: 'ff' as Digest, members: [ANN], isMember: true }, 0);
  const left: Note = { kind: 'left', peer: ANN, known: 2, wanted: 3 };
  expect(narrator.tell(left, 1)?.text).toBe('0a11aaaa is gone (2 of 3)');
});

test('progress is a line every 10 s where there is no status, and never where there is one', () => {
  const narrator = new Narrator(1, false);
  narrator.tell(challenge, 0);
  expect(narrator.tell(progress, 9_000)).toBeNull();
  expect(narrator.tell(progress, 10_000)?.text).toContain('8.1 MH/s');
  expect(narrator.tell(progress, 11_000)).toBeNull();
  expect(narrator.tell(progress, 20_000)).not.toBeNull();
  const live = new Narrator(1, true);
  expect(live.tell(progress, 100_000)).toBeNull();
  expect(describeWork(live.status, 1, 0)).toBe('not mining: nothing is known yet');
});

test('a pause between two challenges is no line, a longer one is', () => {
  const narrator = new Narrator(1, false);
  expect(narrator.tell(idle('solved'), 0)).toBeNull();
  expect(narrator.tell(idle('no-challenge'), 500)).toBeNull();
  expect(narrator.wait(2_000)).toBeNull();
  expect(narrator.wait(2_500)?.text).toBe('not mining: waiting for the next challenge');
  expect(narrator.wait(9_000)).toBeNull();
  narrator.tell(idle('solved'), 10_000);
  narrator.tell(challenge, 11_000);
  expect(narrator.wait(99_000)).toBeNull();
});

test('whoever catches up hears of the height, not of each block on the way', () => {
  const narrator = new Narrator(3, false);
  const result: Note = {
    kind: 'result',
    block: {
      transactionID: ZERO,
      parent: '00' as Digest,
      root: '00' as Digest,
      time: 0 as UnixMs,
      challenge: 8,
      clientID: ANN,
      solution: '00',
    },
    digest: '00' as Digest,
    preimage: '',
    transactions: 0,
    elapsedMs: 0,
    isOwn: false,
  };
  const behind = (of: number): Note => ({
    kind: 'idle',
    idle: { reason: 'behind', height: ZERO, of: of as TransactionID },
  });
  narrator.tell(behind(500), 0);
  expect(narrator.tell(result, 1)).toBeNull();
  const synced: Note = { kind: 'synced', from: ZERO, to: 500 as TransactionID };
  expect(narrator.tell(synced, 2)?.text).toBe('caught up from height 0 to 500');
  narrator.tell(behind(1), 3);
  expect(narrator.tell(result, 4)?.text).toMatch(/^result 0: 0a11aaaa wins/);
});

test('a long way to catch up is a bar on the screen, and a line now and then', () => {
  const syncing = (height: number, elapsedMs: number): Note => ({
    kind: 'syncing',
    from: 20_000 as TransactionID,
    height: height as TransactionID,
    of: 100_000 as TransactionID,
    elapsedMs,
  });
  const lines = new Narrator(3, false);
  expect(lines.tell(syncing(50_000, 5_000), 0)?.text).toBe(
    'catching up: 50000 of 100000 blocks, 6000 a second, about 0:09 to go',
  );
  expect(lines.tell(syncing(56_000, 6_000), 1_000)).toBeNull();
  expect(lines.tell(syncing(80_000, 10_000), 5_000)?.text).toContain('80000 of 100000');

  const screen = new Narrator(3, true);
  expect(screen.tell(syncing(50_000, 5_000), 0)).toBeNull();
  expect(describeWork(screen.status, 6, 0)).toBe(
    `catching up ${'█'.repeat(10)}${'░'.repeat(10)} 50 %, ` +
      '50000 of 100000 blocks, 6000 a second, about 0:09 to go',
  );
  const before: Note = { kind: 'syncing', from: ZERO, height: ZERO, of: ZERO, elapsedMs: 0 };
  expect(lines.tell(before, 99_000)?.text).toContain('0 of 0 blocks, 0 a second');
  const synced: Note = { kind: 'synced', from: ZERO, to: 100_000 as TransactionID };
  screen.tell(synced, 2);
  expect(describeWork(screen.status, 6, 2)).toBe('not mining: nothing is known yet');
});

test('a controller is told once that it does not mine, whatever challenges it opens', () => {
  const narrator = new Narrator(3, true);
  narrator.tell(idle('governing'), 0);
  narrator.tell(challenge, 1);
  expect(describeWork(narrator.status, 6, 2)).toBe('not mining: the controller does not mine');
});

test('people are spared the refusals that any busy network brings about', () => {
  const narrator = new Narrator(3, false);
  expect(narrator.tell(refused({ code: 'controller-is-well' }, 7), 0)).toBeNull();
  expect(
    narrator.tell(refused({ code: 'stale-term', term: 1 as Term, ours: 2 as Term }), 0),
  ).toBeNull();
});

test('refusals of one kind are a line every 10 s, with those in between', () => {
  const narrator = new Narrator(3, false);
  const rules = refused({ code: 'other-rules', theirs: 'peers=3', ours: 'peers=4' }, 2);
  expect(narrator.tell(rules, 0)?.text).toBe(
    'refused 2 messages of 0a11aaaa: other-rules (theirs are peers=3; ours are peers=4: ' +
      'give all peers the same options)',
  );
  expect(narrator.tell(rules, 1_000)).toBeNull();
  expect(narrator.tell(refused({ code: 'forged' }), 1_000)).not.toBeNull();
  expect(narrator.tell(rules, 10_000)?.text).toMatch(/^refused 4 messages/);
});

test('Rules that differ in a word that is no option name the option', () => {
  const narrator = new Narrator(3, false);
  const theirs = 'peers=3 election=lowest';
  const lowest = refused({ code: 'other-rules', theirs, ours: 'peers=3 election=present' });
  expect(narrator.tell(lowest, 0)?.text).toMatch(
    /options; election=present is --election lowest; election=lowest is --election incumbent\)$/,
  );
  const drawn = refused({ code: 'other-rules', theirs, ours: 'peers=3' });
  expect(narrator.tell(drawn, 10_000)?.text).toMatch(
    /same options; election=lowest is --election incumbent\)$/,
  );
  const same = refused({ code: 'other-rules', theirs, ours: 'peers=4 election=lowest' });
  expect(narrator.tell(same, 20_000)?.text).toMatch(/same options\)$/);
});

test('the status says how the search goes', () => {
  const narrator = new Narrator(3, true);
  narrator.tell(challenge, 1_000);
  expect(describeWork(narrator.status, 6, 1_500)).toBe(
    'mining challenge 0, 22 bits · about 4.2 M tries · 0.5 s',
  );
  narrator.tell(progress, 2_000);
  expect(describeWork(narrator.status, 6, 3_000)).toBe(
    'mining challenge 0, 22 bits · 8.1 MH/s · 1.0 M of about 4.2 M · 2.0 s',
  );
  expect(describeWork(narrator.status, 0, 3_000)).toMatch(/^not mining, as told: challenge 0/);
});

test('the status says which range of a quest is searched, and how far all are', () => {
  const quest = '5d962e54'.padEnd(64, '0') as QuestID;
  const lease: Note = { kind: 'lease', quest, from: 0, to: 100_000 };
  const covered: Note = {
    kind: 'covered',
    quest,
    by: ANN,
    from: 0,
    to: 100_000,
    found: null,
    near: 1,
    expected: 1,
    covered: 1_200_000,
    of: 2_000_000_000,
  };
  const narrator = new Narrator(3, true);
  narrator.tell(idle('no-challenge'), 0);
  narrator.tell(lease, 1_000);
  const work = 'searching nonces 0 to 99999 for quest 5d962e54';
  expect(describeWork(narrator.status, 6, 1_500)).toBe(`${work} · 0.5 s`);
  expect(isSearching(narrator.status, 6)).toBe(true);
  narrator.tell(covered, 2_000);
  narrator.tell({ ...lease, from: 100_000, to: 100_001 }, 2_000);
  expect(describeWork(narrator.status, 6, 3_000)).toBe(
    'searching nonce 100000 for quest 5d962e54 · 1.2 M of 2.0 G covered · 1.0 s',
  );
  narrator.tell({ kind: 'answered', quest, found: null, reason: null }, 3_000);
  narrator.tell(challenge, 4_000);
  expect(describeWork(narrator.status, 6, 4_000)).toMatch(/^mining challenge 0/);
  narrator.tell(lease, 5_000);
  narrator.tell(idle('solved'), 5_000);
  expect(isSearching(narrator.status, 6)).toBe(false);
});

test('a challenge that a new controller goes on with keeps its clock', () => {
  const narrator = new Narrator(3, true);
  narrator.tell(challenge, 1_000);
  narrator.tell({ ...challenge, term: 2 as Term }, 5_000);
  expect(narrator.status.challengedAt).toBe(1_000);
});

test('in JSON, peer is who writes and who is whom a line is about', () => {
  const line = formatSaid({ kind: 'joined', peer: ANN, known: 2, wanted: 3 }, SELF, 5);
  expect(line).toBe(
    `{"time":5,"peer":"${SELF}","kind":"joined","who":"${ANN}","known":2,"wanted":3}`,
  );
  expect(formatSaid({ kind: 'connected' }, SELF, 5)).toBe(
    `{"time":5,"peer":"${SELF}","kind":"connected"}`,
  );
});

const plain = { isColoured: false, columns: null };

test('a line begins with its time to the millisecond', () => {
  const line = formatLine({ text: 'leaving', tone: 'plain' }, 1_700_000_000_007, plain);
  expect(line).toMatch(/^\d\d:\d\d:\d\d\.007 leaving$/);
});

test('a line too long for its terminal goes on below, behind the time', () => {
  const text = 'one two three four five six seven';
  const lines = formatLine({ text, tone: 'plain' }, 0, { isColoured: false, columns: 33 });
  const [first = '', ...others] = lines.split('\n');
  expect(first.slice(13)).toBe('one two three four');
  expect(others).toEqual([`${' '.repeat(13)}five six seven`]);
});

test('colours are added where they are wanted', () => {
  const line = formatLine({ text: 'won', tone: 'good' }, 0, { isColoured: true, columns: null });
  expect(line).toContain('\u001b[32mwon');
});

test('what strangers write cannot steer a terminal', () => {
  expect(printable('\u001b[2Jtopic\u0007\u202e')).toBe('?[2Jtopic??');
});

test('nor can it where errors go', () => {
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  try {
    remark('No room in \u001b[2Jrun.ndjson.');
    expect(write.mock.calls).toEqual([['No room in ?[2Jrun.ndjson.\n']]);
  } finally {
    write.mockRestore();
  }
});
