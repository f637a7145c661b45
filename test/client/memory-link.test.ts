import { expect, it } from 'vitest';
import type { Delivery, Link } from '../../src/client/link.ts';
import { MemoryBroker } from '../../src/client/memory-link.ts';
import { describeLink, type LinkBench } from '../contracts/link.ts';
import { describeAttending } from '../contracts/link-attending.ts';

const open = async (): Promise<LinkBench> => {
  const broker = new MemoryBroker();
  const stopped = new MemoryBroker();
  stopped.stop();
  return {
    link: (subscriptions) => broker.link(subscriptions),
    deadLink: () => stopped.link([]),
    cut: (link) => broker.cut(link),
    publish: (topic, payload, retained) => broker.publish(topic, payload, retained),
    until: async (condition) => {
      for (let turn = 0; turn < 100 && !condition(); turn += 1) await Promise.resolve();
      if (!condition()) throw new Error('It never came true.');
    },
    close: () => {},
  };
};

describeLink('memory', open);
describeAttending('memory', open);

const WILL = { topic: 'will', text: 'lost' };

/** What each of these links was told, as texts. */
function listen(link: Link, log: string[], name = ''): void {
  link.connect(WILL, {
    onConnected: () => log.push(`${name}connected`),
    onDisconnected: (reason) => log.push(`${name}${reason}`),
    onDelivery: ({ topic, payload }: Delivery) =>
      log.push(`${name}${topic} ${new TextDecoder().decode(payload)}`),
  });
}

it('a flush does at once what waits', () => {
  const broker = new MemoryBroker();
  const log: string[] = [];
  const link = broker.link(['a']);
  listen(link, log);
  broker.flush();
  link.publish('a', '1', { qos: 1, retained: false });
  expect(log).toEqual(['connected']);
  broker.flush();
  expect(log).toEqual(['connected', 'a 1']);
});

it('filters name levels with + and the rest with #', () => {
  const broker = new MemoryBroker();
  const log: string[] = [];
  for (const filter of ['+', 'a/+', 'a/#', '+/b/#', '#'])
    listen(broker.link([filter]), log, `${filter}: `);
  broker.flush();
  log.length = 0;
  for (const topic of ['a', 'a/b', 'a/b/c']) broker.publish(topic, new Uint8Array());
  broker.flush();
  expect(log).toEqual([
    '+: a ',
    'a/#: a ',
    '#: a ',
    'a/+: a/b ',
    'a/#: a/b ',
    '+/b/#: a/b ',
    '#: a/b ',
    'a/#: a/b/c ',
    '+/b/#: a/b/c ',
    '#: a/b/c ',
  ]);
});

it('a message comes once, though two filters of a link name it', () => {
  const broker = new MemoryBroker();
  const log: string[] = [];
  listen(broker.link(['a/+', 'a/b']), log);
  broker.publish('a/b', new Uint8Array(), false);
  broker.flush();
  expect(log).toEqual(['connected', 'a/b ']);
});

it('a broker that stops cuts its links, and serves new ones once it starts again', () => {
  const broker = new MemoryBroker();
  const log: string[] = [];
  const link = broker.link(['#']);
  listen(link, log);
  broker.flush();
  broker.stop();
  broker.flush();
  listen(link, log);
  broker.flush();
  broker.start();
  listen(link, log);
  broker.flush();
  const stopped = 'The broker inside this process is stopped.';
  expect(log).toEqual(['connected', stopped, stopped, 'connected', 'will lost']);
});

it('a link that was cut and then closed hears nothing of the cut', () => {
  const broker = new MemoryBroker();
  const log: string[] = [];
  const link = broker.link(['#']);
  listen(link, log);
  broker.flush();
  broker.cut(link);
  void link.close();
  broker.flush();
  expect(log).toEqual(['connected']);
});

it('an empty retained message clears its topic', () => {
  const broker = new MemoryBroker();
  const log: string[] = [];
  broker.publish('a', Uint8Array.of(49), true);
  broker.publish('b', Uint8Array.of(49), true);
  broker.publish('a', new Uint8Array(), true);
  listen(broker.link(['+']), log);
  broker.flush();
  expect(log).toEqual(['connected', 'b 1']);
});
