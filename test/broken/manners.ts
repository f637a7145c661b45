/** Clients that speak badly: wrong types, forged names, too much, too little. */

import type { Enveloped, Heartbeat } from '../../src/domain/message.ts';
import type { ClientID, PublicKey } from '../../src/domain/names.ts';
import { nodeHasher } from '../../src/node/crypto.ts';
import { toyIdentity, toySigner } from '../../src/sim/toy-crypto.ts';
import { signatureInput } from '../../src/wire/envelope.ts';
import { toWire } from '../../src/wire/fields.ts';
import { DEFAULT_PREFIX, topicOf } from '../../src/wire/topics.ts';
import type { Broken } from './client.ts';
import { type Line, type Said, START, type Tape } from './tape.ts';

/** Everything has settled by then. */
const CALM = START + 20_000;

/** A member that never governs. */
const somebody = (tape: Tape): ClientID => {
  const controllers = new Set(tape.all('mandate').map(({ message }) => message.clientID));
  return tape.first('acknowledgement', ({ clientID }) => !controllers.has(clientID)).message
    .clientID;
};

const beatLineOf = (tape: Tape, who: ClientID): Said<'heartbeat'> =>
  tape.first('heartbeat', ({ clientID }, { time }) => clientID === who && time > CALM);

const beatOf = (tape: Tape, who: ClientID): Heartbeat => beatLineOf(tape, who).message;

function transactionOn(tape: Tape): Line {
  const found = tape.lines.find(({ topic }) => topic === 'sd/transaction');
  if (found === undefined) throw new Error('There is a transaction on the tape.');
  return found;
}

/** A message whose fields are changed before it is signed. */
function twist(
  tape: Tape,
  message: Enveloped,
  change: (fields: Readonly<Record<string, unknown>>) => object,
  topic = topicOf(DEFAULT_PREFIX, message),
): { readonly topic: string; readonly text: string } {
  const text = JSON.stringify(change(toWire(message)));
  const key = tape.keyOf(message.clientID) as PublicKey;
  const signature = toySigner(key).sign(signatureInput(topic, text));
  return { topic, text: `${text.slice(0, -1)},"Signature":"${signature}"}` };
}

/** Three heartbeats a millisecond, for almost a second. */
function flood(tape: Tape, textOf: (index: number) => string): Tape {
  const texts = Array.from({ length: 2_600 }, (_, index) => textOf(index));
  return tape.withTexts(
    'sd/heartbeat',
    texts.map((text, index) => [CALM + index / 3, text]),
  );
}

