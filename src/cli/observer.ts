/** Looks on in a network without being anybody in it: for wallets, ledgers and gateways. */

import type { Command } from 'commander';
import type { Client } from '../client/client.ts';
import { describe } from '../client/describe.ts';
import { describeUnheard } from '../client/describe-trouble.ts';
import type { Entry } from '../domain/contract.ts';
import { countOf } from '../domain/count-of.ts';
import type { Note } from '../domain/note.ts';
import { parseRules, type RuleSettings, type Rules } from '../ledger/rules.ts';
import { WorldError } from '../node/world-error.ts';
import type { HeardRules } from '../peer/looking.ts';
import { type Adopted, askedRulesOf, isAsTold, RULE_FLAGS } from './asked-rules.ts';
import type { Connection } from './connection-settings.ts';
import { type ObserverValues, peerValuesOf } from './observer-settings.ts';
import { type OpenedClient, openClient, type PeerHooks } from './open-client.ts';
import type { Witnessed } from './witnessing.ts';

/** Several networks may live here, and answer one after another. */
const mostSwitches = 3;

const LOOK_MS = 25;

export type ObserverHooks = {
  readonly onNote: (note: Note) => void;
  readonly onFatal: (error: WorldError) => void;
  /** What keeps us from being in, or from being heard, once for each reason; we go on. */
  readonly onTrouble?: ((sentence: string) => void) | undefined;
  /** A sentence about the rules that were found here, and adopted. */
  readonly onRules: (sentence: string) => void;
  /**
   * Each block and all else that a peer would have written down, which nothing keeps here, and the
   * rules under which it holds.
   */
  readonly onEntry?: ((entry: Entry, rules: Rules) => void) | undefined;
};

export class Observer {
  readonly #command: Command;
  readonly #connection: Connection;
  readonly #hooks: ObserverHooks;
  #values: ObserverValues & Adopted;
  #opened: OpenedClient;
  #switches = 0;
  /** Whoever leaves must not leave a client that is just being exchanged for another one. */
  #switching: Promise<void> = Promise.resolve();
  #isClosing = false;
  /** Why there is no connection; null while there is one. */
  #trouble: string | null = 'The broker has not answered yet.';
  #refusal: WorldError | null = null;
  /** Topics on which other peers do not hear us. */
  #unheard: readonly string[] = [];
  #fatal: WorldError | null = null;
  /** Rules of the last network that answered, and that had others than ours. */
  #found: string | null = null;

  /** Begins to look. Nobody needs to name the rules: those of the network that is there count. */
  static async open(
    command: Command,
    values: ObserverValues,
    connection: Connection,
    hooks: ObserverHooks,
  ): Promise<Observer> {
    let observer: Observer | null = null;
    const own = Observer.#hearing(() => observer, hooks);
    const opened = await openQuietly(command, values, connection, own);
    observer = new Observer(command, values, connection, hooks, opened);
    opened.client.start();
    return observer;
  }

  private constructor(
    command: Command,
    values: ObserverValues,
    connection: Connection,
    hooks: ObserverHooks,
    opened: OpenedClient,
  ) {
    this.#command = command;
    this.#values = values;
    this.#connection = connection;
    this.#hooks = hooks;
    this.#opened = opened;
  }

  get client(): Client {
    return this.#opened.client;
  }

  get opened(): OpenedClient {
    return this.#opened;
  }

  /** Whether we have all blocks of the network, and a connection to it. */
  get isCaughtUp(): boolean {
    const { isCaughtUp, isConnected } = this.client.view();
    return isCaughtUp && isConnected;
  }

