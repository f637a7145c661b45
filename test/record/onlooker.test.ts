/** Whatever a broker brings, somebody who looks on goes on looking, and shows one line of it. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { boardOf } from '../../src/cli/watch-board.ts';
import { labBoardOf } from '../../src/cli/watch-lab-board.ts';
import { jsonOf, lineOf } from '../../src/cli/watch-lines.ts';
import type { Verifier } from '../../src/domain/crypto.ts';
import type { Enveloped, Heartbeat, Member, Presence, Vote } from '../../src/domain/message.ts';
import { type Term, UNFOUNDED, type UnixMs, type VoteID } from '../../src/domain/names.ts';
import { makeRoster } from '../../src/domain/roster.ts';
import { DIALECTS } from '../../src/lab/dialect.ts';
import { nodeHasher } from '../../src/node/crypto.ts';
import { LabOnlooker } from '../../src/record/lab-onlooker.ts';
import { OurOnlooker } from '../../src/record/onlooker.ts';
import type { Recorded } from '../../src/record/recording.ts';
import { hearLab } from '../../src/record/referee/lab-witness.ts';
import { Referee } from '../../src/record/referee/referee.ts';
import { toyIdentity, toySignature, toySigner, toyVerifier } from '../../src/sim/toy-crypto.ts';
import { World } from '../../src/sim/world.ts';
import { payloadOf, signatureInput } from '../../src/wire/envelope.ts';
import { presenceTopicOf, topicOf } from '../../src/wire/topics.ts';
import { Ear } from './scene.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

const open = (): OurOnlooker =>
  new OurOnlooker({ prefix: 'sd', hasher: nodeHasher, verifier: toyVerifier() });

/** What an honest network says in a minute. */
function honest(): readonly Recorded[] {
  const world = new World({ seed: 3, hasher: nodeHasher, settings: { peers: 3 } });
  const ear = new Ear(world);
  for (let count = 0; count < 4; count += 1) world.start();
  world.run(60_000);
  return ear.recording;
}

const recording = honest();
const keys = new Map(
  recording.flatMap(({ payload }) => {
    const { ClientID, PublicKey } = JSON.parse(decoder.decode(payload));
    return PublicKey === undefined ? [] : [[ClientID, PublicKey] as const];
  }),
);

/** The same message with another value somewhere, signed by its sender all the same. */
function changed({ topic, payload, ...rest }: Recorded, at: number, value: unknown): Recorded {
  const { Signature: _, ...fields } = JSON.parse(decoder.decode(payload));
  const names = Object.keys(fields);
  const name = names[at % names.length] ?? 'ClientID';
  const text = JSON.stringify({ ...fields, [name]: value });
  const publicKey = keys.get(fields.ControllerID) ?? keys.get(fields.ClientID);
  const signature = toySignature(publicKey, signatureInput(topic, text));
  const signed = `${text.slice(0, -1)},"Signature":"${signature}"}`;
  return { ...rest, topic, payload: encoder.encode(signed) };
}

const anything = fc.oneof(
  fc.constantFrom(null, true, -1, 0, 2 ** 53, '', '__proto__', [], {}, '\u001b[2J'),
  fc.integer({ min: 0, max: 100 }),
  fc.string(),
);

test('liars who sign what they say confuse nobody who looks on', () => {
  const onlooker = open();
  for (const recorded of recording) onlooker.hear(recorded);
  const at = recording.at(-1)?.time ?? (0 as UnixMs);
  fc.assert(
    fc.property(fc.nat(), fc.nat(), anything, (which, field, value) => {
      const message = recording[which % recording.length];
      if (message === undefined) return;
      const sighting = onlooker.hear(changed(message, field, value));
      expect(lineOf(sighting, false).text).not.toBe('');
      expect(JSON.parse(jsonOf(sighting))).toMatchObject({ event: 'message' });
      boardOf(onlooker.picture, at);
    }),
    { numRuns: 400 },
  );
  expect(onlooker.picture.heard).toBeGreaterThanOrEqual(recording.length + 400);
});

