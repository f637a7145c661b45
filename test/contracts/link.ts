/** What every link must do, whatever carries it: one suite, run on each implementation. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Delivery, Link, Quality, Will } from '../../src/client/link.ts';

/** A broker, and what a test does to it from outside. */
export type LinkBench = {
  /** A link to the broker; each with a connection of its own. */
  readonly link: (subscriptions: readonly string[]) => Link | Promise<Link>;
  /** A link whose broker isn't there. */
  readonly deadLink: () => Link | Promise<Link>;
  /** Breaks a link's connection without a goodbye. */
  readonly cut: (link: Link) => void;
  /** What another client publishes, which need not be text. */
  readonly publish: (topic: string, payload: Uint8Array, retained: boolean) => void | Promise<void>;
  /** Resolves once the condition holds; fails if it never does. */
  readonly until: (condition: () => boolean) => Promise<void>;
  readonly close: () => void | Promise<void>;
};

const QOS_1: Quality = { qos: 1, retained: false };
const RETAINED: Quality = { qos: 1, retained: true };

/** What one attempt of a link told its owner, in order. */
export class Ear {
  readonly heard: Delivery[] = [];
  readonly log: string[] = [];
  readonly events = {
    onConnected: (): void => void this.log.push('connected'),
    onDisconnected: (reason: string): void => void this.log.push(`disconnected: ${reason}`),
    onDelivery: (delivery: Delivery): void => {
      this.heard.push(delivery);
      this.log.push('heard');
    },
  };

  get isConnected(): boolean {
    return this.log.includes('connected');
  }
  get ends(): number {
    return this.log.filter((line) => line.startsWith('disconnected')).length;
  }
  texts(topic: string): string[] {
    return this.heard.filter((it) => it.topic === topic).map((it) => textOf(it.payload));
  }
}

function textOf(payload: Uint8Array): string {
  return new TextDecoder().decode(payload);
}

