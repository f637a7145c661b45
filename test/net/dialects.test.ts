import { createHash } from 'node:crypto';
import { connectAsync, type MqttClient } from 'mqtt';
import { afterEach, expect, test } from 'vitest';
import { openBroker } from '../../broker/broker.ts';
import { endPrograms, Program } from './program.ts';
import { until } from './until.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  await endPrograms();
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

type Fields = Record<string, string | number>;

/** A foreign client by PROTOCOL 10 alone: it shares no code with ours. */
class Foreign {
  readonly mqtt: MqttClient;
  readonly id: string | number;
  readonly vote: string | number;
  readonly wanted: number;
  /** Zero bits that one unit of Challenge means. */
  readonly unit: number;
  readonly known = new Set<string | number>();
  readonly votes: Fields[] = [];
  readonly wins: Fields[] = [];
  controller: string | number | undefined;
  #open: Fields | null = null;
  #hasVoted = false;

  constructor(
    mqtt: MqttClient,
    id: string | number,
    vote: string | number,
    wanted: number,
    unit: number,
  ) {
    this.mqtt = mqtt;
    this.id = id;
    this.vote = vote;
    this.wanted = wanted;
    this.unit = unit;
    mqtt.on('message', (topic, payload) => this.#hear(topic, JSON.parse(payload.toString())));
  }

  say(word: string, fields: Fields): void {
    this.mqtt.publish(`sd/${word}`, JSON.stringify(fields));
  }

  #hear(topic: string, said: Fields): void {
    const from = said['ClientID'] ?? '';
    if (topic === 'sd/init' && !this.known.has(from)) {
      this.known.add(from);
      this.say('init', { ClientID: this.id });
    }
    if (topic === 'sd/voting') this.#count(said);
    if (topic === 'sd/challenge') this.#mine(said);
    if (topic === 'sd/solution') this.#judge(said);
    if (topic === 'sd/result' && said['Result'] === 1) this.wins.push(said);
    if (this.known.size >= this.wanted && !this.#hasVoted) {
      this.#hasVoted = true;
      this.say('voting', { ClientID: this.id, VoteID: this.vote });
    }
  }

  #count(said: Fields): void {
    if (this.votes.some((it) => it['ClientID'] === said['ClientID'])) return;
    this.votes.push(said);
    this.known.add(said['ClientID'] ?? '');
    if (this.votes.length !== this.wanted) return;
    const padded = (it: string | number = ''): string => String(it).padStart(5, '0');
    const order = ({ VoteID: vote = '', ClientID: id }: Fields): string =>
      typeof vote === 'number' ? `${padded(vote)} ${padded(id)}` : vote;
    const [first] = [...this.votes].sort((a, b) => (order(a) < order(b) ? 1 : -1));
    this.controller = first?.['ClientID'];
    if (this.controller === this.id) setTimeout(() => this.#challenge(0), 2_000).unref();
  }

  #challenge(number: number): void {
    this.#open = { TransactionID: number, Challenge: 8 / this.unit };
    this.say('challenge', this.#open);
  }

  #mine(said: Fields): void {
    if (this.controller === this.id) return;
    let nonce = 0;
    const bits = Number(said['Challenge']) * this.unit;
    while (zeroBits(`${this.id}/${nonce}`) < bits) nonce += 1;
    const about = { TransactionID: said['TransactionID'] ?? 0, ClientID: this.id };
    this.say('solution', { ...about, Solution: `${this.id}/${nonce}` });
  }

  #judge(said: Fields): void {
    const open = this.#open;
    if (open === null || said['TransactionID'] !== open['TransactionID']) return;
    if (zeroBits(String(said['Solution'])) < 8) return;
    this.#open = null;
    this.say('result', { ...said, Result: 1 });
    setTimeout(() => this.#challenge(Number(said['TransactionID']) + 1), 100).unref();
  }
}

function zeroBits(text: string): number {
  const digest = createHash('sha1').update(text).digest('hex');
  return 160 - BigInt(`0x${digest}`).toString(2).length;
}

/** Highest foreign vote first: it is above all of ours, or below. */
test.each([
  ['ufes', 'zz', 'theirs'],
  ['ufes', '!', 'ours'],
  ['statement', 65_535, 'theirs'],
  ['statement', 0, 'ours'],
] as const)(
  'in %s, two of ours and eight foreign ones agree (%s: %s)',
  async (dialect, top, who) => {
    const broker = await openBroker({ port: 0 });
    cleanups.push(() => broker.close());
    const isText = dialect === 'ufes';
    const ours = [1, 2].map(
      () =>
        new Program([
          ...['client', '--dialect', dialect, '--peers', '10', '--threads', '1', '--json'],
          ...['-p', String(broker.port), '--difficulty', isText ? 'fixed:8' : 'fixed:2'],
        ]),
    );
    await Promise.all(ours.map((peer) => peer.hear('connected')));
    const names = ours.map(({ said }) => said[0]?.['peer']);
    // The first has the highest name, and wins against a vote of ours that is as high as its own.
    const ids = Array.from({ length: 10 }, (_, index) => (isText ? `f${index}` : 65_535 - index));
    const free = ids.filter((id) => !names.includes(id));
    const foreign: Foreign[] = [];
    for (let index = 0; index < 8; index += 1) {
      const mqtt = await connectAsync(`mqtt://127.0.0.1:${broker.port}`);
      cleanups.push(() => mqtt.endAsync(true));
      const vote = index === 0 ? top : isText ? '!' : 0;
      foreign.push(new Foreign(mqtt, free[index] ?? '', vote, 10, isText ? 1 : 4));
      await mqtt.subscribeAsync('sd/+');
    }
    for (const peer of foreign) peer.say('init', { ClientID: peer.id });
    await Promise.all(ours.map((peer) => peer.hear('elected')));
    await until(() => foreign.every((peer) => peer.controller !== undefined), 'their election');
    const chosen = [
      ...ours.map((peer) => peer.all('elected')[0]?.['controller']),
      ...foreign.map((peer) => peer.controller),
    ];
    expect(new Set(chosen).size).toBe(1);
    expect(foreign.some((peer) => peer.id === chosen[0])).toBe(who === 'theirs');
    await Promise.all(ours.map((peer) => peer.hear('result', 2)));
    await until(() => (foreign[0]?.wins.length ?? 0) >= 2, 'two results');
  },
);
