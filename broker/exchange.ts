/** The aedes broker itself, set up as we measured it to be safe; it knows no sockets. */

import type { EventEmitter } from 'node:events';
import { type Duplex, Readable } from 'node:stream';
import { Aedes, type AedesOptions, type Client, type PublishPacket } from 'aedes';
import packets from 'mqtt-packet';
import { matches } from '../src/domain/topic-filter.ts';
import type { Doorkeeper } from './doorkeeper.ts';
import { describe, Entrance } from './entrance.ts';
import type { Reception, Visit } from './reception.ts';
import { RepeatedFilters } from './repeated-filters.ts';
import { Retained } from './retained.ts';
import { Rights } from './rights.ts';
import { scrutinize } from './scrutiny.ts';
import { Subscriptions } from './subscriptions.ts';
import { quote, type Tell } from './telling.ts';

// A table of all 65,536 packet numbers, for faster writing, takes 40 ms and 16 MB (measured).
packets.writeToStream.cacheNumbers = false;

const SETTINGS: AedesOptions = {
  /** One frozen subscriber holds everybody up for so long; aedes would give it a minute. */
  drainTimeout: 5_000,
  connectTimeout: 5_000,
  /** Messages under way at once. A roster of a hundred says more in one burst than aedes' 100. */
  concurrency: 1_000,
  /** Packets that may come before the CONNACK is out. */
  queueLimit: 100,
};

/** A message that its sender may not publish goes here instead, empty, and reaches no client. */
const NOWHERE = '$refused';

export type ExchangeOptions = {
  /** Null where the broker asks for no users. */
  readonly doorkeeper: Doorkeeper | null;
  readonly reception: Reception;
  readonly tell: Tell;
  /** How long the presence of a peer stays after its connection has ended. */
  readonly presenceMs: number;
};

export type Exchange = {
  /** Speaks MQTT over `stream` from here on. */
  handle(stream: Duplex, visit: Visit): Client;
  close(): Promise<void>;
};

/** What aedes' typings lack. */
type Inside = EventEmitter & {
  readonly persistence: { createRetainedStreamCombi(filters: readonly string[]): Readable };
};

/**
 * Opens an exchange that keeps everything in memory: with other stores, aedes 1.2 loses up to half
 * of the retained and plain QoS 1 messages that interleave (measured).
 */
export async function openExchange(options: ExchangeOptions): Promise<Exchange> {
  const { presenceMs } = options;
  const messages = new Map<string, PublishPacket>();
  const retained = new Retained((topic) => messages.delete(topic));
  const rights = new Rights((topic) => retained.setterOf(topic));
  const entrance = new Entrance({ ...options, rights });
  const subscriptions = new Subscriptions();
  const repeated = new RepeatedFilters();
  const aedes = await Aedes.createBroker({
    ...SETTINGS,
    preConnect: entrance.preConnect,
    authenticate: entrance.authenticate,
    ...limits({ ...options, entrance, rights, subscriptions, retained, messages }),
  });
  const inside = aedes as EventEmitter as Inside;
  // aedes' own knows neither empty levels nor the rule on topics that begin with `$`.
  inside.persistence.createRetainedStreamCombi = (filters) =>
    Readable.from(select(messages, filters));
  aedes.on('subscribe', (granted, client) => repeated.answer(granted, client));
  aedes.on('unsubscribe', (filters, client) => subscriptions.returned(client, filters));
  // Its typings lack this event, and without a listener it would end the process. Whatever it
  // tells of was one message's or one client's misfortune, and peers repeat what matters.
  inside.on('error', () => {});
  const expiry = setInterval(
    () => retained.expire(performance.now() - presenceMs),
    presenceMs / 10,
  );
  expiry.unref();
  return {
    handle: (stream, visit) => {
      const client = aedes.handle(stream);
      scrutinize(client, (packet) => {
        if (packet.cmd === 'subscribe') repeated.take(packet);
      });
      entrance.expect(client, visit);
      stream.on('close', () => {
        entrance.left(client);
        retained.leave(client, performance.now());
      });
      return client;
    },
    close: () => {
      clearInterval(expiry);
      return new Promise((resolve) => aedes.close(() => resolve()));
    },
  };
}

/** What is retained for any of these filters. */
function* select(
  messages: ReadonlyMap<string, PublishPacket>,
  filters: readonly string[],
): Iterable<PublishPacket> {
  for (const [topic, message] of messages) {
    if (filters.some((filter) => matches(filter, topic))) yield message;
  }
}

type LimitOptions = ExchangeOptions & {
  readonly entrance: Entrance;
  readonly rights: Rights;
  readonly subscriptions: Subscriptions;
  readonly retained: Retained;
  /** What is retained, by topic. */
  readonly messages: Map<string, PublishPacket>;
};

function limits(options: LimitOptions): AedesOptions {
  const { entrance, subscriptions, reception } = options;
  return {
    authorizeSubscribe: (client, subscription, done) => {
      const { topic, qos } = subscription;
      // 128 in the SUBACK, for that filter alone.
      if (!subscriptions.grants(client, topic, qos)) return done(null, null);
      const visit = entrance.resident(client)?.visit;
      if (visit !== undefined) reception.prove(visit);
      // The client gets a SUBACK with its own QoS; what aedes would hold back, it lowers below.
      return done(null, { ...subscription, qos: 2 });
    },
    authorizeForward: (client, packet) => {
      // aedes tells there who comes, goes and subscribes: one client's affairs are not another's.
      if (packet.topic === NOWHERE || packet.topic.startsWith('$SYS/')) return null;
      packet.qos = subscriptions.qosFor(client, packet.topic, packet.qos);
      return packet;
    },
    // An error here ends the connection, since 3.1.1 has no other way to say no.
    authorizePublish: (client, packet, done) => {
      packet.dup = false; // It is about this connection alone (MQTT-3.3.1-3).
      if (packet.topic.startsWith('$SYS/')) return done(new Error('$SYS belongs to the broker.'));
      if (client !== null) judge(client, packet, options);
      return done();
    },
  };
}

/**
 * Makes of what may not be published a message that reaches no client. To end the connection
 * instead would throw a peer out of its network for one message, and it would come back and say it
 * again.
 */
function judge(client: Client, packet: PublishPacket, options: LimitOptions): void {
  const { entrance, rights, retained, messages, reception, tell } = options;
  const resident = entrance.resident(client);
  if (resident === undefined) return;
  const { party, visit } = resident;
  const { topic, retain, payload } = packet;
  const objection = rights.objectionTo(party, { topic, retain, payload });
  if (objection !== null) {
    tell(
      `publish ${objection.kind} ${party.user}`,
      `${describe(party)} may not publish on ${quote(topic)}: ${objection.reason}.`,
    );
    Object.assign(packet, { topic: NOWHERE, payload: Buffer.alloc(0), retain: false });
    return;
  }
  reception.prove(visit);
  if (!retain) return;
  // It is kept here, and goes on like any message: while aedes waits for its own store, it drops
  // what a plain message overtakes, up to half of those that come together (measured).
  packet.retain = false;
  if (!retained.grants(topic, payload.length, party)) return;
  if (payload.length === 0) messages.delete(topic);
  else messages.set(topic, { ...packet });
  retained.hold(topic, client);
  // A will: its connection has ended.
  if (client.closed) retained.leave(client, performance.now());
}
