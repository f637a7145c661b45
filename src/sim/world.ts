/** A false world: peers with the true head and the true driver, and everything else made up. */

import { Client } from '../client/client.ts';
import type { Witness } from '../client/hands.ts';
import type { Delivery } from '../client/link.ts';
import { MemoryJournal } from '../client/memory-journal.ts';
import { assert } from '../domain/assert.ts';
import type { Settings } from '../domain/contract.ts';
import type { Hasher } from '../domain/crypto.ts';
import type { Member, Message } from '../domain/message.ts';
import type { ClientID } from '../domain/names.ts';
import type { Note } from '../domain/note.ts';
import type { View } from '../peer/view.ts';
import { payloadOf } from '../wire/envelope.ts';
import { DEFAULT_PREFIX, topicOf } from '../wire/topics.ts';
import { Agenda } from './agenda.ts';
import { Body, Disk, type Drift, trueClock } from './body.ts';
import { Chance } from './chance.ts';
import type { Fact } from './checkers/fact.ts';
import { type Censor, FalseLink } from './false-link.ts';
import { FalseMiner } from './false-miner.ts';
import { FalseService } from './false-service.ts';
import { memoHasher } from './memo-hasher.ts';
import { memoReader } from './memo-reader.ts';
import { calm, type Nemesis, Network } from './network.ts';
import { type Personality, plainBroker } from './personality.ts';
import { ToyNotary, toyIdentity, toySigner } from './toy-crypto.ts';

/** A fact without whom it is about, and when. */
type Happening = Fact extends infer One
  ? One extends Fact
    ? Omit<One, 'at' | 'by'>
    : never
  : never;

export type WorldOptions = {
  readonly seed: number;
  readonly hasher: Hasher;
  readonly nemesis?: Nemesis;
  readonly personality?: Personality;
  /** See `World.solveMs`; 3 s where nothing is said. */
  readonly solveMs?: number;
  /** Where work is as hard as it says: the bits that `solveMs` is meant for; else all are alike. */
  readonly solveBits?: number;
  readonly settings?: Partial<Omit<Settings, 'self'>>;
  /** There is a service whose tasks are of so many zero bits, and every peer knows it. */
  readonly serviceBits?: number | undefined;
  /** Shown everything that matters to checkers, as it happens. */
  readonly onFact?: (fact: Fact) => void;
  /** Shown each turn of each head, by the name of its peer. */
  readonly onTurn?: (name: string, ...turn: Parameters<Witness['onTurn']>) => void;
  /** Shown all that reaches the broker, and when. */
  readonly onCarried?: (delivery: Delivery, at: number) => void;
};

/** What somebody said about itself, and when. */
export type Told = { readonly at: number; readonly peer: string; readonly note: Note };

/** One peer of a world, called `p1`, `p2` … in the order in which they were started. */
export type Inhabitant = {
  readonly name: string;
  readonly self: Member;
  readonly journal: MemoryJournal;
  readonly disk: Disk;
  readonly drift: Drift;
  readonly settings: Settings;
  client: Client;
  link: FalseLink;
  body: Body;
  isAlive: boolean;
};

export class World {
  readonly agenda: Agenda = new Agenda();
  readonly chance: Chance;
  readonly network: Network;
  readonly peers: Inhabitant[] = [];
  readonly told: Told[] = [];
  /** Who claims to have searched what is leased to it, and has not. */
  readonly idlers: Set<ClientID> = new Set();
  /** What stands between a bad peer and the broker. */
  readonly censors: Map<ClientID, Censor> = new Map();
  /** Null where work comes from nowhere else. */
  readonly service: FalseService | null;
  readonly #options: WorldOptions;
  readonly #reader = memoReader();
  readonly #notary = new ToyNotary();
  readonly #hasher: Hasher;
  /** Virtual time that one miner needs for a solution, on average. */
  solveMs: number;

  constructor(options: WorldOptions) {
    this.#options = options;
    this.#hasher = memoHasher(options.hasher);
    this.chance = new Chance(options.seed);
    this.solveMs = options.solveMs ?? 3_000;
    const { personality = plainBroker, nemesis = calm } = options;
    const { serviceBits: bits } = options;
    this.service = bits === undefined ? null : new FalseService(options.hasher, bits);
    this.network = new Network(this.agenda, this.chance, personality, nemesis);
    this.network.listen((delivery) => options.onCarried?.(delivery, this.agenda.now));
  }