export const BROKEN_SPEAKERS: readonly Broken[] = [
  ...['no JSON at all', '[1,2,3]', 'null', '"text"', `${'['.repeat(20)}${']'.repeat(20)}`].map(
    (text): Broken => ({
      rule: 'R25',
      does: `says ${text.slice(0, 20)}`,
      play: (tape) => ({ tape: tape.withText(CALM, 'sd/voting', text), who: null }),
    }),
  ),
  {
    rule: 'R25',
    does: 'says 65 KiB at once',
    play: (tape) => {
      const text = JSON.stringify({ ClientID: 'x'.repeat(65 * 1024) });
      return { tape: tape.withText(CALM, 'sd/init', text), who: null };
    },
  },
  {
    rule: 'R26',
    does: 'sends strings for integers',
    play: (tape) => {
      const who = somebody(tape);
      const { message } = tape.first('acknowledgement', ({ clientID }) => clientID === who);
      const { topic, text } = twist(tape, message, (fields) => ({
        ...fields,
        TransactionID: String(fields['TransactionID']),
      }));
      return { tape: tape.withText(CALM, topic, text), who };
    },
  },
  {
    rule: 'R26',
    does: 'sends strings for integers in the name of somebody else',
    play: (tape) => {
      const text = tape.sign(beatOf(tape, somebody(tape))).replace(/"Beat":(\d+)/, '"Beat":"$1"');
      return { tape: tape.withText(CALM, 'sd/heartbeat', text), who: null };
    },
  },
  {
    rule: 'R26',
    does: 'sends strings for integers from its first word on',
    play: (tape) => {
      const { publicKey, clientID: who } = toyIdentity('ab'.repeat(32), nodeHasher);
      const { message } = tape.first('introduction');
      const topic = 'sd/init';
      const fields = { ...toWire({ ...message, clientID: who, publicKey }), Peers: '5' };
      const text = JSON.stringify(fields);
      const signature = toySigner(publicKey).sign(signatureInput(topic, text));
      const said = `${text.slice(0, -1)},"Signature":"${signature}"}`;
      return { tape: tape.withText(CALM, topic, said), who };
    },
  },
  {
    rule: 'R26',
    does: 'leaves a field out',
    play: (tape) => {
      const who = somebody(tape);
      const { topic, text } = twist(tape, beatOf(tape, who), ({ Term: _, ...rest }) => rest);
      return { tape: tape.withText(CALM, topic, text), who };
    },
  },
  {
    rule: 'R27',
    does: 'adds a field of its own',
    play: (tape) => {
      const who = somebody(tape);
      const beat = { ...beatOf(tape, who), beat: 1_000_000 };
      const { topic, text } = twist(tape, beat, (fields) => ({ ...fields, Mood: 'good' }));
      return { tape: tape.withText(CALM, topic, text), who };
    },
  },
  {
    rule: 'R28',
    does: 'speaks on a topic that nobody knows',
    play: (tape) => ({ tape: tape.withText(CALM, 'sd/gossip', '{}'), who: null }),
  },
  {
    rule: 'R28',
    does: "says its presence on somebody else's topic",
    play: (tape) => {
      const who = somebody(tape);
      const { message } = tape.first('presence', ({ clientID }) => clientID === who);
      const other = tape.first('presence', ({ clientID }) => clientID !== who).topic;
      const { text } = twist(tape, message, (fields) => fields, other);
      return { tape: tape.withText(CALM, other, text), who };
    },
  },
  {
    rule: 'R29',
    does: 'gives another key for its name',
    play: (tape) => {
      const who = somebody(tape);
      const { message, time } = tape.first(
        'introduction',
        ({ clientID }, line) => clientID === who && line.time > CALM,
      );
      const other = tape.first('introduction', ({ clientID }) => clientID !== who).message;
      return { tape: tape.with(time + 1, { ...message, publicKey: other.publicKey }), who };
    },
  },
  {
    rule: 'R30',
    does: 'is forged by somebody else',
    play: (tape) => {
      const who = somebody(tape);
      const beat = { ...beatOf(tape, who), beat: 1_000_000 };
      const text = tape.sign(beat).replace(/"Signature":"..../, '"Signature":"0000');
      return { tape: tape.withText(CALM, 'sd/heartbeat', text), who };
    },
  },
  {
    rule: 'R30',
    does: 'is forged by a flood',
    play: (tape) => {
      const who = somebody(tape);
      const beat = beatOf(tape, who);
      const forge = (beats: number): string =>
        tape.sign({ ...beat, beat: beats }).replace(/"Signature":"..../, '"Signature":"0000');
      return { tape: flood(tape, (index) => forge(1_000 + index)), who };
    },
  },
  {
    rule: 'R31',
    does: 'runs twice under one name',
    play: (tape) => {
      const who = somebody(tape);
      const { message, time } = beatLineOf(tape, who);
      return { tape: tape.with(time + 100, { ...message, hashRate: 1 }), who };
    },
  },
  {
    rule: 'R31',
    does: 'goes on with a connection that it has replaced',
    play: (tape) => {
      const who = somebody(tape);
      const { message } = tape.first('introduction', ({ clientID }) => clientID === who);
      const old = { ...message, incarnation: message.incarnation - 1 };
      return { tape: tape.with(CALM, old), who };
    },
  },
  {
    rule: 'R32',
    does: 'votes with QoS 0',
    play: (tape) => {
      const { message } = tape.first('vote', ({ term }) => term === 2);
      const who = message.clientID;
      const isIt = (it: Enveloped | null): boolean => it?.kind === 'vote' && it.clientID === who;
      return { tape: tape.map((line) => (isIt(line.message) ? { ...line, qos: 0 } : line)), who };
    },
  },
  {
    rule: 'R33',
    does: 'has the broker retain its vote',
    play: (tape) => {
      const { message } = tape.first('vote');
      return { tape: tape.with(CALM, message, { retained: true }), who: message.clientID };
    },
  },
  {
    rule: 'R34',
    does: 'goes by other Rules',
    play: (tape) => {
      const who = somebody(tape);
      const rules = 'peers=5 difficulty=fixed:9';
      const dubbed = tape.dub((it) =>
        'rules' in it && it.clientID === who ? { ...it, rules } : it,
      );
      return { tape: dubbed, who };
    },
  },
  {
    rule: 'R35',
    does: 'stops announcing itself',
    play: (tape) => {
      const who = somebody(tape);
      const isIt = (it: Enveloped | null): boolean =>
        it?.kind === 'introduction' && it.clientID === who;
      return { tape: tape.without(({ message, time }) => time > CALM && isIt(message)), who };
    },
  },
  {
    rule: 'R36',
    does: 'gives no heartbeats',
    play: (tape) => {
      const who = somebody(tape);
      const isIt = (it: Enveloped | null): boolean =>
        it?.kind === 'heartbeat' && it.clientID === who;
      return { tape: tape.without(({ message, time }) => time > CALM && isIt(message)), who };
    },
  },
  {
    rule: 'R38',
    does: 'passes on a transaction that nobody signed',
    play: (tape) => {
      const { topic, payload } = transactionOn(tape);
      const text = new TextDecoder().decode(payload);
      const forged = text.replace(/"signature": ?"..../, '"signature": "0000');
      return { tape: tape.withText(CALM, topic, forged), who: null };
    },
  },
  {
    rule: 'R38',
    does: 'passes on a transaction with a nonce in quotes',
    play: (tape) => {
      const { topic, payload } = transactionOn(tape);
      const text = new TextDecoder().decode(payload).replace(/"nonce": ?(\d+)/, '"nonce": "$1"');
      return { tape: tape.withText(CALM, topic, text), who: null };
    },
  },
  {
    rule: 'R37',
    does: 'floods the network',
    play: (tape) => {
      const who = somebody(tape);
      const beat = beatOf(tape, who);
      return { tape: flood(tape, (index) => tape.sign({ ...beat, beat: 1_000 + index })), who };
    },
  },
];
