/** Requests for pages by strangers: repeated ones cost nothing, and new ones one budget. */

import { describe, expect, it } from 'vitest';
import type { Member, Message, Request } from '../../src/domain/message.ts';
import type { Digest, TransactionID } from '../../src/domain/names.ts';
import { textOf } from '../../src/domain/transaction.ts';
import { nodeHasher } from '../../src/node/crypto.ts';
import { toySigner } from '../../src/sim/toy-crypto.ts';
import { type Inhabitant, World } from '../../src/sim/world.ts';
import { payloadOf } from '../../src/wire/envelope.ts';
import { wallet } from '../ledger/wallet.ts';

const TOPIC = 'sd/sync';
const attackMs = 20_000;

type Town = {
  readonly world: World;
  /** Payloads of requests that reached the broker. */
  readonly asked: Uint8Array[];
  /** To whom pages went, and when. */
  readonly pages: { readonly to: string; readonly at: number }[];
};

/** Three members and a ledger of some blocks, and all that is said about pages. */
function town(seed: number): Town {
  const asked: Uint8Array[] = [];
  const pages: { to: string; at: number }[] = [];
  const world = new World({
    seed,
    hasher: nodeHasher,
    solveMs: 500,
    onCarried: ({ topic, payload }, at) => {
      if (topic === TOPIC) asked.push(payload);
      else if (topic.startsWith(`${TOPIC}/`)) pages.push({ to: topic.slice(TOPIC.length + 1), at });
    },
  });
  for (let count = 0; count < 3; count += 1) world.start();
  expect(world.runUntil(() => heightOf(world) >= 10, 60_000)).toBe(true);
  return { world, asked, pages };
}

function heightOf(world: World): number {
  return Math.max(...world.peers.map((peer) => world.view(peer).height));
}

/** A request of a new peer, as it would say it itself. */
function requestOf(world: World, more: Partial<Request> = {}): Uint8Array {
  const { clientID, publicKey } = world.identity();
  const request: Request = {
    kind: 'request',
    clientID,
    publicKey,
    from: 0 as TransactionID,
    ...more,
  };
  const signer = toySigner(request.publicKey ?? publicKey);
  return new TextEncoder().encode(payloadOf(request, TOPIC, signer));
}

/** Publishes `perSecond` of these a second, one after another, for as long as the attack lasts. */
function attack(world: World, perSecond: number, next: (count: number) => Uint8Array): void {
  const until = world.agenda.now + attackMs;
  let count = 0;
  const goOn = (): void => {
    if (world.agenda.now >= until) return;
    world.inject(TOPIC, next(count));
    count += 1;
    world.agenda.plan(1_000 / perSecond, goOn);
  };
  goOn();
}

/** A member that was away and comes back behind; the rest go on meanwhile. */
function sendAway(world: World): Inhabitant {
  const away = world.peers.find((peer) => world.view(peer).role === 'member');
  if (away === undefined) throw new Error('There are three.');
  world.kill(away);
  const until = heightOf(world) + 5;
  expect(world.runUntil(() => heightOf(world) >= until, 60_000)).toBe(true);
  return away;
}

describe('requests for pages', () => {
  it('of strangers are answered once, even when they are repeated', () => {
    const { world, pages } = town(1);
    const old = Array.from({ length: 60 }, () => requestOf(world, { incarnation: 1, number: 1 }));
    const away = sendAway(world);
    const [from, height] = [pages.length, heightOf(world)];
    attack(world, 400, (count) => old[count % old.length] as Uint8Array);
    world.run(5_000);
    world.restart(away);
    const isBack = (): boolean => world.view(away).isCaughtUp && world.view(away).height > height;
    expect(world.runUntil(isBack, 2_000)).toBe(true);
    world.run(attackMs);
    const served = pages.slice(from).filter(({ to }) => to !== away.self.clientID);
    // By the controller at once; the other member, too, may take it that no peer answers.
    expect(served.length).toBeLessThanOrEqual(2 * old.length);
    expect(heightOf(world)).toBeGreaterThan(height + 10);
  });

  it('of members that are repeated later are not answered', () => {
    const { world, asked, pages } = town(2);
    const away = sendAway(world);
    asked.length = 0;
    world.restart(away);
    expect(world.runUntil(() => world.view(away).isCaughtUp, 5_000)).toBe(true);
    expect(asked.length).toBeGreaterThan(0);
    const old = [...asked];
    world.run(1_000);
    const before = pages.length;
    attack(world, 400, (count) => old[count % old.length] as Uint8Array);
    world.run(attackMs);
    expect(pages.length - before).toBe(0);
  });

  it('of members that have said since that they have come further are not answered', () => {
    const { world, pages } = town(5);
    const member = world.peers.find((peer) => world.view(peer).role === 'member');
    if (member === undefined) throw new Error('There are three.');
    world.run(6_000);
    const before = pages.length;
    // As an older peer says it: without a number that would show that it is old.
    const old = requestOf(world, member.self);
    attack(world, 400, () => old);
    world.run(attackMs);
    expect(pages.length - before).toBe(0);
  });

  it('of outsiders have one budget, from which each has its page in turn', () => {
    const { world, pages } = town(3);
    const controller = world.controller()?.self.clientID;
    if (controller === undefined) throw new Error('There is one.');
    const away = sendAway(world);
    // New keys and new numbers without end, and all ask one peer by its name.
    const before = pages.length;
    attack(world, 400, (count) =>
      requestOf(world, { incarnation: 1, number: count, helper: controller }),
    );
    world.run(5_000);
    world.restart(away);
    const isBack = (): boolean => world.view(away).isCaughtUp;
    expect(world.runUntil(isBack, 2_000)).toBe(true);
    const height = heightOf(world);
    const late = world.start();
    expect(world.runUntil(() => world.view(late).isCaughtUp, 60_000)).toBe(true);
    world.run(attackMs);
    // A page every 20 ms, and what the member and the newcomer had.
    const served = pages.slice(before).filter(({ to }) => to !== away.self.clientID);
    expect(served.length).toBeLessThanOrEqual((attackMs / 1_000) * 50 + 50);
    expect(heightOf(world)).toBeGreaterThan(height + 10);
  });

  it('without a number, as older peers say them, have what can be spared', () => {
    const { world, pages } = town(4);
    const old = Array.from({ length: 60 }, () => requestOf(world));
    const before = pages.length;
    attack(world, 400, (count) => old[count % old.length] as Uint8Array);
    world.run(attackMs);
    const served = pages.length - before;
    expect(served).toBeGreaterThan(60);
    // Five a second of each of the three.
    expect(served).toBeLessThanOrEqual(3 * (5 * 20 + 10));
  });
});

