/** A network of ours and of doubles in virtual time: where each starts, and how slow the way is. */

import { createHash } from 'node:crypto';
import type { Link } from '../../src/client/link.ts';
import type { Name } from '../../src/lab/message.ts';
import type { LabSettings } from '../../src/lab/state.ts';
import { Double } from './double.ts';
import { type Habits, listensTogether, waitsForEnter } from './habits.ts';
import { LabWorld, Ours } from './lab-world.ts';

/** All start within this time; ENTER is pressed at the end of the first half. */
const START_MS = 16_000;
const SLOWEST_MS = 60;

/** Luck that comes from a text alone. */
export function luckOf(text: string): () => number {
  let count = 0;
  return () => {
    count += 1;
    return createHash('sha256').update(`${text} ${count}`).digest().readUInt32BE() / 2 ** 32;
  };
}

/** A world whose every way takes its time, and keeps the order of what goes along it. */
class SlowWorld extends LabWorld {
  readonly #luck: () => number;

  constructor(luck: () => number) {
    super();
    this.#luck = luck;
  }

  override link(filters: readonly string[]): Link {
    const link = this.broker.link(filters);
    const [there, back] = [this.#way(), this.#way()];
    return {
      ...link,
      connect: (will, { onConnected, onDisconnected, onDelivery }) =>
        link.connect(will, {
          onConnected: () => back(onConnected),
          onDisconnected: (reason) => back(() => onDisconnected(reason)),
          onDelivery: (delivery) => back(() => onDelivery(delivery)),
        }),
      publish: (...said) => there(() => link.publish(...said)),
    };
  }

  #way(): (run: () => void) => void {
    let last = 0;
    return (run) => {
      last = Math.max(last, this.agenda.now + 1 + this.#luck() * SLOWEST_MS);
      this.agenda.plan(last - this.agenda.now, run);
    };
  }
}

export type ForeignNetwork = {
  readonly world: LabWorld;
  readonly ours: readonly Ours[];
  readonly doubles: readonly Double[];
};

/** Ours and doubles with these habits, seeded; nothing has happened yet. */
export function foreignNetwork(
  settings: LabSettings,
  habits: readonly Habits[],
  ours: number,
  seed: string,
): ForeignNetwork {
  const luck = luckOf(seed);
  const world = new SlowWorld(luck);
  const peers = ours + habits.length;
  const enterMs = START_MS / 2;
  const doubles = habits.map((its) => {
    const startMs = listensTogether(its) ? enterMs - 500 * luck() : (luck() * START_MS) / 2;
    const double = newDouble(world, its, settings, peers, luck, startMs);
    const waits = habits.some(waitsForEnter);
    const enteredMs = enterMs + 2 * SLOWEST_MS + luck() * 200;
    const introduceMs = waits ? enteredMs : startMs + 2 * SLOWEST_MS;
    world.agenda.plan(introduceMs, () => double.introduce());
    return double;
  });
  const found: Ours[] = [];
  for (let index = 0; index < ours; index += 1) {
    const name = createHash('sha256').update(`${seed} ${index}`).digest('hex');
    world.agenda.plan(luck() * START_MS, () => {
      const peer = new Ours(world, { ...settings, peers }, name, false);
      found.push(peer);
      peer.client.start();
    });
  }
  return { world, ours: found, doubles };
}

function newDouble(
  world: LabWorld,
  habits: Habits,
  { dialect }: LabSettings,
  peers: number,
  luck: () => number,
  startMs: number,
): Double {
  const link = world.link(['sd/+']);
  const hands = {
    say: (word: string, fields: unknown) =>
      link.publish(`sd/${word}`, JSON.stringify(fields), { qos: 1, retained: false }),
    after: (ms: number, run: () => void) => {
      world.agenda.plan(ms, run);
    },
    luck,
  };
  const draw = (): string => createHash('sha256').update(String(luck())).digest('hex').slice(0, 32);
  const name = (): string | number => (dialect === 'ufes' ? draw() : Math.floor(luck() * 65_536));
  const double = new Double(habits, hands, peers, name(), name());
  world.agenda.plan(startMs, () =>
    link.connect(
      { topic: 'none', text: '', isForgotten: true },
      {
        onConnected: () => undefined,
        onDisconnected: () => undefined,
        onDelivery: ({ topic, payload }) =>
          double.hear(topic.slice(3), JSON.parse(new TextDecoder().decode(payload))),
      },
    ),
  );
  return double;
}

/** Lets it run until nothing is wrong, `mostMs` at most, and a while longer; what is wrong then. */
export function faultsOf(network: ForeignNetwork, mostMs: number): readonly string[] {
  const { world } = network;
  while (world.agenda.now < mostMs && complaintsOf(network).length > 0) world.pass(2_500);
  world.pass(5_000);
  return complaintsOf(network);
}

/** What is wrong with it in the end; nothing where one controller governs all. */
function complaintsOf(network: ForeignNetwork): readonly string[] {
  const { world, ours, doubles } = network;
  const chosen = [
    ...ours.map((peer) => peer.all('elected')[0]?.controller ?? null),
    ...doubles.map(({ controller }) => controller),
  ];
  const isOne = !chosen.includes(null) && new Set(chosen).size === 1;
  const refusals = ours.flatMap((peer) => peer.all('refused'));
  return [
    ...(isOne ? [] : [`elected are ${chosen.map((name) => String(name).slice(0, 4)).join(' ')}`]),
    ...idleSides(network, chosen[0] ?? null),
    ...refusals
      .filter(({ code }) => code !== 'already-solved')
      .map(({ refusal }) => `refused: ${JSON.stringify(refusal)}`),
    ...(ours.some((peer) => peer.all('other-controller').length > 0) ? ['two govern'] : []),
    ...(doubles.some(({ strangers }) => strangers > 0) ? ['a double was not in an election'] : []),
    ...(world.saidOn('challenge').length < 5 ? ['there were few challenges'] : []),
  ];
}

/** Who has miners, and none that has won. */
function idleSides({ ours, doubles }: ForeignNetwork, controller: Name | null): readonly string[] {
  const mine = ours.some(({ client }) => client.clientID !== controller);
  const theirs = doubles.some(({ id }) => id !== controller);
  const isOurs = ours.some((peer) => peer.all('result').some(({ isOwn }) => isOwn));
  const isTheirs = doubles.some(({ wins }) => wins > 0);
  return [
    ...(mine && !isOurs ? ['none of ours has won'] : []),
    ...(theirs && !isTheirs ? ['none of theirs has won'] : []),
  ];
}
