/** Tells our own words, come back from the broker, from words that somebody else said. */

/** MQTT 3.1.1 has no way to ask for none: whoever subscribes to a topic hears itself on it. */
const mostEchoes = 500;

export class EchoFilter {
  /** In order of speaking; what is said again counts as new. */
  readonly #said = new Set<string>();

  /** Remembers what we say. What never comes back makes room in the end. */
  add(text: string): void {
    this.#said.delete(text);
    this.#said.add(text);
    if (this.#said.size <= mostEchoes) return;
    const [oldest] = this.#said;
    if (oldest !== undefined) this.#said.delete(oldest);
  }

  isEcho(text: string): boolean {
    return this.#said.has(text);
  }
}
