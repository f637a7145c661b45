import { expect, it } from 'vitest';
import type { EnvelopedKind } from '../../src/domain/message.ts';
import type { ClientID } from '../../src/domain/names.ts';
import { toWire } from '../../src/wire/fields.ts';
import { readMessage } from '../../src/wire/schema.ts';
import { GENESIS_KEY } from '../course-keys.ts';
import { actor, foundingOf, KINDS, samplesBy } from './samples.ts';

const ann = actor();
const samples = samplesBy(ann);
const id = ann.member.clientID;

type Wire = Readonly<Record<string, unknown>>;

/** What is wrong with the sample of a kind once some of its fields are others. */
function problemOf(kind: EnvelopedKind, over: Wire): string {
  const reading = readMessage(kind, id, { ...toWire(samples[kind]), ...over });
  if (reading.ok) return 'nothing';
  const { refusal } = reading;
  return refusal.code === 'malformed' ? `${refusal.field} ${refusal.problem}` : refusal.code;
}

/** The sample block of results, proposals and so on, with some other fields. */
function block(over: Wire): Wire {
  const { Block } = toWire(samples.proposal);
  return { ...(Block as Wire), ...over };
}

it.each(KINDS)('every field of %s is asked for, save those that may be absent', (kind) => {
  for (const name of Object.keys(toWire(samples[kind]))) {
    const optional =
      ['Accepted', 'Reward'].includes(name) ||
      (name === 'Members' && kind === 'commitment') ||
      (name === 'PublicKey' && ['commitment', 'solution', 'quest'].includes(kind));
    const { [name]: _, ...others } = toWire(samples[kind]);
    const reading = readMessage(kind, id, others);
    if (optional) {
      expect(reading.ok && Object.keys(reading.message)).not.toContain(name.toLowerCase());
      continue;
    }
    expect(reading).toEqual({
      ok: false,
      refusal: { code: 'malformed', field: name, problem: 'is missing' },
    });
  }
});

it.each(KINDS)('fields of %s that nobody knows are left out', (kind) => {
  const strange = JSON.parse(
    '{"New":1,"__proto__":{"Term":1},"clientID":"x","Kind":"vote","to":1}',
  );
  const reading = readMessage(kind, id, { ...toWire(samples[kind]), ...strange });
  expect(reading).toStrictEqual({ ok: true, message: samples[kind] });
});

it.each(KINDS)('no value of a wrong type passes in any field of %s', (kind) => {
  for (const name of Object.keys(toWire(samples[kind]))) {
    for (const wrong of [
      true,
      [],
      {},
      '',
      Number.NaN,
      Number.POSITIVE_INFINITY,
      -2,
      1.5,
      2 ** 53,
      null,
    ]) {
      expect([name, wrong, problemOf(kind, { [name]: wrong }) === 'nothing']).toEqual([
        name,
        wrong,
        isFine(kind, name, wrong),
      ]);
    }
  }
});

/** Whether a value that is wrong in most fields is right in this one. */
function isFine(kind: EnvelopedKind, name: string, value: unknown): boolean {
  const nullable: Readonly<Partial<Record<EnvelopedKind, readonly string[]>>> = {
    introduction: ['Roster', 'Network'],
    presence: ['Roster', 'Network'],
    heartbeat: ['Network', 'ControllerID'],
    report: ['Found'],
    outcome: ['Found', 'Reason'],
  };
  if (value === null) return nullable[kind]?.includes(name) ?? false;
  if (value === '') return name === 'Rules' || name === 'Prefix';
  if (Array.isArray(value))
    return (kind === 'answer' && name !== 'ClientID') || name === 'Ranges' || name === 'Near';
  const isRate = name === 'HashRate' || name === 'Rate';
  return isRate && typeof value === 'number' && value >= 0 && value < 1e300;
}

it('a missing ClientID and one of another form are told apart', () => {
  expect(problemOf('request', { ClientID: undefined })).toBe('ClientID is missing');
  expect(problemOf('request', { ClientID: id.toUpperCase() })).toBe(
    'ClientID must be a UUID of version 8 in lower case',
  );
});

const REWARD = 'must be 64 lower-case hex digits, or the 182 of a key on P-256';