/** Describes the contract for the broker that `open` makes. */
export function describeLink(name: string, open: () => Promise<LinkBench>): void {
  describe(`a link over ${name}`, () => {
    let bench: LinkBench;
    const links: Link[] = [];
    let count = 0;
    // Topics of its own for each test: brokers remember what was retained.
    const place = (): string => {
      count += 1;
      return `contract/${process.pid}-${count}`;
    };
    const willOf = (prefix: string): Will => ({ topic: `${prefix}/will`, text: 'lost' });

    const make = async (subscriptions: readonly string[]): Promise<Link> => {
      const link = await bench.link(subscriptions);
      links.push(link);
      return link;
    };
    const join = async (link: Link, will: Will): Promise<Ear> => {
      const ear = new Ear();
      link.connect(will, ear.events);
      await bench.until(() => ear.isConnected);
      return ear;
    };
    const enter = async (prefix: string, will = willOf(prefix)): Promise<[Link, Ear]> => {
      const link = await make([`${prefix}/+`]);
      return [link, await join(link, will)];
    };

    beforeAll(async () => {
      bench = await open();
    });
    afterAll(async () => {
      await Promise.all(links.map((link) => link.close()));
      await bench.close();
    });

    it('is connected once its subscriptions are acknowledged, and deaf before', async () => {
      const prefix = place();
      await bench.publish(`${prefix}/old`, new TextEncoder().encode('kept'), true);
      const link = await make([`${prefix}/+`, `${prefix}/deep/+`]);
      const ear = await join(link, willOf(prefix));
      link.publish(`${prefix}/deep/a`, 'hello', QOS_1);
      await bench.until(() => ear.heard.length === 2);
      expect(ear.log).toEqual(['connected', 'heard', 'heard']);
      expect(ear.texts(`${prefix}/deep/a`)).toEqual(['hello']);
    });

    it('connects after the call has returned, never within it', async () => {
      const prefix = place();
      const link = await make([`${prefix}/+`]);
      const ear = new Ear();
      link.connect(willOf(prefix), ear.events);
      expect(ear.log).toEqual([]);
      await bench.until(() => ear.isConnected);
    });

    it('hears what it says itself, in either quality', async () => {
      const prefix = place();
      const [link, ear] = await enter(prefix);
      link.publish(`${prefix}/a`, 'once', { qos: 0, retained: false });
      link.publish(`${prefix}/b`, 'surely', QOS_1);
      await bench.until(() => ear.heard.length === 2);
      expect(ear.texts(`${prefix}/a`)).toEqual(['once']);
      expect(ear.texts(`${prefix}/b`)).toEqual(['surely']);
    });

    it('hears others, and only what its filters name', async () => {
      const prefix = place();
      const [, ear] = await enter(prefix);
      const [other, otherEar] = await enter(prefix);
      other.publish(`${prefix}/deeper/down`, 'unheard', QOS_1);
      other.publish(`${prefix}elsewhere/a`, 'unheard', QOS_1);
      other.publish(`${prefix}/a`, 'heard', QOS_1);
      await bench.until(() => ear.heard.length > 0 && otherEar.heard.length > 0);
      expect(ear.heard.map((it) => it.topic)).toEqual([`${prefix}/a`]);
    });

    it("keeps the order of one publisher's messages on one topic", async () => {
      const prefix = place();
      const [link, ear] = await enter(prefix);
      const [, otherEar] = await enter(prefix);
      const texts = Array.from({ length: 300 }, (_, index) => `${index}`);
      for (const text of texts) link.publish(`${prefix}/a`, text, QOS_1);
      await bench.until(() => ear.heard.length >= 300 && otherEar.heard.length >= 300);
      expect(ear.texts(`${prefix}/a`)).toEqual(texts);
      expect(otherEar.texts(`${prefix}/a`)).toEqual(texts);
    });

    it('marks what is retained for a late subscriber, not for who was there', async () => {
      const prefix = place();
      const [link, ear] = await enter(prefix);
      link.publish(`${prefix}/a`, 'first', RETAINED);
      link.publish(`${prefix}/a`, 'second', RETAINED);
      await bench.until(() => ear.heard.length === 2);
      expect(ear.heard.map((it) => it.retained)).toEqual([false, false]);

      const [, lateEar] = await enter(prefix);
      await bench.until(() => lateEar.heard.length === 1);
      expect(lateEar.texts(`${prefix}/a`)).toEqual(['second']);
      expect(lateEar.heard[0]?.retained).toBe(true);
    });

    it('leaves its will when it is cut, retained', async () => {
      const prefix = place();
      const [, watcher] = await enter(prefix);
      const [link, ear] = await enter(prefix);
      bench.cut(link);
      await bench.until(() => ear.ends === 1 && watcher.heard.length === 1);
      expect(watcher.texts(`${prefix}/will`)).toEqual(['lost']);
      const [, late] = await enter(prefix);
      await bench.until(() => late.heard.length === 1);
      expect(late.heard[0]?.retained).toBe(true);
    });

    it('leaves no will when it is closed, and what it said before still arrives', async () => {
      const prefix = place();
      const [watcherLink, watcher] = await enter(prefix);
      const [link] = await enter(prefix);
      for (let index = 0; index < 50; index += 1) link.publish(`${prefix}/a`, `${index}`, QOS_1);
      link.publish(`${prefix}/a`, 'goodbye', RETAINED);
      await link.close();
      await bench.until(() => watcher.texts(`${prefix}/a`).includes('goodbye'));
      watcherLink.publish(`${prefix}/b`, 'afterwards', QOS_1);
      await bench.until(() => watcher.texts(`${prefix}/b`).length === 1);
      expect(watcher.texts(`${prefix}/will`)).toEqual([]);
      expect(watcher.texts(`${prefix}/a`)).toHaveLength(51);
    });

    it('loses what is said before it is connected, without a complaint', async () => {
      const prefix = place();
      const link = await make([`${prefix}/+`]);
      link.publish(`${prefix}/a`, 'too early', QOS_1);
      const ear = new Ear();
      link.connect(willOf(prefix), ear.events);
      link.publish(`${prefix}/a`, 'still too early', QOS_1);
      await bench.until(() => ear.isConnected);
      link.publish(`${prefix}/a`, 'in time', QOS_1);
      await bench.until(() => ear.heard.length > 0);
      expect(ear.texts(`${prefix}/a`)).toEqual(['in time']);
    });

    it('says once that its connection ended, and loses what is said then', async () => {
      const prefix = place();
      const [link, ear] = await enter(prefix);
      bench.cut(link);
      link.publish(`${prefix}/a`, 'into the void', QOS_1);
      await bench.until(() => ear.ends > 0);
      link.publish(`${prefix}/a`, 'into the void', QOS_1);
      const [, watcher] = await enter(prefix);
      await bench.until(() => watcher.heard.length > 0); // The will, retained.
      expect(ear.log.at(-1)).toMatch(/^disconnected: .{10,}\.$/);
      expect(ear.ends).toBe(1);
      expect(watcher.texts(`${prefix}/a`)).toEqual([]);
    });

    it('connects again after that, with another will', async () => {
      const prefix = place();
      const [, watcher] = await enter(prefix);
      const [link, ear] = await enter(prefix, { topic: `${prefix}/will`, text: 'first life' });
      bench.cut(link);
      await bench.until(() => ear.ends === 1);
      const again = await join(link, { topic: `${prefix}/will`, text: 'second life' });
      link.publish(`${prefix}/a`, 'back', QOS_1);
      await bench.until(() => again.texts(`${prefix}/a`).length === 1);
      bench.cut(link);
      await bench.until(() => again.ends === 1 && watcher.texts(`${prefix}/will`).length === 2);
      expect(watcher.texts(`${prefix}/will`)).toEqual(['first life', 'second life']);
      expect(ear.ends).toBe(1);
      expect(ear.texts(`${prefix}/a`)).toEqual([]);
    });

    it('drops an earlier connection for a newer one, whose owner hears nothing more', async () => {
      const prefix = place();
      const [, watcher] = await enter(prefix);
      const [link, ear] = await enter(prefix);
      const before = [...ear.log];
      const newer = await join(link, willOf(prefix));
      await bench.until(() => watcher.texts(`${prefix}/will`).length === 1);
      link.publish(`${prefix}/a`, 'news', QOS_1);
      await bench.until(() => newer.texts(`${prefix}/a`).length === 1);
      expect(ear.log).toEqual(before);
      expect(newer.ends).toBe(0);
    });

    it('says once that no broker is there', async () => {
      const link = await bench.deadLink();
      links.push(link);
      const ear = new Ear();
      link.connect({ topic: 'will', text: '' }, ear.events);
      await bench.until(() => ear.ends > 0);
      link.publish('topic', 'into the void', QOS_1);
      const again = new Ear();
      link.connect({ topic: 'will', text: '' }, again.events);
      await bench.until(() => again.ends > 0);
      expect(ear.log).toEqual([expect.stringMatching(/^disconnected: .{10,}\.$/)]);
      expect(again.log).toEqual(ear.log);
    });

    it('ends quietly when it is closed while it connects', async () => {
      const prefix = place();
      const link = await make([`${prefix}/+`]);
      const ear = new Ear();
      link.connect(willOf(prefix), ear.events);
      await link.close();
      await link.close();
      const [other, otherEar] = await enter(prefix);
      other.publish(`${prefix}/a`, 'anybody?', QOS_1);
      await bench.until(() => otherEar.texts(`${prefix}/a`).length === 1);
      expect(ear.log).toEqual([]);
    });

    it('tells nothing more once it is closed, and may be connected again', async () => {
      const prefix = place();
      const [link, ear] = await enter(prefix);
      const closed = link.close();
      link.publish(`${prefix}/a`, 'too late', QOS_1);
      await closed;
      const again = await join(link, willOf(prefix));
      link.publish(`${prefix}/a`, 'new life', QOS_1);
      await bench.until(() => again.heard.length > 0);
      expect(again.texts(`${prefix}/a`)).toEqual(['new life']);
      expect(ear.log).toEqual(['connected']);
    });

    it('carries texts of 64 KiB, in every script', async () => {
      const prefix = place();
      const [link, ear] = await enter(prefix);
      const long = '0123456789abcdef'.repeat(4096);
      link.publish(`${prefix}/a`, long, QOS_1);
      link.publish(`${prefix}/a`, 'Grüße, 世界 🎲', QOS_1);
      await bench.until(() => ear.heard.length === 2);
      expect(ear.heard[0]?.payload.length).toBe(65_536);
      expect(ear.texts(`${prefix}/a`)).toEqual([long, 'Grüße, 世界 🎲']);
    });

    it('hands on the bytes of strangers as they are', async () => {
      const prefix = place();
      const [, ear] = await enter(prefix);
      const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
      await bench.publish(`${prefix}/a`, bytes, false);
      await bench.publish(`${prefix}/a`, new Uint8Array(0), false);
      await bench.until(() => ear.heard.length === 2);
      expect(ear.heard[0]?.payload).toBeInstanceOf(Uint8Array);
      expect([...(ear.heard[0]?.payload ?? [])]).toEqual([...bytes]);
      expect(ear.heard[1]?.payload.length).toBe(0);
    });
  });
}
