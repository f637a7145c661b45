/** The story of a run: ten processes tell the same things, and it tells each of them once. */

import type { ClientID, Digest, Term, TransactionID, UnixMs } from '../domain/names.ts';
import { majority } from '../domain/roster.ts';
import { Latest } from '../record/referee/latest.ts';
import type { Place } from './fleet.ts';
import type { Ending } from './fleet-process.ts';
import type { Said } from './fleet-said.ts';
import { problemOfResult } from './start-check.ts';
import type { Fact, Outcome } from './start-fact.ts';
import { hearOf, newRow, type PeerRow } from './start-peers.ts';
import { Results } from './start-results.ts';

type SaidOf<Kind extends Said['kind']> = Extract<Said, { readonly kind: Kind }>;

/** The challenge that is open. */
export type OpenChallenge = {
  readonly transactionID: TransactionID;
  readonly bits: number;
  readonly expected: number;
  readonly preimage: string;
  readonly openedAt: UnixMs;
};

/** Why a run cannot come to its end; both are numbers of peers. */
export type Hopeless = {
  readonly kind: 'no-founding' | 'no-majority';
  readonly living: number;
  readonly needed: number;
};

/** What peers say of challenges and solutions comes within seconds of one another. */
const TOLD_KEPT = 1_000;

export class Story {
  readonly results: Results = new Results();
  readonly #wanted: number;
  readonly #rows: PeerRow[] = [];
  readonly #told = new Set<string>();
  /** Likewise of challenges and solutions, of which there is no end. */
  readonly #toldLately = new Latest<string, true>(TOLD_KEPT);
  /** When each election after the first began. */
  readonly #suspectedAt = new Map<Term, UnixMs>();
  #members: readonly ClientID[] | null = null;
  /** The block that changed the roster last. */
  #rosterAt = -1;
  #lastConnectedAt: UnixMs | null = null;
  #firstChallengeAt: UnixMs | null = null;
  #term = 0 as Term;
  #terms = 0;
  #controller: ClientID | null = null;
  #open: OpenChallenge | null = null;
  #isClosing = false;
  #hasFailed = false;

  /** `wanted`: how many peers found the network. */
  constructor(wanted: number) {
    this.#wanted = wanted;
  }

  /** In order of their starts, with those that have ended. */
  get rows(): readonly PeerRow[] {
    return this.#rows;
  }

  /** 0 before the first. */
  get term(): Term {
    return this.#term;
  }

  get controller(): ClientID | null {
    return this.#controller;
  }

  get open(): OpenChallenge | null {
    return this.#open;
  }

  /** How many mandates there were: one in a run without mishaps. */
  get terms(): number {
    return this.#terms;
  }

  get firstChallengeAt(): UnixMs | null {
    return this.#firstChallengeAt;
  }