it.each<[string, EnvelopedKind, Wire]>([
  ['From must be a whole number from -1 on', 'request', { From: -2 }],
  ['Incarnation must be a whole number from 0 on', 'request', { Incarnation: '7' }],
  ['Number must be a whole number from 0 on', 'request', { Number: -1 }],
  ['TransactionID must be a whole number from -1 on', 'vote', { TransactionID: -2 }],
  ['TransactionID must be a whole number from 0 on', 'acknowledgement', { TransactionID: -1 }],
  ['Term must be a whole number from 0 on', 'reveal', { Term: '3' }],
  ['Peers must be a whole number from 1 to 100', 'introduction', { Peers: 101 }],
  ['Challenge must be a whole number from 1 to 60', 'challenge', { Challenge: 61 }],
  ['Challenge must be a whole number from 1 to 60', 'challenge', { Challenge: 0 }],
  ['Algorithm must be "sha256"', 'challenge', { Algorithm: 'sha1' }],
  ['Solution must be 1 to 80 lower-case hex digits', 'solution', { Solution: 'a'.repeat(81) }],
  ['Solution must be 1 to 80 lower-case hex digits', 'solution', { Solution: 'FF' }],
  [`Reward ${REWARD}`, 'solution', { Reward: 'a'.repeat(63) }],
  [`Reward ${REWARD}`, 'solution', { Reward: 'A'.repeat(64) }],
  [`Reward ${REWARD}`, 'solution', { Reward: GENESIS_KEY.replace(/e$/, 'f') }],
  [`Reward ${REWARD}`, 'solution', { Reward: null }],
  [`Block.Reward ${REWARD}`, 'proposal', { Block: block({ Reward: `${GENESIS_KEY}00` }) }],
  ['Solution must be 1 to 80 lower-case hex digits', 'solution', { Solution: 'f\n' }],
  ['Rules must be at most 200 printable ASCII characters', 'presence', { Rules: 'é' }],
  ['Rules must be at most 200 printable ASCII characters', 'presence', { Rules: ' '.repeat(201) }],
  ['Rules must be at most 200 printable ASCII characters', 'presence', { Rules: 'a\nb' }],
  ['State must be "ready" or "lost" or "disconnected"', 'presence', { State: 'leaving' }],
  ['State must be "ready" or "leaving"', 'heartbeat', { State: 'lost' }],
  ['HashRate must be a number from 0 on', 'heartbeat', { HashRate: -0.1 }],
  ['Answers must be a list of 1 to 100', 'heartbeat', { Answers: [] }],
  ['Answers[0].Incarnation is missing', 'heartbeat', { Answers: [{ ClientID: id }] }],
  ['Beat must be a whole number from 0 on', 'challenge', { Beat: -1 }],
  ['Result must be 0 or 1', 'result', { Result: 2 }],
  ['Result must be 0 or 1', 'result', { Result: '1' }],
  ['Reason is missing', 'result', { Result: 0 }],
  ['Block.Parent must be 64 lower-case hex digits', 'proposal', { Block: block({ Parent: 'a' }) }],
  ['Block.TransactionID is missing', 'proposal', { Block: block({ TransactionID: undefined }) }],
  ['Block must be an object', 'proposal', { Block: [] }],
  ['Accepted.Block must be an object', 'vote', { Accepted: { Term: 1, Block: 7 } }],
  ['Accepted must be an object', 'vote', { Accepted: null }],
  [
    'Accepted must be of an earlier term than the vote',
    'vote',
    { Term: 2, Accepted: { Term: 2, Block: block({}) } },
  ],
  ['Votes must be a list of 1 to 100', 'mandate', { Votes: Array(101).fill('x') }],
  ['Votes[1] must be a text of at most 4096 characters', 'mandate', { Votes: ['x', 7] }],
  ['Votes[0] must be a text of at most 4096 characters', 'mandate', { Votes: ['x'.repeat(4097)] }],
  ['Votes[0] must be well-formed Unicode', 'mandate', { Votes: ['\ud800'] }],
  ['Members[0].PublicKey is missing', 'mandate', { Members: [{ ClientID: id }] }],
  ['Blocks must be a list of 0 to 500', 'answer', { Blocks: Array(501).fill(block({})) }],
  ['Seals[0] must be a list of 1 to 100', 'answer', { Seals: [[]] }],
  ['Prefix must be a text of at most 4096 characters', 'quest', { Prefix: 'x'.repeat(4097) }],
  ['Bits must be a whole number from 1 to 60', 'quest', { Bits: 0 }],
  ['To must be a whole number from 0 to 4503599627370496', 'quest', { To: 2 ** 52 + 1 }],
  ['Algorithm must be "sha256" or "sha256d" or "sha1"', 'quest', { Algorithm: 'md5' }],
  ['Quest.Algorithm is missing', 'lease', { Quest: {} }],
  ['Ranges must be a list of 0 to 8', 'lease', { Ranges: Array(9).fill({ From: 0, To: 1 }) }],
  ['Expiry must be a whole number from 1 to 86400000', 'lease', { Expiry: 0 }],
  ['Near must be a list of 0 to 128', 'report', { Near: Array(129).fill(1) }],
  ['Near[1] must be a whole number from 0 to 4503599627370496', 'report', { Near: [1, '2'] }],
  ['Name must be a whole number from 1 to 9999', 'introduction', { Name: 0 }],
  ['Name must be a whole number from 1 to 9999', 'presence', { Name: '7' }],
  ['Name must be a whole number from 1 to 9999', 'commitment', { Name: 10_000 }],
  ['Reason must be null beside a find', 'outcome', { Found: 1, Reason: 'range-empty' }],
])('says "%s"', (problem, kind, over) => {
  expect(problemOf(kind, over)).toBe(problem);
});

