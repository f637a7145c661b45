/** How many filters one client may subscribe to: without a bound, one could fill the memory. */

/** Peers subscribe to three filters, viewers to a few. */
const MAX_FILTERS = 1_000;

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