test('garbage on any topic is a line with a verdict, in any dialect', () => {
  const onlookers = [
    open(),
    new LabOnlooker({ prefix: 'sd', dialect: 'ufes', seats: 3 }),
    new LabOnlooker({ prefix: 'sd', dialect: 'statement', seats: 3 }),
  ];
  const topics = ['init', 'voting', 'election', 'challenge', 'solution', 'result', 'peer/x', 'odd'];
  const names = fc.constantFrom(0, 7, 'a', '__proto__', 'constructor', null);
  const fields = fc.record({
    ClientID: names,
    VoteID: names,
    TransactionID: fc.constantFrom(0, '1', -1, 2 ** 53),
    Challenge: fc.constantFrom(1, 25, 1e9, '2'),
    Solution: fc.constantFrom('x', 1, {}),
    Result: fc.constantFrom(0, 1, 2, true),
    State: fc.constantFrom('lost', 'gone'),
  });
  const payload = fc.oneof(
    fields.map((it) => encoder.encode(JSON.stringify(it))),
    fc.json().map((it) => encoder.encode(it)),
    fc.uint8Array({ maxLength: 50 }),
  );
  fc.assert(
    fc.property(fc.constantFrom(...topics), payload, fc.boolean(), (topic, bytes, retained) => {
      const time = 1_000 as UnixMs;
      const recorded: Recorded = { time, topic: `sd/${topic}`, payload: bytes, qos: 1, retained };
      for (const onlooker of onlookers) {
        const isLab = onlooker instanceof LabOnlooker;
        const sighting = onlooker.hear(recorded);
        expect(lineOf(sighting, isLab).text).not.toBe('');
        expect(jsonOf(sighting)).not.toContain('\n');
        if (isLab) labBoardOf(onlooker.picture, time);
      }
      expect(Object.keys(Object.prototype)).toEqual([]);
    }),
    { numRuns: 300 },
  );
  const [, ufes] = onlookers;
  expect(ufes?.picture.heard).toBeGreaterThanOrEqual(300);
});

test('a flood of new names fills no memory, and members stay', () => {
  const onlooker = open();
  for (const recorded of recording) onlooker.hear(recorded);
  const members = onlooker.picture.roster?.members.map(({ clientID }) => clientID) ?? [];
  expect(members).toHaveLength(3);
  const [first] = recording;
  if (first === undefined) throw new Error('Somebody was heard.');
  const world = new World({ seed: 99, hasher: nodeHasher });
  for (let count = 0; count < 1_200; count += 1) {
    const { clientID, publicKey } = world.identity();
    keys.set(clientID, publicKey);
    const about = changed(recording[1] ?? first, 0, clientID);
    const fields = { ...JSON.parse(decoder.decode(about.payload)), PublicKey: publicKey };
    const text = encoder.encode(JSON.stringify(fields));
    const time = (first.time + 100_000 + count * 10) as UnixMs;
    onlooker.hear(changed({ ...about, time, payload: text, topic: 'sd/init' }, 0, clientID));
  }
  const known = Object.keys(onlooker.picture.peers);
  expect(known.length).toBeGreaterThan(400);
  expect(known.length).toBeLessThanOrEqual(501);
  expect(members.every((member) => known.includes(member))).toBe(true);
});

test('an empty payload clears a topic and is no fault, in any dialect, to an onlooker', () => {
  const time = 1_000 as UnixMs;
  const referee = new Referee({ prefix: 'sd', hasher: nodeHasher, verifier: toyVerifier() });
  const [first] = recording;
  const from = JSON.parse(decoder.decode(first?.payload)).ClientID;
  const onlookers = [
    open(),
    new LabOnlooker({ prefix: 'sd', dialect: 'ufes', seats: 3 }),
    new LabOnlooker({ prefix: 'sd', dialect: 'statement', seats: 3 }),
  ];
  for (const topic of ['sd/init', 'sd/controller', 'sd/transaction', `sd/peer/${from}`]) {
    const cleared: Recorded = { time, topic, payload: new Uint8Array(), qos: 1, retained: false };
    for (const onlooker of onlookers) {
      const sighting = onlooker.hear(cleared);
      expect(sighting.fault).toBeNull();
      expect(lineOf(sighting, onlooker instanceof LabOnlooker).text).toBe(`${topic} is cleared`);
      expect(JSON.parse(jsonOf(sighting))).toMatchObject({ verdict: 'ok', bytes: 0 });
    }
    expect(referee.hear(cleared)).toEqual([]);
  }
  expect(referee.end()).toEqual([]);
  const init: Recorded = {
    time,
    topic: 'sd/init',
    payload: new Uint8Array(),
    qos: 1,
    retained: true,
  };
  expect(hearLab(DIALECTS.ufes, 'sd', init)).toEqual({ kind: 'foreign' });
});