it('a roster names nobody twice', () => {
  const member = { ClientID: id, PublicKey: ann.member.publicKey };
  expect(problemOf('mandate', { Members: [member, member] })).toBe(
    'Members must name nobody twice',
  );
});

it.each<[string, Wire]>([
  ['ClientID', { ClientID: actor().member.clientID }],
  ['TransactionID', { TransactionID: 1 }],
  ['Solution', { Solution: '0' }],
])('an accepted result is about its block: another %s is refused', (_, over) => {
  expect(problemOf('result', over)).toBe(
    'Block must have the ClientID, TransactionID and Solution of the result',
  );
});

it('an answer brings blocks or the founding, and not both', () => {
  const founding = foundingOf([ann], id);
  const message = { kind: 'answer' as const, clientID: id, to: id, founding };
  expect(readMessage('answer', id, toWire(message))).toStrictEqual({ ok: true, message });
  const { Founding } = toWire(message);
  expect(problemOf('answer', { Founding })).toBe('Blocks must not stand beside Founding');
});

it('whom an answer is for comes from its topic, whatever its fields say', () => {
  const other = actor().member.clientID;
  const reading = readMessage('answer', other, { ...toWire(samples.answer), To: id });
  expect(reading.ok && reading.message.to).toBe(other satisfies ClientID);
});

it.each([null, [], 'text', 7, true])('%j is no message', (value) => {
  for (const kind of KINDS) expect(readMessage(kind, id, value).ok).toBe(false);
});

it('a list of first balances has keys in order, units, and nothing beside it', () => {
  const grant = (digit: string, Units: unknown = 50): Wire => ({ Key: digit.repeat(64), Units });
  const read = (Genesis: unknown, more: Wire = {}): string => {
    const reading = readMessage('answer', id, { ClientID: id, Genesis, ...more });
    if (reading.ok) return 'nothing';
    const { refusal } = reading;
    return refusal.code === 'malformed' ? `${refusal.field} ${refusal.problem}` : refusal.code;
  };
  expect(read([grant('1'), grant('2')])).toBe('nothing');
  expect(readMessage('answer', id, { ClientID: id, Genesis: [grant('1')] })).toStrictEqual({
    ok: true,
    message: {
      kind: 'answer',
      to: id,
      clientID: id,
      genesis: [{ key: '1'.repeat(64), units: 50 }],
    },
  });
  const key = 'must be a public key in lower-case hex digits';
  expect(read([grant('g')])).toBe(`Genesis[0].Key ${key}`);
  expect(read([grant('A')])).toBe(`Genesis[0].Key ${key}`);
  expect(read([{ Units: 1 }])).toBe('Genesis[0].Key is missing');
  expect(read([{ Key: 7, Units: 1 }])).toBe(`Genesis[0].Key ${key}`);
  const units = 'must be a whole number from 1 to 1000000000000000';
  for (const wrong of [0, -1, 1.5, '50', null, 1e15 + 1])
    expect(read([grant('1', wrong)])).toBe(`Genesis[0].Units ${units}`);
  expect(read([])).toBe('Genesis must be a list of 1 to 100');
  expect(read('1')).toBe('Genesis must be a list of 1 to 100');
  expect(read([grant('2'), grant('1')])).toBe('Genesis has not each key once, in their order');
  expect(read([grant('1'), grant('1')])).toBe('Genesis has not each key once, in their order');
  expect(read([grant('1', 1e15), grant('2', 1)])).toMatch(/^Genesis gives 1000000000000001 units/);
  expect(read([grant('1')], { Blocks: [] })).toBe('Blocks must not stand beside Genesis');
  const Founding = toWire({
    kind: 'answer',
    clientID: id,
    to: id,
    founding: foundingOf([ann], id),
  });
  expect(read([grant('1')], Founding)).toBe('Genesis must not stand beside Founding');
});

it('the longest list of first balances fits an answer with room to spare', () => {
  // Keys of 91 bytes are the longest that accounts have.
  const Genesis = Array.from({ length: 100 }, (_, index) => ({
    Key: String(100 + index).padEnd(182, '0'),
    Units: 1e13,
  }));
  expect(JSON.stringify({ ClientID: id, Genesis }).length).toBeLessThan(32 * 1024);
});
