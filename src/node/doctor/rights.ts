/** Whether the broker lets a peer hear and say all that it has to, topic by topic. */

import { subscriptionsOf, topicsOf } from '../../wire/topics.ts';
import type { Result } from './finding.ts';
import type { Heard, Probe } from './probe.ts';
import { ECHO_MS, type Ward } from './ward.ts';

/** A message on a topic that is allowed is back in a moment. */
const RIGHT_MS = ECHO_MS / 2;

type Denied = { readonly subscribe: readonly string[]; readonly publish: readonly string[] };

/**
 * Where peers are at work, only their subscriptions are tried: what we would publish, they would
 * have to refuse, and not all clients of the labs survive that.
 */
export async function examineRights(ward: Ward, isBusy: boolean): Promise<Result> {
  const subscribe = await deniedFilters(ward);
  const publish = isBusy ? [] : await deniedTopics(ward);
  const denied = { subscribe, publish };
  const isFree = subscribe.length + publish.length === 0;
  return {
    grade: isFree ? (isBusy ? 'unknown' : 'good') : 'bad',
    found: describeDenied(denied, isBusy, topicsOf(ward.prefix, ward.self).length),
    meaning: isFree
      ? 'a peer can hear and say what it has to'
      : 'peers would not hear one another, or not all that they have to',
    advice: isFree
      ? isBusy
        ? 'run it again before the peers start, or with a --prefix of its own'
        : null
      : `allow reading and writing of ${ward.prefix}/# in the access rules of the broker`,
    facts: { subscribeDenied: subscribe, publishDenied: publish, publishTried: !isBusy },
  };
}

function describeDenied({ subscribe, publish }: Denied, isBusy: boolean, count: number): string {
  const parts = [
    ...(subscribe.length > 0 ? [`we may not subscribe to ${subscribe.join(', ')}`] : []),
    ...(publish.length > 0 ? [`nothing that we say arrives on ${publish.join(', ')}`] : []),
  ];
  if (parts.length > 0) return parts.join('; ');
  return isBusy
    ? 'we may subscribe to all that a peer hears; publishing was not tried, as peers are at work'
    : `what we say arrives on all ${count} topics of a peer`;
}

/** A connection for each: some brokers end it where they deny a subscription. */
async function deniedFilters(ward: Ward): Promise<readonly string[]> {
  const denied: string[] = [];
  for (const filter of subscriptionsOf(ward.prefix, ward.self)) {
    const probe = await ward.enter();
    if (!(await probe.subscribe(filter))) denied.push(filter);
    await probe.close();
  }
  return denied;
}

/** One after another, so that a broker that ends the connection shows over which it did. */
async function deniedTopics(ward: Ward): Promise<readonly string[]> {
  const readers: Probe[] = [];
  for (const filter of subscriptionsOf(ward.prefix, ward.self)) {
    const reader = await ward.enter();
    if (await reader.subscribe(filter)) readers.push(reader);
  }
  const denied: string[] = [];
  let writer = await ward.enter();
  for (const topic of topicsOf(ward.prefix, ward.self)) {
    if (!writer.isOpen) writer = await ward.enter();
    if (!(await arrives(ward, writer, readers, topic))) denied.push(topic);
  }
  return denied;
}

async function arrives(
  ward: Ward,
  writer: Probe,
  readers: readonly Probe[],
  topic: string,
): Promise<boolean> {
  void writer.publish(topic, ward.mark(topic), { qos: 1, retained: false });
  const isEcho = (heard: Heard): boolean => heard.topic === topic && ward.isOurs(heard);
  // The first that hears it, or all in vain.
  return await new Promise((resolve) => {
    const hearing = readers.map(async (reader) => {
      if (await reader.hears(isEcho, RIGHT_MS)) resolve(true);
    });
    void Promise.all(hearing).then(() => resolve(false));
  });
}
