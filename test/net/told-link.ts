/** A link that writes down what it tells, and a broker for it; both end with the test file. */

import { afterAll } from 'vitest';
import { type Broker, type BrokerOptions, openBroker } from '../../broker/broker.ts';
import type { Link } from '../../src/client/link.ts';
import type { ClientID } from '../../src/domain/names.ts';
import { createMqttLink, type MqttLinkOptions } from '../../src/node/mqtt-link.ts';
import type { WorldError } from '../../src/node/world-error.ts';

/** What to undo when the test file is done, the last first. */
export const cleanups: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup();
});

let count = 0;
export function nextClientID(): ClientID {
  count += 1;
  return `00000000-0000-8000-8000-${count.toString().padStart(12, '0')}` as ClientID;
}

export type ToldLink = {
  readonly link: Link;
  /** In order: `connected`, `heard`, the reason of an end, the code of a fatal error. */
  readonly log: string[];
  readonly fatal: WorldError[];
  /** Refusals that are no end; they are not in the log. */
  readonly refused: WorldError[];
  readonly unheard: string[];
  connect(): void;
};

export function tell(url: string, options: Partial<MqttLinkOptions> = {}): ToldLink {
  const log: string[] = [];
  const fatal: WorldError[] = [];
  const refused: WorldError[] = [];
  const unheard: string[] = [];
  const whole = {
    url,
    clientID: nextClientID(),
    subscriptions: ['a/+'],
    onRefused: (error: WorldError) => void refused.push(error),
    onUnheard: (topics: readonly string[]) => void unheard.push(...topics),
    ...options,
  };
  const link = createMqttLink(whole, (error) => {
    fatal.push(error);
    log.push(error.code);
  });
  cleanups.push(() => link.close());
  const connect = (): void =>
    link.connect(
      { topic: 'will', text: 'lost' },
      {
        onConnected: () => log.push('connected'),
        onDisconnected: (reason) => log.push(reason),
        onDelivery: () => log.push('heard'),
      },
    );
  return { link, log, fatal, refused, unheard, connect };
}

export async function opened(options: BrokerOptions = {}): Promise<Broker> {
  const broker = await openBroker({ port: 0, ...options });
  cleanups.push(() => broker.close());
  return broker;
}
