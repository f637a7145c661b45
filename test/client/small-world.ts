/** A few peers on a broker in memory, under a clock that a test turns, with disks that can fill. */

import { Client } from '../../src/client/client.ts';
import type { Clock } from '../../src/client/clock.ts';
import type { Link } from '../../src/client/link.ts';
import { MemoryJournal } from '../../src/client/memory-journal.ts';
import { MemoryBroker } from '../../src/client/memory-link.ts';
import type { Miner, MinerEvents } from '../../src/client/miner.ts';
import type { Entry, Settings, Work } from '../../src/domain/contract.ts';
import type { Member } from '../../src/domain/message.ts';
import type { Instant, UnixMs } from '../../src/domain/names.ts';
import type { Note } from '../../src/domain/note.ts';
import { zeroBits } from '../../src/ledger/block.ts';
import { nodeHasher } from '../../src/node/crypto.ts';
import { toyIdentity, toySigner, toyVerifier } from '../../src/sim/toy-crypto.ts';

/** A journal whose disk says no when a test wants it to. */
export class FullDisk extends MemoryJournal {
  /** What it answers to the next entry; null: it takes it. */
  refusal: (entry: Entry) => string | null = () => null;

  override record(entries: readonly Entry[]): void {
    for (const entry of entries) {
      const code = this.refusal(entry);
      if (code !== null) throw Object.assign(new Error('The disk says no.'), { code });
    }
    super.record(entries);
  }
}

/** What a peer has said: its topic without the prefix, and the fields of its message. */
export type Word = {
  readonly at: number;
  readonly topic: string;
  readonly fields: Readonly<Record<string, unknown>>;
};

export type Peer = {
  readonly self: Member;
  readonly client: Client;
  readonly journal: FullDisk;
  readonly link: Link;
  readonly notes: Note[];
  readonly said: Word[];
  /** How many messages that the broker had kept were handed to it. */
  handed: number;
  isAlive: boolean;
};

const SEATS = 3;
const SOLVE_MS = 700;
const UNIX = 1_700_000_000_000;

export class SmallWorld {
  readonly broker = new MemoryBroker();
  readonly peers: Peer[] = [];
  /** Called for each word, before anybody hears it. */
  onSaid: (peer: Peer, word: Word) => void = () => undefined;
  /** What the broker knows the links by. */
  readonly #lines = new Map<Link, Link>();
  #now = 1_000;
  #alarms: { readonly at: number; readonly ring: () => void }[] = [];

  /** Starts a peer; another one's identity and journal make it that one, restarted. */
  start(before?: Pick<Peer, 'self' | 'journal'>, special: Partial<Settings> = {}): Peer {
    const digit = String(this.peers.length + 1);
    const self = before?.self ?? toyIdentity(digit.repeat(64), nodeHasher);
    const journal = before?.journal ?? new FullDisk();
    const notes: Note[] = [];
    const said: Word[] = [];
    let link: Link | null = null;
    const client = new Client({
      settings: {
        self,
        peers: SEATS,
        difficulty: 'fixed:4',
        founders: null,
        announceMs: 10_000,
        heartbeatMs: 5_000,
        removalMs: 60_000,
        challenges: 0,
        mines: true,
        ...special,
      },
      prefix: 'sd',
      seed: nodeHasher.sha256(`seed ${this.peers.length}`),
      hasher: nodeHasher,
      signer: toySigner(self.publicKey),
      verifier: toyVerifier(),
      clock: this.#clock(),
      journal,
      miner: this.#miner(),
      openLink: (filters) => {
        link = this.#overhear(
          this.broker.link(filters),
          (word) => {
            said.push(word);
            this.onSaid(peer, word);
          },
          () => {
            peer.handed += 1;
          },
        );
        return link;
      },
      onNote: (note) => notes.push(note),
    });
    if (link === null) throw new Error('A client opens its link at once.');
    const peer: Peer = { self, client, journal, link, notes, said, handed: 0, isAlive: true };
    this.peers.push(peer);
    client.start();
    return peer;
  }

  /** As a machine that fails: its will goes out. */
  crash(peer: Peer): void {
    peer.isAlive = false;
    peer.client.kill();
    const line = this.#lines.get(peer.link);
    if (line !== undefined) this.broker.cut(line);
  }

  /** It ends without a goodbye, but closes its connection in order: no will goes out. */
  kill(peer: Peer): void {
    peer.isAlive = false;
    peer.client.kill();
    void peer.link.close();
  }

  run(forMs: number): void {
    const end = this.#now + forMs;
    this.broker.flush();
    for (;;) {
      this.#alarms.sort((a, b) => a.at - b.at);
      const [next] = this.#alarms;
      if (next === undefined || next.at > end) break;
      this.#alarms.shift();
      this.#now = Math.max(this.#now, next.at);
      next.ring();
      this.broker.flush();
    }
    this.#now = end;
  }

  /** Lets time pass until `isDone`; fails if it was not within `forMs`. */
  runUntil(isDone: () => boolean, forMs = 60_000): void {
    for (let passed = 0; !isDone(); passed += 50) {
      if (passed > forMs) throw new Error(`It did not come true within ${forMs} ms.`);
      this.run(50);
    }
  }

  controller(): Peer | undefined {
    return this.peers.find(({ client, isAlive }) => isAlive && client.view().role === 'controller');
  }

  #clock(): Clock {
    return {
      now: () => ({ at: this.#now as Instant, unix: (UNIX + Math.floor(this.#now)) as UnixMs }),
      wake: (at, ring) => this.#wake(at, ring),
    };
  }

  #wake(at: number, ring: () => void): () => void {
    const alarm = { at, ring };
    this.#alarms.push(alarm);
    return () => {
      this.#alarms = this.#alarms.filter((other) => other !== alarm);
    };
  }

  #miner(): Miner {
    let events: MinerEvents | null = null;
    let dismiss = (): void => undefined;
    return {
      listen: (given) => {
        events = given;
      },
      mine: (work) => {
        dismiss();
        dismiss = this.#wake(this.#now + SOLVE_MS, () => events?.onFound(work.id, solve(work)));
      },
      rest: () => dismiss(),
      close: () => Promise.resolve(),
    };
  }

  #overhear(link: Link, onSaid: (word: Word) => void, onHanded: () => void): Link {
    const overheard: Link = {
      ...link,
      connect: (will, events) =>
        link.connect(will, {
          ...events,
          onDelivery: (delivery) => {
            if (delivery.retained) onHanded();
            events.onDelivery(delivery);
          },
        }),
      publish: (topic, text, quality) => {
        // Nothing is said by clearing a topic.
        if (text !== '')
          onSaid({ at: this.#now, topic: topic.slice('sd/'.length), fields: JSON.parse(text) });
        link.publish(topic, text, quality);
      },
    };
    this.#lines.set(overheard, link);
    return overheard;
  }
}

function solve({ header, bits }: Work): string {
  for (let nonce = 0; ; nonce += 1) {
    const solution = nonce.toString(16);
    if (zeroBits(nodeHasher.sha256(header + solution)) >= bits) return solution;
  }
}