  /**
   * Resolves when we have all blocks of the network; gives up after so long without another block.
   * Throws a `WorldError`: `no-network`, or why the broker refuses us.
   */
  async catchUp(withinMs: number): Promise<void> {
    let height = Number.NEGATIVE_INFINITY;
    let since = performance.now();
    while (!this.isCaughtUp) {
      if (this.#fatal !== null) throw this.#fatal;
      const { height: reached } = this.client.view();
      if (reached > height) since = performance.now();
      height = Math.max(height, reached);
      if (performance.now() - since >= withinMs) throw this.#nobody(withinMs);
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    await this.#switching;
    const { client } = this.#opened;
    await client.leave();
    await this.#opened.close();
  }

  #nobody(withinMs: number): WorldError {
    if (this.#refusal !== null) return this.#refusal;
    const { url } = this.#opened;
    const { prefix } = this.#values;
    const waited = `${Math.round(withinMs / 1000)} s`;
    const facts = { url, prefix };
    if (this.#trouble !== null) {
      const sentence = `No connection to ${url} in ${waited}: ${this.#trouble}`;
      return new WorldError(sentence, { code: 'no-network', facts });
    }
    if (this.#unheard.length > 0) {
      const sentence = `No network answers in ${waited}: ${describeUnheard(this.#unheard)}.`;
      return new WorldError(sentence, { code: 'no-network', facts });
    }
    const place = `under "${prefix}" on ${url}`;
    const elsewhere = `another broker (--host) or prefix (${this.#prefixFlag()})`;
    if (this.#found !== null && this.client.view().network === null)
      return new WorldError(
        `The network ${place} has the rules "${this.#found}", and we were told others: leave out ` +
          `what makes the difference (${RULE_FLAGS}), or name ${elsewhere}.`,
        { code: 'no-network', facts: { ...facts, rules: this.#found } },
      );
    const heard = this.client.rulesHeard();
    return new WorldError(
      `No network answers ${place} in ${waited}${describeHeard(heard)}: start one there, or name ` +
        `${elsewhere}.`,
      {
        code: 'no-network',
        facts: { ...facts, heard: heard.map(({ rules }) => rules).join('; ') },
      },
    );
  }

  /** A search calls something else its prefix. */
  #prefixFlag(): string {
    return this.#command.options.some(({ long }) => long === '--topics') ? '--topics' : '--prefix';
  }

  #hear(note: Note): void {
    if (note.kind === 'connected') {
      this.#trouble = null;
      this.#refusal = null;
    }
    if (note.kind === 'disconnected') this.#trouble = note.reason;
    if (note.kind === 'unheard') {
      this.#unheard = note.topics;
      this.#hooks.onTrouble?.(sentenceOf(note));
    }
    if (note.kind === 'network-found') {
      const { rules: text } = note;
      const rules = parseRules(text);
      this.#found = text;
      if (rules !== null && this.#maySwitch(rules)) this.#switching = this.#switchTo(text, rules);
    }
    this.#hooks.onNote(note);
  }

  #hearRefusal(error: WorldError): void {
    const { message } = error;
    if (this.#refusal?.message !== message) this.#hooks.onTrouble?.(`${message} Trying again.`);
    this.#refusal = error;
  }

  #fail(error: WorldError): void {
    this.#fatal = error;
    this.#hooks.onFatal(error);
  }

  /** Has the observer hear what its client tells, as soon as there is one. */
  static #hearing(observer: () => Observer | null, { onEntry }: Hearing): PeerHearing {
    const tell = (act: (told: Observer) => void): void => {
      const told = observer();
      if (told !== null) act(told);
    };
    return {
      onNote: (note) => tell((told) => told.#hear(note)),
      onFatal: (error) => tell((told) => told.#fail(error)),
      onRefused: (error) => tell((told) => told.#hearRefusal(error)),
      onEntry,
    };
  }

  #maySwitch(theirs: RuleSettings): boolean {
    // An answer may still come while we leave.
    if (this.#isClosing || !isAsTold(theirs, askedRulesOf(this.#command, this.#values)))
      return false;
    return this.client.view().network === null && this.#switches < mostSwitches;
  }

  async #switchTo(text: string, rules: Required<RuleSettings>): Promise<void> {
    this.#switches += 1;
    // A file is named by people; what was heard has none.
    const { genesis: adoptedGenesis, ...others } = rules;
    this.#values = { ...this.#values, ...others, adoptedGenesis };
    const before = this.#opened;
    before.client.kill();
    await before.close();
    const own = Observer.#hearing(() => this, this.#hooks);
    this.#opened = await openQuietly(this.#command, this.#values, this.#connection, own);
    this.#hooks.onRules(`The rules here are "${text}".`);
    this.client.start();
  }
}

function sentenceOf(note: Note): string {
  const text = describe(note);
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** More would hide the rest of the sentence. */
const SHOWN_MOST = 8;

/** What people know then of who else is there, or has been. */
function describeHeard(heard: readonly HeardRules[]): string {
  if (heard.length === 0) return '';
  const shown = heard.slice(0, SHOWN_MOST).map(({ rules, peers, living }) => {
    const who = living > 0 ? `${countOf(living, 'peer')} here` : `${countOf(peers, 'peer')}, gone`;
    return `"${rules}" (${who})`;
  });
  const more = heard.length > shown.length ? [`${heard.length - shown.length} more`] : [];
  return `; heard were the rules ${[...shown, ...more].join(', ')}`;
}

type Hearing = Pick<ObserverHooks, 'onEntry'>;
type PeerHearing = Omit<PeerHooks, 'onTraceLost'> & Hearing;

async function openQuietly(
  command: Command,
  values: ObserverValues & Adopted,
  connection: Connection,
  { onEntry, ...hooks }: PeerHearing,
): Promise<OpenedClient> {
  let rules: Rules | null = null;
  const onWitnessed = (fact: Witnessed): void => {
    if (fact.what === 'recorded' && rules !== null) onEntry?.(fact.entry, rules);
  };
  const all = {
    ...hooks,
    onTraceLost: () => {},
    ...(onEntry !== undefined && { onWitnessed }),
  };
  const opened = await openClient(command, peerValuesOf(values), connection, all, true);
  rules = opened.rules;
  return opened;
}