  /** Starts a peer with an identity and an empty journal of its own. */
  start(settings: Partial<Settings> = {}, drift: Drift = trueClock): Inhabitant {
    const self = settings.self ?? this.identity();
    const journal = new MemoryJournal();
    const body = new Body(this.agenda, drift);
    const plan = {
      name: `p${this.peers.length + 1}`,
      self,
      journal,
      drift,
      settings: { ...this.#settings(self), ...settings },
      body,
    };
    const disk = new Disk(journal, (entry) => this.#tell(self, { kind: 'recorded', entry }));
    const { client, link } = this.#embody({ ...plan, disk });
    const inhabitant: Inhabitant = { ...plan, disk, client, link, isAlive: true };
    this.peers.push(inhabitant);
    client.start();
    return inhabitant;
  }

  /** Somebody who has not been here yet. */
  identity(): Member {
    return toyIdentity(this.chance.hex(), this.#options.hasher);
  }

  /** Starts a killed peer again, with what its disk holds. */
  restart(peer: Inhabitant): void {
    assert(!peer.isAlive, 'Only who is gone can come back.');
    peer.body = new Body(this.agenda, peer.drift);
    const { client, link } = this.#embody(peer);
    Object.assign(peer, { client, link, isAlive: true });
    this.#tell(peer.self, { kind: 'restarted' });
    client.start();
  }

  #embody(
    peer: Omit<Inhabitant, 'client' | 'link' | 'isAlive'>,
  ): Pick<Inhabitant, 'client' | 'link'> {
    const { self, name, settings, disk, body } = peer;
    let link: FalseLink | null = null;
    const censor = (): Censor | null => this.censors.get(self.clientID) ?? null;
    const client = new Client({
      settings,
      prefix: DEFAULT_PREFIX,
      seed: this.chance.hex(),
      hasher: this.#hasher,
      signer: this.#notary.signerOf(self.publicKey),
      verifier: this.#notary,
      clock: body.clock(),
      journal: disk,
      miner: new FalseMiner(
        body,
        this.chance,
        this.#options.hasher,
        (bits) => this.solveMs * 2 ** (bits - (this.#options.solveBits ?? bits)),
        () => !this.idlers.has(self.clientID),
      ),
      source: this.service?.open(body) ?? null,
      reader: this.#reader,
      openLink: (filters) => {
        link = new FalseLink(this.network, filters, body, censor);
        return link;
      },
      onNote: (note) => {
        this.told.push({ at: this.agenda.now, peer: name, note });
        this.#tell(self, { kind: 'noted', note });
      },
      witness: {
        onTurn: (event, moment, effects) => {
          this.#options.onTurn?.(name, event, moment, effects);
          if (event.kind !== 'heard' || !isOfDraw(event.message)) return;
          if (event.message.clientID !== self.clientID)
            this.#tell(self, { kind: 'heard', message: event.message });
        },
        onSaid: (message) => this.#tell(self, { kind: 'said', message }),
      },
    });
    assert(link !== null, 'A client opens its link at once.');
    return { client, link };
  }

  /** Lets the checkers know what a stranger has said. */
  overhear(stranger: Member, message: Message): void {
    this.#tell(stranger, { kind: 'said', message });
  }

  #tell({ clientID }: Member, fact: Happening): void {
    // Nobody else has it: made whole, not copied.
    const whole = Object.assign(fact, { at: this.agenda.now, by: clientID }) as Fact;
    this.#options.onFact?.(whole);
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
      firstLease: 200,
      hasSource: this.service !== null,
      ...this.#options.settings,
    };
  }

  /** As a killed process: its threads stop, and the broker publishes its will. */
  kill(peer: Inhabitant): void {
    peer.isAlive = false;
    peer.client.kill();
    peer.link.cut();
    this.#tell(peer.self, { kind: 'crashed' });
  }

  /** Says goodbye and goes. */
  leave(peer: Inhabitant): void {
    peer.isAlive = false;
    void peer.client.leave();
  }

  /** Its process gets no time, while everybody else's goes on. */
  freeze(peer: Inhabitant): void {
    peer.link.freeze();
  }

  thaw(peer: Inhabitant): void {
    peer.body.thaw();
  }

  /** Has `peer` say something that its head did not decide, properly signed. */
  utter(peer: Inhabitant, message: Message): void {
    const topic = topicOf(DEFAULT_PREFIX, message);
    const text = payloadOf(message, topic, toySigner(peer.self.publicKey));
    this.inject(topic, new TextEncoder().encode(text));
  }

  /** Whatever anybody may publish on the broker. */
  inject(topic: string, payload: Uint8Array): void {
    this.network.broadcast({ topic, payload, retained: false }, this);
  }

  /** Lets so much time pass. */
  run(forMs: number): void {
    this.runUntil(() => false, forMs);
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

/** What the check of the draw asks for; no other checker looks at what is heard. */
function isOfDraw(
  message: Message,
): message is Extract<Message, { kind: 'commitment' | 'reveal' }> {
  return message.kind === 'commitment' || message.kind === 'reveal';
}
