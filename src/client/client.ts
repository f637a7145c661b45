/** One peer, assembled: the head, the door and the driver over whatever hands it is given. */

import type { Departure, Reply, Settings } from '../domain/contract.ts';
import type { Hasher, Signer, Verifier } from '../domain/crypto.ts';
import type { ClientID } from '../domain/names.ts';
import type { Note } from '../domain/note.ts';
import type { Outcome, Proof, Quest } from '../domain/quest.ts';
import type { Account } from '../domain/standing.ts';
import { type Fault, readTransaction } from '../domain/transaction.ts';
import { accountIn, noAccounts } from '../ledger/account.ts';
import { revive } from '../peer/head.ts';
import { type HeardRules, rulesHeard } from '../peer/looking.ts';
import type { State } from '../peer/state.ts';
import { problemOfSending } from '../peer/taking.ts';
import { createGlimpse, type View, viewOf } from '../peer/view.ts';
import { Door } from '../wire/door.ts';
import type { Reader } from '../wire/reader.ts';
import { subscriptionsOf } from '../wire/topics.ts';
import { isSignedAside } from '../wire/transaction.ts';
import type { Clock } from './clock.ts';
import { Driver } from './driver.ts';
import type { Witness } from './hands.ts';
import type { Journal } from './journal.ts';
import type { Link } from './link.ts';
import type { Miner } from './miner.ts';
import { createSpeech } from './speech.ts';
import type { WorkSource } from './work-source.ts';

export type ClientOptions = {
  readonly settings: Settings;
  /** First part of every topic; `sd` where nothing else is agreed. */
  readonly prefix: string;
  /** 64 hex digits that nobody else can know: all dice come from them. */
  readonly seed: string;
  readonly hasher: Hasher;
  readonly signer: Signer;
  readonly verifier: Verifier;
  readonly clock: Clock;
  readonly journal: Journal;
  /** Null for a peer that only watches over the others' work. */
  readonly miner: Miner | null;
  /** Where tasks come from; needed where the settings say `hasSource`. */
  readonly source?: WorkSource | null;
  /** Makes the link; the filters are what it must subscribe to, at QoS 1. */
  readonly openLink: (filters: readonly string[]) => Link;
  readonly onNote: (note: Note) => void;
  /** The peer has left by itself, and why. */
  readonly onEnded?: ((why: Departure) => void) | undefined;
  /** For worlds in one process, whose peers need not each read the same bytes. */
  readonly reader?: Reader;
  readonly witness?: Witness | undefined;
};

/** What a network says of a quest, and what we have seen of its search. */
export type Answered = { readonly outcome: Outcome; readonly proof: Proof };

export class Client {
  readonly #driver: Driver<State>;
  readonly #door: Door;
  readonly #hasher: Hasher;
  readonly #verifier: Verifier;
  readonly #clock: Clock;
  readonly #seed: string;
  readonly #left: Promise<void>;
  #leave: () => void = () => undefined;

  constructor(options: ClientOptions) {
    const { settings, prefix, hasher, signer, verifier, miner } = options;
    const { self } = settings;
    const door = new Door({ prefix, self, hasher, verifier, reader: options.reader });
    this.#door = door;
    this.#hasher = hasher;
    this.#verifier = verifier;
    this.#clock = options.clock;
    for (const member of settings.founders ?? []) door.learn(member);
    this.#left = new Promise((resolve) => {
      this.#leave = resolve;
    });
    this.#seed = options.seed;
    this.#driver = new Driver(
      revive(settings, hasher),
      {
        self: self.clientID,
        link: options.openLink(subscriptionsOf(prefix, self.clientID)),
        journal: options.journal,
        speech: createSpeech(prefix, self.clientID, signer, door, options.reader),
        clock: options.clock,
        miner,
        source: options.source,
        onNote: options.onNote,
        onLeft: (why) => {
          this.#leave();
          if (why !== null) options.onEnded?.(why);
        },
        witness: options.witness,
      },
      createGlimpse(hasher),
    );
  }

  /** Begins to connect; everything after that comes as notes. */
  start(): void {
    this.#driver.start(this.#seed);
    // No delivery comes before this: links answer only when their caller has returned.
    const { rosters, binding } = this.#driver.state.memory;
    for (const roster of binding === null ? rosters : [...rosters, binding])
      for (const member of roster.members) this.#door.learn(member);
  }

  /** Stops searching, and takes part in everything else. */
  pause(): Promise<Reply> {
    return this.#driver.ask({ kind: 'pause' });
  }

  resume(): Promise<Reply> {
    return this.#driver.ask({ kind: 'resume' });
  }

  /** Says goodbye; resolves when the connection is closed. */
  async leave(): Promise<void> {
    void this.#driver.ask({ kind: 'leave' });
    await this.#left;
  }

  /** Stops as a crash would: not even a goodbye is said. */
  kill(): void {
    this.#driver.kill();
    this.#leave();
  }

  /**
   * Hands in a transaction, in JSON of any spelling: null once it is in our mempool and published,
   * else why it is not. What is cheaper to ask than its signature is asked first.
   */
  async send(text: string): Promise<Fault | null> {
    const read = readTransaction(text);
    if (!read.ok) return read.fault;
    const { transaction } = read;
    const { state } = this.#driver;
    const fault = problemOfSending(state, transaction, this.#clock.now().at, this.#hasher);
    if (fault !== null) return fault;
    const outcome = isSignedAside(transaction, this.#verifier);
    // Not awaited where it is known: in a false world all of this happens at one instant.
    const isGood = typeof outcome === 'boolean' ? outcome : await outcome;
    if (!isGood)
      return { code: 'INVALID_SIGNATURE', problem: 'its signature is not by its sender' };
    this.#door.vouchFor(transaction);
    const reply = await this.#driver.ask({ kind: 'send', transaction });
    return reply.kind === 'declined' ? reply.fault : null;
  }

  /**
   * Asks the network for a bounded search, and goes on asking until it has answered; null if we
   * leave before that.
   */
  async search(quest: Quest): Promise<Answered | null> {
    const reply = await this.#driver.ask({ kind: 'search', quest });
    return reply.kind === 'answered' ? { outcome: reply.outcome, proof: reply.proof } : null;
  }

  /** What an account has, and the nonce of its next transaction, after our last block. */
  account(name: ClientID): Account {
    return accountIn(this.#driver.state.memory.chain?.accounts ?? noAccounts, name);
  }

  /** The Rules that peers named here, whether or not they live. */
  rulesHeard(): readonly HeardRules[] {
    return rulesHeard(this.#driver.state);
  }

  view(): View {
    return viewOf(this.#driver.state);
  }
}
