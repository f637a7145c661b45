/** Comes in as a peer does, with its will and its subscriptions, and says its first words. */

import { presenceTopicOf, subscriptionsOf } from '../../wire/topics.ts';
import type { Address } from '../mqtt-connection.ts';
import { MqttLink } from '../mqtt-link.ts';
import type { Manner } from '../mqtt-manner.ts';
import type { WorldError } from '../world-error.ts';
import { formatMs, type Result } from './finding.ts';
import { ECHO_MS, type Ward } from './ward.ts';

/** How a peer fares: in, or why not. */
type Coming =
  | { readonly kind: 'in'; readonly connectMs: number; readonly manner: Manner }
  | { readonly kind: 'out'; readonly reason: string; readonly wasIn: boolean };

export type Arrival = {
  readonly result: Result;
  /** Null where we are not in. */
  readonly manner: Manner | null;
  /** What would end a peer that was never in. */
  readonly fatal: WorldError | null;
};

/** Where connections end over what is said on them, a peer comes to say less. */
const ATTEMPTS = 3;

export async function arrive(ward: Ward, patient: Address): Promise<Arrival> {
  const { broker } = patient;
  const { coming, fatal } = await comeIn(ward, patient);
  if (coming.kind === 'in') {
    const { connectMs, manner } = coming;
    return { result: describeArrival(broker.text, connectMs, manner), manner, fatal: null };
  }
  const result: Result = {
    grade: 'bad',
    found: coming.reason.replace(/\.$/, ''),
    meaning: 'no peer can come in',
    advice: null,
    facts: { url: broker.text, code: fatal?.code ?? null },
  };
  return { result, manner: null, fatal };
}

function describeArrival(url: string, connectMs: number, manner: Manner): Result {
  const { hasWill, retains, qos } = manner;
  const lacking = [
    ...(retains ? [] : ['retained messages']),
    ...(qos === 1 ? [] : ['QoS 1']),
    ...(hasWill ? [] : ['wills']),
  ];
  const isFull = lacking.length === 0;
  const without = lacking.join(' and ');
  return {
    grade: isFull ? 'good' : 'fair',
    found: `${url} let us in after ${formatMs(connectMs)}${isFull ? '' : `, without ${without}`}`,
    meaning: isFull
      ? 'peers can come in'
      : 'peers come in, too, and do without: it makes some things slower, and none wrong',
    advice: isFull ? null : `let the broker take ${without} (Mosquitto: retain_available, max_qos)`,
    facts: { url, connectMs, ...manner },
  };
}

/** Through the very link of a peer, so that it is let in where that is, and not where it isn't. */
async function comeIn(
  ward: Ward,
  patient: Address,
): Promise<{ readonly coming: Coming; readonly fatal: WorldError | null }> {
  const clientId = ward.clientId('p');
  const address = { ...patient, patienceMs: 0, options: { ...patient.options, clientId } };
  const fatal: WorldError[] = [];
  const onFatal = (error: WorldError): void => void fatal.push(error);
  const filters = subscriptionsOf(ward.prefix, ward.self);
  const link = new MqttLink(address, clientId, filters, { onFatal });
  try {
    const from = performance.now();
    let coming = await attempt(ward, link);
    for (let more = 1; more < ATTEMPTS && coming.kind === 'out' && coming.wasIn; more += 1) {
      coming = await attempt(ward, link);
    }
    const [error = null] = fatal;
    if (error?.code !== 'subscription-denied') return { coming, fatal: error };
    // It is let in all the same, and the rights are looked at one by one.
    const { manner } = link;
    return { coming: { kind: 'in', connectMs: performance.now() - from, manner }, fatal: null };
  } finally {
    link.publish(presenceTopicOf(ward.prefix, ward.self), '', { qos: 1, retained: true });
    await link.close();
  }
}

/** In, once its first words are back, or have not ended the connection for a while. */
function attempt(ward: Ward, link: MqttLink): Promise<Coming> {
  const from = performance.now();
  const topic = presenceTopicOf(ward.prefix, ward.self);
  // The will of an attempt before may come in between.
  const [will, text] = [ward.mark('will'), ward.mark('presence')];
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    let connectMs = 0;
    let wasIn = false;
    const settle = (coming: Coming): void => {
      clearTimeout(timer);
      resolve(coming);
    };
    const stayed = (): void => settle({ kind: 'in', connectMs, manner: link.manner });
    link.connect(
      { topic, text: will },
      {
        onConnected: () => {
          wasIn = true;
          connectMs = performance.now() - from;
          timer = setTimeout(stayed, ECHO_MS);
          ward.keep(topic);
          link.publish(topic, text, { qos: 1, retained: true });
        },
        onDelivery: (delivery) => {
          if (Buffer.from(delivery.payload).toString() === text) stayed();
        },
        onDisconnected: (reason) => settle({ kind: 'out', reason, wasIn }),
      },
    );
  });
}
