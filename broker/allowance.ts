/** What one client may make the broker remember: without a bound, one could fill its memory. */

/** Peers subscribe to three filters, viewers to a few. */
const MAX_FILTERS = 1_000;
/** Some hundred peers keep one retained message each. */
const MAX_RETAINED_TOPICS = 10_000;
const MAX_RETAINED_BYTES = 64 * 1024 * 1024;

/** Counts the filters of each client; a client's count goes with the client. */
export class FilterAllowance {
  readonly #filters = new WeakMap<object, Set<string>>();

  /** Whether `client` may have this subscription, too. */
  grants(client: object, filter: string): boolean {
    const filters = this.#filters.get(client) ?? new Set();
    this.#filters.set(client, filters);
    if (filters.size >= MAX_FILTERS && !filters.has(filter)) return false;
    filters.add(filter);
    return true;
  }

  returned(client: object, filters: readonly string[]): void {
    for (const filter of filters) this.#filters.get(client)?.delete(filter);
  }
}

/** Counts what the broker retains for everybody together, by topic. */
export class RetainedAllowance {
  readonly #bytes = new Map<string, number>();
  #total = 0;

  /** Whether the broker can retain this; an empty payload clears its topic (MQTT-3.3.1-10). */
  grants(topic: string, payloadBytes: number): boolean {
    const before = this.#bytes.get(topic) ?? 0;
    const total = this.#total - before + payloadBytes;
    if (payloadBytes === 0) {
      this.#bytes.delete(topic);
    } else {
      const isFull = this.#bytes.size >= MAX_RETAINED_TOPICS && !this.#bytes.has(topic);
      if (isFull || total > MAX_RETAINED_BYTES) return false;
      this.#bytes.set(topic, payloadBytes);
    }
    this.#total = total;
    return true;
  }
}
