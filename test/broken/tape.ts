/** A recording of a false world that can be cut, spliced and dubbed, and signed anew. */

import type { ElectionRule } from '../../src/domain/contract.ts';
import type { Enveloped, EnvelopedKind } from '../../src/domain/message.ts';
import { senderOf } from '../../src/domain/message.ts';
import type { ClientID, PublicKey, UnixMs } from '../../src/domain/names.ts';
import { textOf } from '../../src/domain/transaction.ts';
import { nodeHasher } from '../../src/node/crypto.ts';
import type { Recorded } from '../../src/record/recording.ts';
import { toySigner } from '../../src/sim/toy-crypto.ts';
import { World } from '../../src/sim/world.ts';
import { signMessage } from '../../src/wire/envelope.ts';
import { membersIn } from '../../src/wire/evidence.ts';
import { plainReader } from '../../src/wire/reader.ts';
import { DEFAULT_PREFIX, readTopic, topicOf } from '../../src/wire/topics.ts';
import { signTransaction } from '../../src/wire/transaction.ts';

/** Null for a transaction on its way, and for what is no message at all. */
export type Line = Recorded & { readonly message: Enveloped | null };
export type Said<Kind extends EnvelopedKind> = Line & {
  readonly message: Extract<Enveloped, { kind: Kind }>;
};

/** When a recording begins. */
export const START = 1_767_225_600_000;

export class Tape {
  readonly lines: readonly Line[];
  readonly #keys: ReadonlyMap<ClientID, PublicKey>;

  constructor(lines: readonly Line[], keys?: ReadonlyMap<ClientID, PublicKey>) {
    this.lines = [...lines].sort((a, b) => a.time - b.time);
    this.#keys = keys ?? keysIn(lines);
  }

  all<Kind extends EnvelopedKind>(kind: Kind): readonly Said<Kind>[] {
    return this.lines.filter((line): line is Said<Kind> => line.message?.kind === kind);
  }

  /** The first such message; a test without it makes no sense. */
  first<Kind extends EnvelopedKind>(
    kind: Kind,
    isWanted: (message: Extract<Enveloped, { kind: Kind }>, line: Line) => boolean = () => true,
  ): Said<Kind> {
    const found = this.all(kind).find((line) => isWanted(line.message, line));
    if (found === undefined) throw new Error(`There is no such ${kind} on the tape.`);
    return found;
  }

