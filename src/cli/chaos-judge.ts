/** Gathers what peers said and wrote down, and judges it by the invariants of PROTOCOL 9. */

import type { Entry } from '../domain/contract.ts';
import type { Hasher } from '../domain/crypto.ts';
import type { Message } from '../domain/message.ts';
import type { ClientID, Digest } from '../domain/names.ts';
import type { Note } from '../domain/note.ts';
import { checkersOf, Watch } from '../sim/checkers/all.ts';
import type { Fact } from '../sim/checkers/fact.ts';
import type { Said } from './fleet-said.ts';
import type { Witnessed } from './witnessing.ts';

/** The invariant or the promise that was broken, and how. */
export type Violation = { readonly name: string; readonly sentence: string };

/** The same fault may show again and again. */
const MOST_VIOLATIONS = 20;

/** Notes that checkers ask for. */
const ASKED: ReadonlySet<Said['kind']> = new Set<Said['kind']>(['mandate', 'challenge', 'drawn']);

export class Judge {
  readonly #facts: Fact[] = [];
  /** When each peer was last heard, by the clock that all facts share. */
  readonly #lastAt = new Map<ClientID, number>();
  /** Of each peer, the blocks that it has recorded. */
  readonly #ledgers = new Map<ClientID, Digest[]>();
  readonly #networks = new Map<Digest, ClientID>();
  readonly #others: Violation[] = [];

  get facts(): number {
    return this.#facts.length;
  }

  /** What `by` said, in the order in which it said it. */
  hear(by: ClientID, said: Said): void {
    if (said.kind === 'fact') {
      this.#lastAt.set(by, said.at / 1000);
      this.#keep(by, said);
      return;
    }
    if (said.kind === 'recalled') this.#demandAll(by, said.height);
    if (said.kind === 'founded' || said.kind === 'recalled') this.#meet(by, said.network);
    if (!ASKED.has(said.kind)) return;
    // Notes have no clock as fine; this one came right after the fact before it.
    const { time: _, ...note } = said;
    this.#facts.push({ kind: 'noted', at: this.#lastAt.get(by) ?? 0, by, note: note as Note });
  }

  crashed(by: ClientID): void {
    this.#facts.push({ kind: 'crashed', at: this.#lastAt.get(by) ?? 0, by });
  }

  /** Something that must not be, whatever the checkers find. */
  complain(name: string, sentence: string): Violation {
    const violation = { name, sentence };
    this.#others.push(violation);
    return violation;
  }

  /** Compares what a peer's journal holds with the longest ledger that anybody recorded. */
  compare(whose: string, digests: readonly Digest[]): void {
    const ledger = this.ledger();
    const forkAt = digests.findIndex((digest, height) => ledger[height] !== digest);
    if (forkAt < 0) return;
    this.complain('S4', `Block ${forkAt} on the disk of ${whose} is none that anybody recorded.`);
  }

  /** The digests of all blocks that anybody has recorded, as whoever was first has them. */
  ledger(): readonly Digest[] {
    const digests: Digest[] = [];
    for (const fact of this.#facts) {
      if (fact.kind !== 'recorded' || fact.entry.kind !== 'sealed') continue;
      digests[fact.entry.block.transactionID] ??= fact.entry.digest;
    }
    return digests;
  }

  /** Shows everything to the checkers, in the order in which it happened on this machine. */
  judge(hasher: Hasher): readonly Violation[] {
    const watch = new Watch(checkersOf(hasher));
    const found: Violation[] = [...this.#others];
    // Stable: what one peer did keeps its order.
    for (const fact of this.#facts.toSorted((a, b) => a.at - b.at)) {
      const violation = watch.see(fact);
      if (violation !== null && found.length < MOST_VIOLATIONS) found.push(violation);
    }
    return found;
  }

  #keep(by: ClientID, told: Witnessed): void {
    if ('message' in told) {
      const { what: kind, message } = told;
      this.#facts.push({ kind, at: told.at / 1000, by, message: shortMessage(message) });
      return;
    }
    const { what, entry } = told;
    if (what === 'recalled' && !this.#isNews(by, entry)) return;
    if (entry.kind === 'sealed') this.#ledgerOf(by)[entry.block.transactionID] = entry.digest;
    const kept = entry.kind === 'sealed' ? { ...entry, seal: [] } : entry;
    this.#facts.push({ kind: 'recorded', at: told.at / 1000, by, entry: kept });
  }

  /**
   * Whether an entry that was found at a start was written just before a kill, and nobody had been
   * told. What was told must be found as it was.
   */
  #isNews(by: ClientID, entry: Entry): boolean {
    if (entry.kind !== 'sealed') return false;
    const { transactionID } = entry.block;
    const told = this.#ledgerOf(by)[transactionID];
    if (told !== undefined && told !== entry.digest)
      this.complain('memory', `${short(by)} recalls another block ${transactionID} than it wrote.`);
    return told === undefined;
  }

  /** Whoever starts again must have forgotten nothing that it had written. */
  #demandAll(by: ClientID, height: number): void {
    const written = this.#ledgerOf(by).length;
    if (height >= written) return;
    this.complain('memory', `${short(by)} wrote ${written} blocks, and recalls ${height}.`);
  }

  #ledgerOf(by: ClientID): Digest[] {
    const ledger = this.#ledgers.get(by) ?? [];
    this.#ledgers.set(by, ledger);
    return ledger;
  }

  #meet(by: ClientID, network: Digest | null): void {
    if (network === null || this.#networks.has(network)) return;
    this.#networks.set(network, by);
    if (this.#networks.size < 2) return;
    this.complain('one network', `${short(by)} is of a second network, ${network}.`);
  }
}

/** Votes are long, and no checker asks for those in a mandate. */
function shortMessage(message: Message): Message {
  return message.kind === 'mandate' ? { ...message, votes: [], members: [] } : message;
}

function short(peer: ClientID): string {
  return peer.slice(0, 8);
}
