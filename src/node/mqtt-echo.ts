/** Notices that what we say on a topic never comes back: then no other peer hears it either. */

/** What is said again and again is back by then, even on a broker that is busy. */
const PATIENCE_MS = 5_000;
const LEAST_WORDS = 3;
/** The most texts that are remembered for each topic. */
const MOST_TEXTS = 20;

type Said = { readonly since: number; words: number; readonly texts: Set<string> };

/**
 * Many brokers acknowledge and drop what their access rules forbid: MQTT 3.1.1 has no answer for
 * it. But a client that subscribes to a topic hears itself on it.
 */
export class OwnEcho {
  readonly #filters: readonly string[];
  readonly #onUnheard: (topics: readonly string[]) => void;
  /** By topic, what has not come back in this connection; null once something has. */
  readonly #said = new Map<string, Said | null>();
  readonly #told = new Set<string>();

  constructor(filters: readonly string[], onUnheard: (topics: readonly string[]) => void) {
    this.#filters = filters;
    this.#onUnheard = onUnheard;
  }

  /** A connection begins. */
  begin(): void {
    this.#said.clear();
  }

  say(topic: string, text: string): void {
    if (text === '' || !this.#hears(topic)) return;
    const now = performance.now();
    const known = this.#said.get(topic);
    if (known === null) return;
    const said = known ?? { since: now, words: 0, texts: new Set() };
    this.#said.set(topic, said);
    said.words += 1;
    if (said.texts.size < MOST_TEXTS) said.texts.add(text);
    if (said.words >= LEAST_WORDS && now - said.since >= PATIENCE_MS) this.#tell(topic);
  }

  hear(topic: string, payload: Uint8Array): void {
    const said = this.#said.get(topic);
    if (said?.texts.has(Buffer.from(payload).toString())) this.#said.set(topic, null);
  }

  /** Where no word on any topic has come back, once for all of them. */
  #tell(topic: string): void {
    if (this.#told.has(topic)) return;
    const isAll = ![...this.#said.values()].includes(null);
    const topics = isAll ? [...this.#said.keys()] : [topic];
    for (const told of topics) this.#told.add(told);
    this.#onUnheard(topics);
  }

  #hears(topic: string): boolean {
    const parent = topic.slice(0, topic.lastIndexOf('/'));
    return this.#filters.includes(topic) || this.#filters.includes(`${parent}/+`);
  }
}
