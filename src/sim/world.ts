/** A false world: peers with the true head and the true driver, and everything else made up. */

import { Client } from '../client/client.ts';
import { MemoryJournal } from '../client/memory-journal.ts';
import { assert } from '../domain/assert.ts';
import type { Settings } from '../domain/contract.ts';
import type { Hasher } from '../domain/crypto.ts';
import type { Member, Message } from '../domain/message.ts';
import type { ClientID } from '../domain/names.ts';
import type { Note } from '../domain/note.ts';
import type { View } from '../peer/view.ts';
import { signMessage } from '../wire/envelope.ts';
import { DEFAULT_PREFIX, topicOf } from '../wire/topics.ts';
import { Agenda } from './agenda.ts';
import { Chance } from './chance.ts';
import { FalseMiner } from './false-miner.ts';
import { calm, type FalseLink, type Nemesis, Network } from './network.ts';
import { toyIdentity, toySigner, toyVerifier } from './toy-crypto.ts';

export type WorldOptions = {
  readonly seed: number;
  readonly hasher: Hasher;
  readonly nemesis?: Nemesis;
  /** Virtual time that one miner needs for a solution, on average. */
  readonly solveMs?: number;
  readonly settings?: Partial<Omit<Settings, 'self'>>;
};

/** What somebody said about itself, and when. */
export type Told = { readonly at: number; readonly peer: string; readonly note: Note };

/** One peer of a world, called `p1`, `p2` … in the order in which they were started. */
export type Inhabitant = {
  readonly name: string;
  readonly self: Member;
  readonly client: Client;
  readonly journal: MemoryJournal;
  readonly link: FalseLink;
  isAlive: boolean;
};

export class World {
  readonly agenda: Agenda = new Agenda();
  readonly chance: Chance;
  readonly network: Network;
  readonly peers: Inhabitant[] = [];
  readonly told: Told[] = [];
  readonly #options: WorldOptions;

  constructor(options: WorldOptions) {
    this.#options = options;
    this.chance = new Chance(options.seed);
    this.network = new Network(this.agenda, this.chance, options.nemesis ?? calm);
  }

  /** Starts a peer with an identity and an empty journal of its own. */
  start(settings: Partial<Settings> = {}): Inhabitant {
    const { hasher, solveMs = 3_000 } = this.#options;
    const self = settings.self ?? toyIdentity(this.chance.hex(), hasher);
    const name = `p${this.peers.length + 1}`;
    const journal = new MemoryJournal();
    let link: FalseLink | null = null;
    const client = new Client({
      settings: { ...this.#settings(self), ...settings },
      prefix: DEFAULT_PREFIX,
      seed: this.chance.hex(),
      hasher,
      signer: toySigner(self.publicKey, hasher),
      verifier: toyVerifier(hasher),
      clock: this.agenda.clock(),
      journal,
      miner: new FalseMiner(this.agenda, this.chance, hasher, solveMs),
      openLink: (filters) => {
        link = this.network.link(filters);
        return link;
      },
      onNote: (note) => this.told.push({ at: this.agenda.now, peer: name, note }),
    });
    assert(link !== null, 'A client opens its link at once.');
    const inhabitant: Inhabitant = { name, self, client, journal, link, isAlive: true };
    this.peers.push(inhabitant);
    client.start();
    return inhabitant;
  }

  #settings(self: Member): Settings {
    return {
      self,
      peers: 3,
      difficulty: 'fixed:4',
      founders: null,
      announceMs: 10_000,
      heartbeatMs: 5_000,
      removalMs: 60_000,
      challenges: 0,
      mines: true,
      ...this.#options.settings,
    };
  }

  /** As a killed process: its threads stop, and the broker publishes its will. */
  kill(peer: Inhabitant): void {
    peer.isAlive = false;
    peer.client.kill();
    peer.link.cut();
  }

  /** Says goodbye and goes. */
  leave(peer: Inhabitant): void {
    peer.isAlive = false;
    void peer.client.leave();
  }

  /** Has `peer` say something that its head did not decide, properly signed. */
  utter(peer: Inhabitant, message: Message): void {
    const { hasher } = this.#options;
    const topic = topicOf(DEFAULT_PREFIX, message);
    const text = signMessage(message, topic, toySigner(peer.self.publicKey, hasher));
    this.inject(topic, new TextEncoder().encode(text));
  }

  /** Whatever anybody may publish on the broker. */
  inject(topic: string, payload: Uint8Array): void {
    this.network.broadcast({ topic, payload, retained: false }, this);
  }

  /** Lets so much time pass. */
  run(forMs: number): void {
    const until = this.agenda.now + forMs;
    while (this.agenda.step(until)) {
      // Everything happens inside.
    }
  }

  /** Lets time pass until `isDone`; false if it was not within `forMs`. */
  runUntil(isDone: () => boolean, forMs: number): boolean {
    const until = this.agenda.now + forMs;
    while (!isDone()) if (!this.agenda.step(until)) return false;
    return true;
  }

  view(peer: Inhabitant): View {
    return peer.client.view();
  }

  alive(): readonly Inhabitant[] {
    return this.peers.filter(({ isAlive }) => isAlive);
  }

  /** The one whom all living members obey; null while they don't agree. */
  controller(): Inhabitant | null {
    const views = this.alive().map((peer) => this.view(peer));
    const members = views.filter(({ role }) => role === 'member' || role === 'controller');
    const [first] = members;
    if (first === undefined || first.controllerID === null) return null;
    const isAgreed = members.every(
      ({ controllerID, term }) => controllerID === first.controllerID && term === first.term,
    );
    const found = this.peers.find(({ self }) => self.clientID === first.controllerID);
    return isAgreed && found !== undefined && this.view(found).role === 'controller' ? found : null;
  }

  peer(name: string): Inhabitant {
    const found = this.peers.find((peer) => peer.name === name);
    assert(found !== undefined, `There is a peer called ${name}.`);
    return found;
  }

  /** What people call the peer of this ClientID. */
  nameOf(clientID: ClientID): string {
    const found = this.peers.find(({ self }) => self.clientID === clientID);
    return found?.name ?? clientID.slice(0, 8);
  }
}