const said: Omit<Presence, keyof Member | 'kind'> = {
  ...{ incarnation: 1, peers: 3, known: 1, roster: null, network: null },
  rules: 'peers=3 difficulty=fixed:4',
  state: 'lost',
};

test('presences of thousands that are gone cost no checks; one that speaks is known', () => {
  let checks = 0;
  const { verify, ...others } = toyVerifier();
  const counting: Verifier = {
    ...others,
    verify: (...claim) => {
      checks += 1;
      return verify(...claim);
    },
  };
  const onlooker = new OurOnlooker({ prefix: 'sd', hasher: nodeHasher, verifier: counting });
  const kept = (self: Member): Recorded => {
    const topic = presenceTopicOf('sd', self.clientID);
    const presence: Presence = { kind: 'presence', ...self, ...said };
    const payload = encoder.encode(payloadOf(presence, topic, toySigner(self.publicKey)));
    return { time: 1_000 as UnixMs, topic, payload, qos: 1, retained: true };
  };
  const gone = Array.from({ length: 3_000 }, (_, count) =>
    toyIdentity(nodeHasher.sha256(`gone ${count}`), nodeHasher),
  );
  for (const self of gone) {
    const sighting = onlooker.hear(kept(self));
    expect(sighting.fault).toBeNull();
    expect(lineOf(sighting, false).text).not.toBe('');
  }
  expect(checks).toBeLessThanOrEqual(200);
  const last = gone.at(-1);
  if (last === undefined) throw new Error('There are some.');
  const { clientID } = last;
  const network = null;
  const [beat, term, hashRate, incarnation] = [1, 0 as Term, 0, 1];
  const heartbeat: Heartbeat = {
    ...{ kind: 'heartbeat', clientID, incarnation, beat, term, controllerID: null },
    ...{ transactionID: UNFOUNDED, network, state: 'ready', hashRate },
  };
  const payload = encoder.encode(payloadOf(heartbeat, 'sd/heartbeat', toySigner(last.publicKey)));
  const time = 2_000 as UnixMs;
  const heard = onlooker.hear({ time, topic: 'sd/heartbeat', payload, qos: 0, retained: false });
  expect(heard).toMatchObject({ from: clientID, fault: null, message: { kind: 'heartbeat' } });
});

test('what a broker has kept of the dead is no network, and accuses none that lives', () => {
  const self = toyIdentity(nodeHasher.sha256('gone'), nodeHasher);
  const rules = 'peers=1 difficulty=fixed:40';
  const network = makeRoster([self], rules, nodeHasher).digest;
  const { clientID } = self;
  const about = { incarnation: 1, peers: 1, known: 1, roster: network, network, rules };
  const term = 90 as Term;
  const vote: Vote = {
    ...{ kind: 'vote', clientID, term, voteID: 'f'.repeat(16) as VoteID, controllerID: clientID },
    ...{ draw: network, drawn: '8', roster: network, transactionID: UNFOUNDED },
  };
  const votes = [payloadOf(vote, 'sd/voting', toySigner(self.publicKey))];
  const words: readonly Enveloped[] = [
    { kind: 'presence', ...self, ...about, state: 'ready' },
    { kind: 'mandate', clientID, term, votes, members: [self] },
    {
      ...{ kind: 'heartbeat', clientID, incarnation: 1, beat: 1, term, controllerID: clientID },
      ...{ transactionID: UNFOUNDED, network, state: 'ready', hashRate: 0 },
    },
  ];
  const [first] = recording;
  if (first === undefined) throw new Error('There is a recording.');
  // As for a viewer that comes later: of the network it has missed the mandate.
  const living = recording.filter(({ topic }) => topic !== 'sd/controller');
  const alone = open();
  const beset = open();
  for (const message of words) {
    const topic = topicOf('sd', message);
    const payload = encoder.encode(payloadOf(message, topic, toySigner(self.publicKey)));
    beset.hear({ ...first, topic, payload, retained: true });
  }
  for (const recorded of living) for (const onlooker of [alone, beset]) onlooker.hear(recorded);
  const shown = ({ picture }: OurOnlooker) => ({
    rules: picture.rules,
    network: picture.network,
    controller: picture.controller?.clientID,
    isAlive: picture.controller?.isAlive,
    refused: picture.refusals['other-rules']?.count ?? picture.refusals['other-network']?.count,
  });
  expect(shown(alone).isAlive).toBe(true);
  expect(shown(beset)).toEqual(shown(alone));
});
