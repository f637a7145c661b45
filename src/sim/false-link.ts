/** One peer's link into the false network. */

import type { Link, LinkEvents, Quality, Will } from '../client/link.ts';
import type { Body } from './body.ts';
import type { Endpoint, Network, Session, Stall } from './network.ts';

export class FalseLink implements Link, Endpoint {
  readonly #network: Network;
  readonly filters: readonly string[];
  readonly body: Body;
  session: Session | null = null;
  #stall: Stall = 'none';

  constructor(network: Network, filters: readonly string[], body: Body) {
    this.#network = network;
    this.filters = filters;
    this.body = body;
  }

  get stall(): Stall {
    return this.#stall;
  }

  /** Holds for every connection until it is said otherwise. */
  set stall(stall: Stall) {
    this.#stall = stall;
    if (this.session !== null) this.#network.stall(this.session, stall);
  }

  connect(will: Will, events: LinkEvents): void {
    if (this.session !== null) this.#network.replace(this.session);
    this.session = this.#network.open(this, will, events);
  }

  publish(topic: string, text: string, quality: Quality): void {
    if (this.session !== null) this.#network.publish(this.session, topic, text, quality);
  }

  attend(topics: readonly string[]): void {
    if (this.session !== null) this.#network.attend(this.session, topics);
  }

  close(): Promise<void> {
    this.#end(false);
    return Promise.resolve();
  }

  /** As when its process is killed: the broker publishes the will. */
  cut(): void {
    this.#end(true);
  }

  freeze(): void {
    this.body.freeze();
    if (this.session !== null) this.#network.watch(this.session);
  }

  #end(isLost: boolean): void {
    const { session } = this;
    this.session = null;
    if (session !== null) this.#network.drop(session, isLost);
  }
}
