/** What each client subscribes to, and with which quality of service it gets a message. */

import type { QoS } from 'mqtt-packet';
import { matches } from '../src/domain/topic-filter.ts';

/** Peers and viewers need a few. Without a bound, one client could fill the memory. */
const MAX_FILTERS = 1_000;
/**
 * The last level of topics that take no subscribers, so that authors of a client can see what it
 * makes of a refusal. The name comes from the interoperability suite of Eclipse Paho.
 */
const REFUSED = /(?:^|\/)nosubscribe$/;

type Own = {
  readonly filters: Map<string, QoS>;
  /** Over all filters. */
  least: QoS;
  most: QoS;
};

/** A client's subscriptions go with the client. */
export class Subscriptions {
  readonly #clients = new WeakMap<object, Own>();

  /** Whether `client` may have this subscription, too; it takes the place of one alike. */
  grants(client: object, filter: string, qos: QoS): boolean {
    if (REFUSED.test(filter)) return false;
    const own = this.#clients.get(client) ?? { filters: new Map(), least: 0, most: 0 };
    this.#clients.set(client, own);
    if (own.filters.size >= MAX_FILTERS && !own.filters.has(filter)) return false;
    own.filters.set(filter, qos);
    measure(own);
    return true;
  }

  returned(client: object, filters: readonly string[]): void {
    const own = this.#clients.get(client);
    if (own === undefined) return;
    for (const filter of filters) own.filters.delete(filter);
    measure(own);
  }

  /**
   * That of the message, or the highest that was granted for its topic where this is less
   * (MQTT-3.3.5-1, MQTT-3.8.4-6). aedes takes whichever subscription it comes upon first.
   */
  qosFor(client: object, topic: string, published: QoS): QoS {
    const own = this.#clients.get(client);
    if (own === undefined || published === 0) return 0;
    if (own.least >= published) return published;
    if (own.least === own.most) return own.most;
    let best: QoS = 0;
    for (const [filter, granted] of own.filters) {
      if (granted > best && matches(filter, topic)) best = granted;
      if (best >= published) return published;
    }
    return best;
  }
}

function measure(own: Own): void {
  const granted = [...own.filters.values()];
  own.least = granted.reduce((least, it) => (it < least ? it : least), 2);
  own.most = granted.reduce((most, it) => (it > most ? it : most), 0);
}
