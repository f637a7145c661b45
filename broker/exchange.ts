/** The aedes broker itself, set up as we measured it to be safe; it knows no sockets. */

import type { EventEmitter } from 'node:events';
import { Aedes, type AedesOptions, type AuthenticateError } from 'aedes';
import packets from 'mqtt-packet';
import { FilterAllowance, RetainedAllowance } from './allowance.ts';
import { ACCEPTED, type Doorkeeper } from './doorkeeper.ts';

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

/**
 * Opens an exchange that keeps everything in memory: with other stores, aedes 1.2 loses up to half
 * of the retained and plain QoS 1 messages that interleave (measured).
 *
 * `doorkeeper` is null where everybody may come in.
 */
export async function openExchange(doorkeeper: Doorkeeper | null): Promise<Aedes> {
  const filters = new FilterAllowance();
  const options = { ...SETTINGS, ...limits(filters), ...entrance(doorkeeper) };
  const exchange = await Aedes.createBroker(options);
  exchange.on('unsubscribe', (unsubscriptions, client) => {
    filters.returned(client, unsubscriptions);
  });
  // Its typings lack this event, and without a listener it would end the process. Whatever it
  // tells of was one message's or one client's misfortune, and peers repeat what matters.
  (exchange as EventEmitter).on('error', () => {});
  return exchange;
}

function limits(filters: FilterAllowance): AedesOptions {
  const retained = new RetainedAllowance();
  return {
    // A session that outlives its connection would gather messages without end. Refusing to keep
    // one is a broker's right: the client is told so (CONNACK with session present 0).
    preConnect: (_client, packet, done) => {
      packet.clean = true;
      done(null, true);
    },
    // 128 in the SUBACK, for that filter alone.
    authorizeSubscribe: (client, subscription, done) => {
      done(null, filters.grants(client, subscription.topic) ? subscription : null);
    },
    // An error here ends the connection, since 3.1.1 has no other way to say no.
    authorizePublish: (_client, packet, done) => {
      if (packet.topic.startsWith('$SYS/')) return done(new Error('$SYS belongs to the broker.'));
      if (packet.retain && !retained.grants(packet.topic, packet.payload.length)) {
        packet.retain = false; // Delivered to whoever is there, like any message.
      }
      return done();
    },
  };
}

function entrance(doorkeeper: Doorkeeper | null): AedesOptions {
  if (doorkeeper === null) return {};
  return {
    authenticate: (_client, user, password, done) => {
      void doorkeeper.admit(user, password).then((returnCode) => {
        if (returnCode === ACCEPTED) done(null, true);
        else done(refusal(returnCode), false);
      });
    },
  };
}

function refusal(returnCode: number): AuthenticateError {
  return Object.assign(new Error('The client was not let in.'), { returnCode });
}
