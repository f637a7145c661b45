import { expect, it } from 'vitest';
import { type Party, presenceNameOf, Rights } from '../../broker/rights.ts';

const NAME = '0e9a2f3c-1b2d-8c3e-9f40-5a6b7c8d9e0f';
const OTHER = '1e9a2f3c-1b2d-8c3e-9f40-5a6b7c8d9e0f';
const PRESENCE = `sd/peer/${NAME}`;

function party(user: string | null, more: Partial<Party> = {}): Party {
  return {
    user,
    role: 'peer',
    clientId: `sortition-${NAME}-0a1b2c3d`,
    network: '127.0.0.1',
    ...more,
  };
}

const says = (topic: string, more = {}): { topic: string; retain: boolean; payload: Buffer } => ({
  topic,
  retain: true,
  payload: Buffer.from('x'),
  ...more,
});

function open(setters: Readonly<Record<string, string>> = {}): Rights {
  return new Rights((topic) => setters[topic] ?? null);
}

it.each([
  [PRESENCE, NAME],
  [`a/b/peer/${NAME.toUpperCase()}`, NAME.toUpperCase()],
  ['sd/group7/peer/65535', '65535'],
  [`peer/${NAME}`, null],
  [`${PRESENCE}/`, null],
  [`${PRESENCE}/x`, null],
  ['home/peer/kitchen', null],
  [`sd/sync/${NAME}`, null],
  ['sd/init', null],
])('%s is the presence of %s', (topic, name) => {
  expect(presenceNameOf(topic)).toBe(name);
});

it('a viewer may publish nothing', () => {
  const viewer = party('eve', { role: 'viewer' });
  const topics = [PRESENCE, 'sd/init', 'elsewhere'];
  for (const topic of topics) {
    expect(open().objectionTo(viewer, says(topic, { retain: false }))?.kind).toBe('viewer');
  }
});

it.each([
  [`sortition-${NAME}-0a1b2c3d`, null],
  [`sortition-${NAME}`, null],
  [NAME, null],
  [`${NAME}-1`, null],
  [`sortition-${NAME}0`, 'not-its-name'],
  [`sortition-${OTHER}-${NAME}`, 'not-its-name'],
  [`x${NAME}`, 'not-its-name'],
  ['sortition-voice-00', 'not-its-name'],
])('with the MQTT client id %s the answer for the presence is %s', (clientId, kind) => {
  const objection = open().objectionTo(party('ann', { clientId }), says(PRESENCE));
  expect(objection?.kind ?? null).toBe(kind);
});

it('a presence stays that of the user who claimed it, retained or not', () => {
  const rights = open();
  expect(rights.objectionTo(party('ann'), says(PRESENCE, { retain: false }))).toBeNull();
  for (const retain of [true, false]) {
    expect(rights.objectionTo(party('bob'), says(PRESENCE, { retain }))?.kind).toBe('others');
  }
  const empty = says(PRESENCE, { payload: Buffer.alloc(0) });
  expect(rights.objectionTo(party('bob'), empty)?.kind).toBe('others');
  expect(rights.objectionTo(party('ann'), empty)).toBeNull();
  expect(rights.objectionTo(party('bob'), says(PRESENCE))?.kind).toBe('others');
  // Under another prefix it is another peer.
  expect(rights.objectionTo(party('bob'), says(`lab/peer/${NAME}`))).toBeNull();
});

it('what another user had retained may be replaced, and not cleared', () => {
  const rights = open({ 'sd/controller': 'ann' });
  const empty = says('sd/controller', { payload: Buffer.alloc(0) });
  expect(rights.objectionTo(party('bob'), says('sd/controller'))).toBeNull();
  expect(rights.objectionTo(party('bob'), empty)?.kind).toBe('others');
  expect(rights.objectionTo(party('bob'), { ...empty, retain: false })).toBeNull();
  expect(rights.objectionTo(party('ann'), empty)).toBeNull();
  expect(rights.objectionTo(party('bob'), { ...empty, topic: 'sd/nothing' })).toBeNull();
});

it('without users anybody may publish anything', () => {
  const rights = open();
  const stranger = party(null, { clientId: 'mqttjs_1' });
  const empty = says(PRESENCE, { payload: Buffer.alloc(0) });
  for (const words of [says(PRESENCE), empty, says('sd/controller')]) {
    expect(rights.objectionTo(party(null), words)).toBeNull();
    expect(rights.objectionTo(stranger, words)).toBeNull();
  }
});

it('of a user that speaks for too many peers, its own oldest claims are forgotten', () => {
  const rights = open();
  rights.objectionTo(party('ann'), says(PRESENCE));
  const topics = Array.from({ length: 5_001 }, (_, index) => `p${index}/peer/${NAME}`);
  for (const topic of topics) expect(rights.objectionTo(party('bob'), says(topic))).toBeNull();
  expect(rights.objectionTo(party('bob'), says(PRESENCE))?.kind).toBe('others');
  expect(rights.objectionTo(party('ann'), says(`p1/peer/${NAME}`))?.kind).toBe('others');
  expect(rights.objectionTo(party('ann'), says(`p0/peer/${NAME}`))).toBeNull();
});