  /** A result was wrong, or two peers contradicted each other. */
  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  /** Of the network's present roster; false for everybody before the founding. */
  isMember(name: ClientID | null): boolean {
    return name !== null && (this.#members?.includes(name) ?? false);
  }

  /** Where the controller's process is; null if there is none, or if it has ended. */
  get controllerPlace(): Place | null {
    const row = this.#rows.find(({ name }) => name !== null && name === this.#controller);
    return row === undefined || row.ending !== null ? null : row.place;
  }

  /** A process was started. */
  add(place: Place, pid: number, at: UnixMs, called: number | null = null): void {
    this.#rows.push(newRow(place, pid, at, called));
  }

  /** From now on, who leaves does so in order, and nobody wants to hear of it. */
  close(): void {
    this.#isClosing = true;
  }

  hear(place: Place, said: Said): readonly Fact[] {
    const row = this.#rowAt(place);
    if (row === null) return [];
    hearOf(row, said);
    return this.#isClosing ? [] : this.#tell(row, said);
  }

  /** A process has ended. */
  end(place: Place, ending: Ending, at: UnixMs): readonly Fact[] {
    const row = this.#rowAt(place);
    if (row === null) return [];
    row.ending = ending;
    row.endedAt = at;
    row.perSecond = 0;
    row.isConnected = false;
    if (this.#isClosing) return [];
    const wasController = row.name !== null && row.name === this.#controller;
    if (wasController) this.#controller = null;
    const { name, pid } = row;
    return [{ kind: 'gone', name, pid, ending, wasController, living: this.#living().length }];
  }

  /** Whether too few are alive for anything to be decided any more; null if enough are. */
  hopeless(): Hopeless | null {
    const living = this.#living();
    const members = this.#members;
    if (members === null) {
      const isShort = living.length < this.#wanted;
      return isShort ? { kind: 'no-founding', living: living.length, needed: this.#wanted } : null;
    }
    const voters = living.filter(({ name }) => this.isMember(name)).length;
    const needed = majority(members.length);
    return voters < needed ? { kind: 'no-majority', living: voters, needed } : null;
  }

  /** Whether all who are connected have the block of this number. */
  isKnownToAll(transactionID: TransactionID): boolean {
    return this.#living().every((row) => !row.isConnected || row.lastResult >= transactionID);
  }

  #living(): readonly PeerRow[] {
    return this.#rows.filter(({ ending }) => ending === null);
  }

  #rowAt(place: Place): PeerRow | null {
    return this.#rows.find((row) => row.place === place) ?? null;
  }

  #tell(row: PeerRow, said: Said): readonly Fact[] {
    switch (said.kind) {
      case 'started':
        return [{ kind: 'peer', name: said.peer, called: row.called, pid: row.pid, url: said.url }];
      case 'connected':
        if (this.#term === 0) this.#lastConnectedAt = said.time;
        return [];
      case 'idle':
        return said.idle.reason === 'founding' ? this.#gather() : [];
      case 'founded':
        this.#members ??= said.members;
        return this.#gather();
      case 'roster':
        return this.#changeRoster(said);
      case 'election':
      case 'drawn':
      case 'stepped-down':
        return this.#tellElection(said);
      case 'mandate':
        return this.#mandate(said);
      case 'challenge':
        return this.#challenge(said);
      case 'result':
        return this.#result(said);
      case 'solution-refused': {
        const { transactionID, miner, solution, reason } = said;
        const fact = { kind: said.kind, transactionID, miner, solution, reason } as const;
        return this.#onceLately(JSON.stringify(fact), fact);
      }
      case 'no-quorum': {
        if (row.name === null) return [];
        // One that was cut off or frozen is alone with its opinion, which hides nobody else's.
        const key = `${said.kind} ${this.#term} ${said.present}`;
        return this.#once(key, { ...noteOf(said), name: row.name });
      }
      case 'disconnected':
      case 'failed':
      case 'recorded':
      case 'threads-missing':
        return row.name === null ? [] : [{ ...noteOf(said), name: row.name }];
      default:
        return [];
    }
  }

  #once(key: string, fact: Fact): readonly Fact[] {
    if (this.#told.has(key)) return [];
    this.#told.add(key);
    return [fact];
  }

  #onceLately(key: string, fact: Fact): readonly Fact[] {
    if (this.#toldLately.has(key)) return [];
    this.#toldLately.set(key, true);
    return [fact];
  }

  /** Whoever says that the founding begins has heard of all who found. */
  #gather(): readonly Fact[] {
    return this.#once('gathered', { kind: 'gathered', here: this.#wanted, wanted: this.#wanted });
  }

  /** Who catches up tells old changes, too: only a later one than the last is news. */
  #changeRoster(said: SaidOf<'roster'>): readonly Fact[] {
    if (said.transactionID <= this.#rosterAt) return [];
    this.#rosterAt = said.transactionID;
    this.#members = said.members;
    return [noteOf(said)];
  }

  #tellElection(said: SaidOf<'election' | 'drawn' | 'stepped-down'>): readonly Fact[] {
    if (said.kind === 'election') {
      // The first election is no news: everybody has come for it.
      if (said.suspicion === 'founding') return [];
      if (!this.#suspectedAt.has(said.term)) this.#suspectedAt.set(said.term, said.time);
    }
    return this.#once(`${said.kind} ${said.term}`, noteOf(said));
  }

  #mandate(said: SaidOf<'mandate'>): readonly Fact[] {
    const { term, controller, votes, time } = said;
    if (term <= this.#term) return [];
    this.#term = term;
    this.#terms += 1;
    this.#controller = controller;
    for (const row of this.#rows) if (row.name === controller) row.wasController = true;
    const since = this.#suspectedAt.get(term) ?? this.#lastConnectedAt;
    this.#lastConnectedAt = null;
    const afterMs = since === null ? null : Math.max(0, time - since);
    return [{ kind: 'mandate', term, controller, votes, afterMs }];
  }

  #challenge(said: SaidOf<'challenge'>): readonly Fact[] {
    const { transactionID, bits, expected, preimage, term, time } = said;
    if (this.results.has(transactionID)) return [];
    const isSame = this.#open?.preimage === preimage;
    if (!isSame) this.#open = { transactionID, bits, expected, preimage, openedAt: time };
    this.#firstChallengeAt ??= time;
    return this.#onceLately(`${preimage} ${term}`, { ...noteOf(said), isSame });
  }

  #result(said: SaidOf<'result'>): readonly Fact[] {
    const { block, digest, preimage, elapsedMs } = said;
    const { transactionID } = block;
    if (this.results.has(transactionID))
      return this.#compare(transactionID, [this.results.digestOf(transactionID) ?? digest, digest]);
    if (this.#open !== null && this.#open.transactionID <= transactionID) this.#open = null;
    const outcome: Outcome = {
      transactionID,
      bits: block.challenge,
      winner: block.clientID,
      solution: block.solution,
      elapsedMs,
      digest,
      preimage,
      problem: problemOfResult(said),
    };
    this.results.add(outcome);
    if (outcome.problem !== null) this.#hasFailed = true;
    for (const row of this.#rows) if (row.name === block.clientID) row.wins += 1;
    return [{ kind: 'result', ...outcome }];
  }

  #compare(transactionID: TransactionID, digests: readonly Digest[]): readonly Fact[] {
    if (new Set(digests).size === 1) return [];
    this.#hasFailed = true;
    const key = `contradiction ${transactionID}`;
    return this.#once(key, { kind: 'contradiction', transactionID, digests });
  }
}

/** A note as the peer had it, without what its process added. */
function noteOf<One extends Said>(said: One): Untimed<One> {
  const { time: _, ...note } = said;
  return note as unknown as Untimed<One>;
}

/** Distributes over a union, which `Omit` alone does not. */
type Untimed<One> = One extends Said ? Omit<One, 'time'> : never;
