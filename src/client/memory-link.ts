/** A broker inside the process, and links to it: for tests, examples and offline pages. */

import { matches } from '../domain/topic-filter.ts';
import type { Link, LinkEvents, Quality, Will } from './link.ts';

/** One attempt of one link. */
type Session = {
  readonly filters: readonly string[];
  attended: readonly string[];
  readonly will: Will;
  /** Null once its owner is to hear nothing more. */
  events: LinkEvents | null;
  state: 'connecting' | 'connected' | 'over';
};

const STOPPED = 'The broker inside this process is stopped.';

/**
 * Does everything in the order of the calls, and nothing before the caller has returned: each call
 * adds a step, and the steps are done in a microtask, or at once in `flush`.
 */
export class MemoryBroker {
  readonly #sessions = new Map<Link, Session>();
  readonly #retained = new Map<string, Uint8Array>();
  readonly #steps: (() => void)[] = [];
  #isScheduled = false;
  #isStopped = false;

  /** A link that subscribes to these filters; they may hold `+` and end in `#`. */
  link(subscriptions: readonly string[]): Link {
    const link: Link = {
      connect: (will, events) => this.#connect(link, subscriptions, will, events),
      publish: (topic, text, quality) => this.#say(link, topic, text, quality),
      attend: (topics) => this.#then(() => this.#attend(link, topics)),
      close: () => this.#close(link),
    };
    return link;
  }

  /** What a client without a link says; an empty retained payload clears its topic. */
  publish(topic: string, payload: Uint8Array, retained = false): void {
    this.#then(() => this.#spread(topic, payload, retained));
  }

  /** Ends a link's connection, or its attempt, as a failing network would: its will goes out. */
  cut(link: Link, reason = 'The connection was cut.'): void {
    const session = this.#sessions.get(link);
    if (session === undefined) return;
    this.#lose(session);
    this.#then(() => this.#tellEnd(link, session, reason));
  }

  /** Cuts every link, and fails every attempt until `start`. What is retained stays. */
  stop(): void {
    this.#isStopped = true;
    for (const link of this.#sessions.keys()) this.cut(link, STOPPED);
  }

  start(): void {
    this.#isStopped = false;
  }

  /** Does now whatever waits, and whatever follows from it. */
  flush(): void {
    for (let step = this.#steps.shift(); step; step = this.#steps.shift()) step();
  }

  #connect(link: Link, filters: readonly string[], will: Will, events: LinkEvents): void {
    const earlier = this.#sessions.get(link);
    if (earlier) {
      earlier.events = null;
      this.#lose(earlier);
    }
    const session: Session = { filters, attended: [], will, events, state: 'connecting' };
    this.#sessions.set(link, session);
    this.#then(() => {
      if (this.#isStopped) this.#tellEnd(link, session, STOPPED);
      else this.#accept(session);
    });
  }

  #accept(session: Session): void {
    if (session.state === 'over') return;
    session.state = 'connected';
    session.events?.onConnected();
    for (const [topic, payload] of this.#retained) deliver(session, topic, payload, true);
  }

  #attend(link: Link, topics: readonly string[]): void {
    const session = this.#sessions.get(link);
    if (session?.state !== 'connected') return;
    const before = new Set(session.attended);
    session.attended = topics;
    for (const topic of new Set(topics)) {
      const payload = before.has(topic) ? undefined : this.#retained.get(topic);
      if (payload !== undefined) deliver(session, topic, payload, true);
    }
  }

  #say(link: Link, topic: string, text: string, { retained }: Quality): void {
    if (this.#sessions.get(link)?.state !== 'connected') return;
    this.publish(topic, new TextEncoder().encode(text), retained);
  }

  #spread(topic: string, payload: Uint8Array, retained: boolean): void {
    if (retained && payload.length > 0) this.#retained.set(topic, payload);
    else if (retained) this.#retained.delete(topic);
    for (const session of this.#sessions.values()) deliver(session, topic, payload, false);
  }

  /** Ends a session without a goodbye. */
  #lose(session: Session): void {
    const { topic, text, isForgotten = false } = session.will;
    if (session.state === 'connected')
      this.publish(topic, new TextEncoder().encode(text), !isForgotten);
    session.state = 'over';
  }

  /** Unless the owner has closed the link or connected it anew in the meantime. */
  #tellEnd(link: Link, session: Session, reason: string): void {
    const { events } = session;
    session.events = null;
    session.state = 'over';
    if (this.#sessions.get(link) === session) this.#sessions.delete(link);
    events?.onDisconnected(reason);
  }

  #close(link: Link): Promise<void> {
    const session = this.#sessions.get(link);
    this.#sessions.delete(link);
    if (session) {
      session.events = null;
      session.state = 'over';
    }
    return new Promise((resolve) => this.#then(resolve));
  }

  #then(step: () => void): void {
    this.#steps.push(step);
    if (!this.#isScheduled) this.#schedule();
  }

  #schedule(): void {
    this.#isScheduled = true;
    queueMicrotask(() => {
      this.#isScheduled = false;
      try {
        this.flush();
      } finally {
        // A handler that throws must not keep the rest from being done.
        if (this.#steps.length > 0 && !this.#isScheduled) this.#schedule();
      }
    });
  }
}

function deliver(session: Session, topic: string, payload: Uint8Array, retained: boolean): void {
  if (session.state !== 'connected') return;
  const isWanted = session.filters.some((filter) => matches(filter, topic));
  if (!isWanted && !session.attended.includes(topic)) return;
  // A copy, as over a network: what one does to it, the others don't see.
  session.events?.onDelivery({ topic, payload: payload.slice(), retained });
}
