/** What every link must do with topics that it listens to beside its subscriptions. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Link, Quality } from '../../src/client/link.ts';
import { Ear, type LinkBench } from './link.ts';

const QOS_1: Quality = { qos: 1, retained: false };

/** Describes that part of the contract for the broker that `open` makes. */
export function describeAttending(name: string, open: () => Promise<LinkBench>): void {
  describe(`a link over ${name}`, () => {
    let bench: LinkBench;
    const links: Link[] = [];

    const make = async (prefix: string): Promise<Link> => {
      const link = await bench.link([`${prefix}/+`]);
      links.push(link);
      return link;
    };
    const join = async (link: Link, prefix: string): Promise<Ear> => {
      const ear = new Ear();
      link.connect({ topic: `${prefix}/will`, text: 'lost' }, ear.events);
      await bench.until(() => ear.isConnected);
      return ear;
    };
    const keep = async (topic: string): Promise<void> => {
      await bench.publish(topic, new TextEncoder().encode('kept'), true);
    };

    beforeAll(async () => {
      bench = await open();
    });
    afterAll(async () => {
      await Promise.all(links.map((link) => link.close()));
      await bench.close();
    });

    it('hears what it attends to, also what is kept there, and no more what it did', async () => {
      const prefix = `contract/attending-${process.pid}`;
      await keep(`${prefix}/peer/a`);
      await keep(`${prefix}/peer/c`);
      const [link, other] = [await make(prefix), await make(prefix)];
      const ear = await join(link, prefix);
      await join(other, prefix);
      link.attend([`${prefix}/peer/a`, `${prefix}/peer/b`]);
      await bench.until(() => ear.texts(`${prefix}/peer/a`).length === 1);
      expect(ear.heard[0]?.retained).toBe(true);
      other.publish(`${prefix}/peer/a`, 'live', QOS_1);
      await bench.until(() => ear.texts(`${prefix}/peer/a`).length === 2);

      link.attend([`${prefix}/peer/b`, `${prefix}/peer/c`]);
      await bench.until(() => ear.texts(`${prefix}/peer/c`).length === 1);
      other.publish(`${prefix}/peer/a`, 'unheard', QOS_1);
      other.publish(`${prefix}/peer/b`, 'live', QOS_1);
      await bench.until(() => ear.texts(`${prefix}/peer/b`).length === 1);
      expect(ear.texts(`${prefix}/peer/a`)).toEqual(['kept', 'live']);
    });

    it('attends to nothing before it is connected, and to nothing any more after', async () => {
      const prefix = `contract/attended-${process.pid}`;
      const [link, other] = [await make(prefix), await make(prefix)];
      link.attend([`${prefix}/peer/a`]);
      const ear = await join(link, prefix);
      link.attend([`${prefix}/peer/b`]);
      bench.cut(link);
      await bench.until(() => ear.ends === 1);
      const again = await join(link, prefix);
      await join(other, prefix);
      for (const word of ['peer/a', 'peer/b', 'end'])
        other.publish(`${prefix}/${word}`, 'said', QOS_1);
      await bench.until(() => again.texts(`${prefix}/end`).length === 1);
      expect(again.heard.filter(({ topic }) => topic.startsWith(`${prefix}/peer/`))).toEqual([]);
    });
  });
}
