/** The doubles of the students' clients beside real clients of ours, on a real broker. */

import { connectAsync, type MqttClient } from 'mqtt';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBroker } from '../../broker/broker.ts';
import { Double, type Fields } from '../lab/double.ts';
import { luckOf } from '../lab/foreign-network.ts';
import { DOUBLES, type Habits, waitsForEnter } from '../lab/habits.ts';
import { endPrograms, Program } from './program.ts';
import { until } from './until.ts';

let broker: Awaited<ReturnType<typeof openBroker>>;
beforeAll(async () => {
  broker = await openBroker({ port: 0 });
});
afterAll(async () => {
  await endPrograms();
  await broker.close();
});

/** A double that has a socket and a timer, in a network of its own. */
class RealDouble {
  readonly double: Double;
  readonly #mqtt: MqttClient;
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(mqtt: MqttClient, prefix: string, habits: Habits, isText: boolean, peers: number) {
    this.#mqtt = mqtt;
    const luck = luckOf(mqtt.options.clientId ?? '');
    const draw = (): string | number => {
      const number = Math.floor(luck() * 65_536);
      return isText ? `${number.toString(16)}-double` : number;
    };
    const hands = {
      say: (word: string, fields: Fields) =>
        mqtt.publish(`${prefix}/${word}`, JSON.stringify(fields), { qos: 1 }),
      after: (ms: number, run: () => void) => {
        const timer = setTimeout(() => {
          this.#timers.delete(timer);
          run();
        }, ms);
        this.#timers.add(timer);
      },
      luck,
    };
    this.double = new Double(habits, hands, peers, draw(), draw());
    mqtt.on('message', (topic, payload) =>
      this.double.hear(topic.slice(prefix.length + 1), JSON.parse(payload.toString()) as Fields),
    );
  }

  async end(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#mqtt.removeAllListeners('message');
    await this.#mqtt.endAsync(true);
  }
}

type Case = {
  readonly name: string;
  readonly habits: Habits;
  readonly ours: number;
  readonly theirs: number;
  readonly dialect: 'ufes' | 'statement';
  /** The doubles have introduced themselves before the first of ours starts. */
  readonly areFirst: boolean;
};

/** Each double in each network, by turns in both dialects. */
const CASES: readonly Case[] = Object.entries(DOUBLES).flatMap(([name, habits], row) =>
  [
    [2, 2],
    [1, 3],
    [3, 1],
  ].map(([ours = 0, theirs = 0], column) => ({
    ...{ name, ours, theirs },
    ...((row + column) % 2 === 0
      ? { dialect: 'ufes' as const, habits }
      : // Where votes are repeated, who counts messages cannot know how many it will hear.
        { dialect: 'statement' as const, habits: { ...habits, counts: 'voters' as const } }),
    areFirst: column !== 1,
  })),
);

async function openDoubles(prefix: string, given: Case): Promise<readonly RealDouble[]> {
  const { habits, ours, theirs, dialect } = given;
  return Promise.all(
    Array.from({ length: theirs }, async (_, index) => {
      const clientId = `${prefix.replace('/', '-')}-${index}`;
      const mqtt = await connectAsync(`mqtt://127.0.0.1:${broker.port}`, { clientId });
      const found = new RealDouble(mqtt, prefix, habits, dialect === 'ufes', ours + theirs);
      await mqtt.subscribeAsync(`${prefix}/+`, { qos: 1 });
      return found;
    }),
  );
}

function startOurs(prefix: string, { dialect, ours, theirs }: Case): readonly Program[] {
  const difficulty = dialect === 'ufes' ? 'fixed:8' : 'fixed:2';
  return Array.from(
    { length: ours },
    () =>
      new Program([
        ...['client', '--dialect', dialect, '--prefix', prefix, '--peers', String(ours + theirs)],
        ...['--threads', '1', '--json', '-p', String(broker.port), '--difficulty', difficulty],
      ]),
  );
}

test.concurrent.for(CASES)(
  '$dialect, $ours of ours and $theirs doubles of "$name" have one controller, who answers all',
  async (given) => {
    const { name, habits, ours, areFirst } = given;
    const prefix = `${name}/${ours}`;
    const doubles = await openDoubles(prefix, given);
    const introduce = (): void => {
      for (const { double } of doubles) double.introduce();
    };
    if (areFirst) introduce();
    const peers = startOurs(prefix, given);
    await Promise.all(peers.map((peer) => peer.hear('connected')));
    if (!areFirst) introduce();
    const chosen = (): readonly unknown[] => [
      ...peers.map((peer) => peer.all('elected')[0]?.['controller'] ?? null),
      ...doubles.map(({ double }) => double.controller),
    ];
    const isLate = waitsForEnter(habits) && areFirst ? 'asked under all keys' : 'heard at once';
    const what = `one controller of "${prefix}", ${isLate}`;
    await until(() => !chosen().includes(null), what, 90_000);
    expect(new Set(chosen()).size).toBe(1);
    const isMiner = (who: unknown): boolean => who !== chosen()[0];
    const ourMiners = peers.filter(({ said }) => isMiner(said[0]?.['peer']));
    const theirMiners = doubles.filter(({ double }) => isMiner(double.id));
    // Who is first is a matter of speed; that each is answered is not.
    const isAnswered = (): boolean =>
      ourMiners.every((peer) => answersTo(peer) > 0) &&
      theirMiners.every(({ double }) => double.answers > 0);
    await until(isAnswered, `that all miners of "${prefix}" are answered`, 60_000);
    expect(peers.flatMap((peer) => peer.all('other-controller'))).toEqual([]);
    for (const { double } of doubles) expect(double.strangers).toBe(0);
    for (const { child } of peers) child.kill('SIGKILL');
    await Promise.all(doubles.map((double) => double.end()));
  },
);

/** Its own solutions that were taken, or refused to its face. */
const answersTo = (peer: Program): number =>
  [...peer.all('result'), ...peer.all('solution-refused')].filter((it) => it['isOwn'] === true)
    .length;