  /** With this message, properly signed by its sender, at another time. */
  with(time: number, message: Enveloped, how: Partial<Recorded> = {}): Tape {
    return new Tape([...this.lines, { ...this.#line(time, message), ...how }], this.#keys);
  }

  /** With this payload as it is; it need not be a message. */
  withText(time: number, topic: string, text: string): Tape {
    return this.withTexts(topic, [[time, text]]);
  }

  withTexts(topic: string, texts: readonly (readonly [time: number, text: string])[]): Tape {
    const how = { topic, qos: qosOn(topic), retained: false, message: null } as const;
    const lines = texts.map(([time, text]): Line => {
      return { time: time as UnixMs, payload: new TextEncoder().encode(text), ...how };
    });
    return new Tape([...this.lines, ...lines], this.#keys);
  }

  without(isUnwanted: (line: Line) => boolean): Tape {
    return new Tape(
      this.lines.filter((line) => !isUnwanted(line)),
      this.#keys,
    );
  }

  /** Other lines in the place of some, with all that they carry. */
  map(change: (line: Line) => Line): Tape {
    return new Tape(this.lines.map(change), this.#keys);
  }

  /** As if everybody had said `change` of it, in evidence too; all is signed anew. */
  dub(change: (message: Enveloped) => Enveloped): Tape {
    return this.map((line) => {
      if (line.message === null) return line;
      const message = this.#dub(line.message, change);
      return message === line.message ? line : { ...line, ...this.#line(line.time, message) };
    });
  }

  /** The payload that says this. */
  sign(message: Enveloped): string {
    const publicKey = this.#keys.get(senderOf(message));
    if (publicKey === undefined) throw new Error(`${senderOf(message)} is not on the tape.`);
    return signMessage(message, topicOf(DEFAULT_PREFIX, message), toySigner(publicKey));
  }

  keyOf(clientID: ClientID): PublicKey | undefined {
    return this.#keys.get(clientID);
  }

  #line(time: number, message: Enveloped): Line {
    const payload = new TextEncoder().encode(this.sign(message));
    const topic = topicOf(DEFAULT_PREFIX, message);
    return { time: time as UnixMs, topic, payload, qos: qosOn(topic), retained: false, message };
  }

  #dub(message: Enveloped, change: (message: Enveloped) => Enveloped): Enveloped {
    const inside =
      (kind: 'vote' | 'acknowledgement') =>
      (text: string): string => {
        const read = plainReader.exhibit(kind, text);
        if (!read.ok) return text;
        const dubbed = change(read.message);
        return dubbed === read.message ? text : this.sign(dubbed);
      };
    const same = (a: readonly string[], b: readonly string[]): boolean =>
      a.every((text, index) => text === b[index]);
    if (message.kind === 'mandate') {
      const votes = message.votes.map(inside('vote'));
      return change(same(votes, message.votes) ? message : { ...message, votes });
    }
    if (message.kind === 'result' && message.result === 1) {
      const seal = message.seal.map(inside('acknowledgement'));
      return change(same(seal, message.seal) ? message : { ...message, seal });
    }
    return change(message);
  }
}

function keysIn(lines: readonly Line[]): ReadonlyMap<ClientID, PublicKey> {
  const members = lines.flatMap(({ message }) => (message === null ? [] : membersIn(message)));
  return new Map(members.map(({ clientID, publicKey }) => [clientID, publicKey]));
}

const qosOn = (topic: string): 0 | 1 => (topic.endsWith('/heartbeat') ? 0 : 1);

/** Keeps what a false broker carries. */
export function recorder(lines: Recorded[]): (delivery: Delivered, at: number) => void {
  return ({ topic, payload }, at) => {
    const time = Math.round(START + at) as UnixMs;
    lines.push({ time, topic, payload, qos: qosOn(topic), retained: false });
  };
}

type Delivered = Pick<Recorded, 'topic' | 'payload'>;

/**
 * Five seats and an observer, for four and a half minutes: they found a network and mine; their
 * controller is killed, and comes back after a while.
 */
export function recordLife(election: ElectionRule = 'draw'): Tape {
  const lines: Recorded[] = [];
  const world = new World({
    seed: 7,
    hasher: nodeHasher,
    settings: { peers: 5, difficulty: 'fixed:8', election },
    solveMs: 36_000,
    onCarried: recorder(lines),
  });
  // Names that have nothing to do with the order of ClientIDs.
  const names = election === 'present' ? [4, 7, 2, undefined, 9] : [];
  for (let count = 0; count < 5; count += 1) {
    const name = names[count];
    world.start(name === undefined ? {} : { name });
  }
  world.run(3_000);
  world.start();
  const customer = world.identity();
  for (let nonce = 0; nonce < 4; nonce += 1) {
    const content = { message: `hello${nonce}`, nonce };
    const transaction = signTransaction(content, toySigner(customer.publicKey));
    void world.peer('p1').client.send(textOf(transaction));
    world.run(10_000);
  }
  const controller = world.controller();
  if (controller === null) throw new Error('There is a controller after 40 s.');
  world.kill(controller);
  world.run(50_000);
  world.restart(controller);
  world.run(200_000);
  return new Tape(lines.map(read));
}

function read(recorded: Recorded): Line {
  const place = readTopic(DEFAULT_PREFIX, recorded.topic);
  if (place === null || place.kind === 'transaction') return { ...recorded, message: null };
  const reading = plainReader.letter(place, recorded.topic, recorded.payload);
  return { ...recorded, message: reading.ok ? reading.letter.message : null };
}