describe('what else others can make a controller say', () => {
  type Said = readonly [topic: string, payload: Uint8Array];

  /** Messages on a topic, save maybe the controller's, while others ask for 20 s. */
  function answersTo(
    seed: number,
    topic: string,
    ask: (world: World) => (count: number) => Said,
    { perSecond = 400, butOfController = false } = {},
  ): number {
    let heard = 0;
    let ignored = '?';
    const world = new World({
      seed,
      hasher: nodeHasher,
      solveMs: 60_000,
      onCarried: (delivery) => {
        const isOurs = !new TextDecoder().decode(delivery.payload).includes(ignored);
        if (delivery.topic === topic && isOurs) heard += 1;
      },
    });
    for (let count = 0; count < 3; count += 1) world.start();
    world.runUntil(() => world.controller() !== null, 10_000);
    const next = ask(world);
    if (butOfController) ignored = `{"ClientID":"${world.controller()?.self.clientID}"`;
    heard = 0;
    const until = world.agenda.now + attackMs;
    let count = 0;
    const goOn = (): void => {
      if (world.agenda.now >= until) return;
      world.inject(...next(count));
      count += 1;
      world.agenda.plan(1_000 / perSecond, goOn);
    };
    goOn();
    world.run(attackMs);
    return heard;
  }

  const encode = (message: Message, topic: string, who: Member): Uint8Array =>
    new TextEncoder().encode(payloadOf(message, topic, toySigner(who.publicKey)));

  it('refusals of more wrong solutions than it remembers', () => {
    const refusals = answersTo(5, 'sd/result', (world) => {
      const { self } = world.peer('p2');
      const old = Array.from({ length: 1_100 }, (_, at) => {
        const transactionID = 0 as TransactionID;
        const solution = `wrong${at}`.replaceAll(/[^0-9a-f]/g, 'a');
        const message = { kind: 'solution', clientID: self.clientID, transactionID, solution };
        return encode(message as Message, 'sd/solution', self);
      });
      return (count) => ['sd/solution', old[count % old.length] as Uint8Array];
    });
    expect(refusals).toBeGreaterThan(500);
    expect(refusals).toBeLessThanOrEqual(50 * (attackMs / 1_000) + 110);
  });

  it('outcomes of a quest that is asked for again and again', () => {
    const outcomes = answersTo(6, 'sd/outcome', (world) => {
      const asker = world.identity();
      const range = { from: 7, to: 7 };
      const asked = { algorithm: 'sha256', prefix: 'x', bits: 4, ...range } as const;
      const message = { kind: 'quest', ...asker, ...asked } as const;
      const payload = encode(message as Message, 'sd/quest', asker);
      return () => ['sd/quest', payload];
    });
    expect(outcomes).toBeGreaterThan(500);
    expect(outcomes).toBeLessThanOrEqual(50 * (attackMs / 1_000) + 110);
  });

  it('batches, of which members ask for two in turn', () => {
    const batches = answersTo(8, 'sd/batch', (world) => {
      world.solveMs = 300;
      const { client, journal, self } = world.peer('p2');
      const carried = (): readonly Digest[] =>
        journal.blocks().flatMap(({ root }, at) => (journal.batches()[at]?.length ? [root] : []));
      for (const nonce of [0, 1]) {
        void client.send(textOf(wallet('ann').say('hello', nonce)));
        world.runUntil(() => carried().length > nonce, 60_000);
      }
      world.solveMs = 60_000;
      world.run(1_000);
      const asked = carried().map((root) => {
        const message = { kind: 'fetch', clientID: self.clientID, root } as const;
        return encode(message, 'sd/fetch', self);
      });
      expect(asked).toHaveLength(2);
      return (count) => ['sd/fetch', asked[count % 2] as Uint8Array];
    });
    expect(batches).toBeGreaterThan(50);
    expect(batches).toBeLessThanOrEqual(3 * (10 * (attackMs / 1_000) + 10));
  });

  it('greetings, to names that were never heard before', () => {
    const greet = (world: World) => (count: number) => {
      const who = world.identity();
      const rules = 'peers=3 difficulty=fixed:4';
      const about = { peers: 3, known: 1, roster: null, network: null, rules, incarnation: count };
      const message = { kind: 'introduction', ...who, ...about } as const;
      return ['sd/init', encode(message as Message, 'sd/init', who)] as const;
    };
    const few = { perSecond: 20, butOfController: true };
    // Two members; the controller welcomes newcomers, every 20 ms at most.
    const beats = answersTo(7, 'sd/heartbeat', greet, few);
    expect(beats).toBeGreaterThan(2 * 20);
    expect(beats).toBeLessThanOrEqual(2 * (20 + 2 * 20 + 5));
  });
});
