/** The aedes broker itself, set up as we measured it to be safe; it knows no sockets. */

import type { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';
import { Aedes, type AedesOptions, type Client, type PublishPacket } from 'aedes';
import packets from 'mqtt-packet';
import { FilterAllowance } from './allowance.ts';
import type { Doorkeeper } from './doorkeeper.ts';
import { describe, Entrance } from './entrance.ts';
import type { Reception, Visit } from './reception.ts';
import { Retained } from './retained.ts';
import { Rights } from './rights.ts';
import { quote, type Tell } from './telling.ts';

// A table of all 65,536 packet numbers, for faster writing, takes 40 ms and 16 MB (measured).
packets.writeToStream.cacheNumbers = false;

const SETTINGS: AedesOptions = {
  /** One frozen subscriber holds everybody up for so long; aedes would give it a minute. */
  drainTimeout: 5_000,
  connectTimeout: 5_000,
  /** Seconds; a client that asks for none, or for more, is refused with CONNACK 6. */
  keepaliveLimit: 60,
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
  readonly persistence: { storeRetained(packet: PublishPacket): Promise<void> };
};

/**
 * Opens an exchange that keeps everything in memory: with other stores, aedes 1.2 loses up to half
 * of the retained and plain QoS 1 messages that interleave (measured).
 */
export async function openExchange(options: ExchangeOptions): Promise<Exchange> {
  const { presenceMs } = options;
  const retained = new Retained((topic) => {
    const empty = { cmd: 'publish', topic, payload: Buffer.alloc(0), qos: 0 } as const;
    void inside.persistence.storeRetained({ ...empty, retain: true, dup: false });
  });
  const rights = new Rights((topic) => retained.setterOf(topic));
  const entrance = new Entrance({ ...options, rights });
  const filters = new FilterAllowance();
  const aedes = await Aedes.createBroker({
    ...SETTINGS,
    preConnect: entrance.preConnect,
    authenticate: entrance.authenticate,
    ...limits({ ...options, entrance, rights, filters, retained }),
  });
  const inside = aedes as EventEmitter as Inside;
  aedes.on('unsubscribe', (unsubscriptions, client) => {
    filters.returned(client, unsubscriptions);
  });
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

type LimitOptions = ExchangeOptions & {
  readonly entrance: Entrance;
  readonly rights: Rights;
  readonly filters: FilterAllowance;
  readonly retained: Retained;
};

function limits(options: LimitOptions): AedesOptions {
  const { entrance, filters, reception } = options;
  return {
    // 128 in the SUBACK, for that filter alone.
    authorizeSubscribe: (client, subscription, done) => {
      const isGranted = filters.grants(client, subscription.topic);
      const visit = entrance.resident(client)?.visit;
      if (isGranted && visit !== undefined) reception.prove(visit);
      done(null, isGranted ? subscription : null);
    },
    // An error here ends the connection, since 3.1.1 has no other way to say no.
    authorizePublish: (client, packet, done) => {
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
  const { entrance, rights, retained, reception, tell } = options;
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
  // What is not retained is delivered to subscribers, like any message.
  packet.retain = retained.grants(topic, payload.length, party);
  if (!packet.retain) return;
  retained.hold(topic, client);
  // A will: its connection has ended.
  if (client.closed) retained.leave(client, performance.now());
}
