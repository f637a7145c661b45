/** A false broker and virtual time for peers of the lab dialects. */

import { LabClient } from '../../src/client/lab-client.ts';
import type { Link } from '../../src/client/link.ts';
import { MemoryBroker } from '../../src/client/memory-link.ts';
import type { Miner, MinerEvents } from '../../src/client/miner.ts';
import type { Work } from '../../src/domain/contract.ts';
import type { LabNote } from '../../src/lab/note.ts';
import type { LabSettings } from '../../src/lab/state.ts';
import { sha1 } from '../../src/miner/sha1.ts';
import { leadingZeroBits } from '../../src/miner/sha256.ts';
import { nodeHasher } from '../../src/node/crypto.ts';
import { formatHead, formatTurn } from '../../src/record/trace.ts';
import { Agenda } from '../../src/sim/agenda.ts';
import { Body, trueClock } from '../../src/sim/body.ts';

export type Heard = { readonly at: number; readonly word: string; readonly text: string };

type Kept<Kind extends LabNote['kind']> = LabNote & { readonly kind: Kind };

export const UFES: LabSettings = {
  dialect: 'ufes',
  peers: 3,
  low: 8,
  high: 8,
  challenges: 0,
  giveUpMs: null,
  mines: true,
};
export const STATEMENT: LabSettings = { ...UFES, dialect: 'statement', low: 2, high: 2 };

/** Solves truly, at once, in virtual time. */
class QuickMiner implements Miner {
  readonly #agenda: Agenda;
  #events: MinerEvents | null = null;
  #cancel: () => void = () => undefined;

  constructor(agenda: Agenda) {
    this.#agenda = agenda;
  }

  listen(events: MinerEvents): void {
    this.#events = events;
  }

  mine(work: Work): void {
    this.#cancel();
    this.#cancel = this.#agenda.plan(500, () => {
      for (let nonce = 0; ; nonce += 1) {
        const solution = `${work.header}${nonce}`;
        if (leadingZeroBits(sha1(new TextEncoder().encode(solution))) < work.bits) continue;
        this.#events?.onFound(work.id, solution.slice(work.header.length));
        return;
      }
    });
  }

  rest(): void {
    this.#cancel();
  }

  async close(): Promise<void> {}
}

export class Ours {
  readonly client: LabClient;
  readonly notes: LabNote[] = [];
  /** Its trace, a line each. */
  readonly trace: string[] = [];
  link: Link | null = null;

  constructor(world: LabWorld, settings: LabSettings, seed: string, isTraced = true) {
    this.client = new LabClient({
      settings,
      prefix: 'sd',
      seed: seed.padStart(64, '0'),
      hasher: nodeHasher,
      clock: new Body(world.agenda, trueClock).clock(),
      miner: settings.mines ? new QuickMiner(world.agenda) : null,
      openLink: (filters) => {
        this.link = world.link(filters);
        return this.link;
      },
      onNote: (note) => this.notes.push(note),
      witness: isTraced
        ? {
            onTurn: (...turn) => this.trace.push(`${formatTurn(...turn)}\n`),
            onSaid: () => undefined,
          }
        : undefined,
    });
    const { dialect } = settings;
    this.trace.push(formatHead({ trace: 1, version: '0.1.0', dialect, settings }));
  }

  all<Kind extends LabNote['kind']>(kind: Kind): readonly Kept<Kind>[] {
    return this.notes.filter((note): note is Kept<Kind> => note.kind === kind);
  }
}

export class LabWorld {
  readonly agenda = new Agenda();
  readonly broker = new MemoryBroker();
  /** All that was said by anybody. */
  readonly heard: Heard[] = [];
  #peers = 0;

  constructor() {
    const ear = this.broker.link(['sd/#']);
    ear.connect(
      { topic: 'ear', text: '' },
      {
        onConnected: () => undefined,
        onDisconnected: () => undefined,
        onDelivery: ({ topic, payload }) => {
          const text = new TextDecoder().decode(payload);
          this.heard.push({ at: this.agenda.now, word: topic.slice(3), text });
        },
      },
    );
    this.broker.flush();
  }

  link(filters: readonly string[]): Link {
    return this.broker.link(filters);
  }

  join(settings: LabSettings): Ours {
    this.#peers += 1;
    const peer = new Ours(this, settings, String(this.#peers));
    peer.client.start();
    this.broker.flush();
    return peer;
  }

  /** Lets so many milliseconds pass. */
  pass(ms: number): void {
    const end = this.agenda.now + ms;
    this.broker.flush();
    while (this.agenda.step(end)) this.broker.flush();
  }

  /** Somebody says this; a text as it is, anything else as JSON. */
  say(word: string, said: unknown, retained = false): void {
    const text = typeof said === 'string' ? said : JSON.stringify(said);
    this.broker.publish(`sd/${word}`, new TextEncoder().encode(text), retained);
    this.broker.flush();
  }

  saidOn(word: string): readonly Readonly<Record<string, unknown>>[] {
    return this.heard.filter((it) => it.word === word).map((it) => JSON.parse(it.text));
  }
}
