/** The referee: hears a network message by message, and says which rules are broken by whom. */

import type { Genesis } from '../../domain/genesis.ts';
import { senderOf } from '../../domain/message.ts';
import type { ClientID } from '../../domain/names.ts';
import type { Recorded } from '../recording.ts';
import { Acknowledged, AcknowledgementJudge } from './acknowledgements.ts';
import { BatchJudge } from './batches.ts';
import { BeatJudge } from './beats.ts';
import { BlockJudge } from './blocks.ts';
import { Docket, type Entry } from './docket.ts';
import { DrawJudge } from './draws.ts';
import { Ledgers } from './ledgers.ts';
import { MannersJudge, type Rhythm } from './manners.ts';
import { OfficeJudge } from './offices.ts';
import { RULES, type Rule } from './rules.ts';
import { Society } from './society.ts';
import { SolutionJudge } from './solutions.ts';
import { type Charge, insideOf, type Judge, type Place, type Said, short } from './testimony.ts';
import type { Arbiter, Tally, Violation } from './violation.ts';
import { VoteJudge } from './votes.ts';
import { type Hearing, Witness, type WitnessOptions } from './witness.ts';

export type RefereeOptions = WitnessOptions & {
  readonly rhythm?: Rhythm;
  /** What accounts begin with, where that is known beforehand. */
  readonly genesis?: Genesis | null;
};

/** As peers do unless they are told otherwise. */
const USUAL_RHYTHM: Rhythm = { announceMs: 10_000, heartbeatMs: 5_000 };

/** Some minutes of a small network. */
const MOST_WAITING = 10_000;

type Accusation = Extract<Hearing, { kind: 'charge' }>;
type Held = { readonly recorded: Recorded; readonly place: Place };

export class Referee implements Arbiter {
  readonly rules: readonly Rule[] = Object.values(RULES);
  readonly #society: Society;
  readonly #witness: Witness;
  readonly #ledgers: Ledgers;
  readonly #manners: MannersJudge;
  readonly #draws: DrawJudge;
  readonly #offices: OfficeJudge;
  readonly #blocks: BlockJudge;
  /** The weightiest rules first: one message is charged with one thing. */
  readonly #judges: readonly Judge[];
  readonly #docket = new Docket();
  /** What was said by those whose keys are not known yet. */
  readonly #waiting = new Map<ClientID, Held[]>();
  #waitingCount = 0;
  #forgotten = 0;
  #judged = 0;
  /** Transactions on their way. */
  #passed = 0;

  constructor(options: RefereeOptions) {
    const { hasher, rhythm = USUAL_RHYTHM, genesis = null } = options;
    const society = new Society(hasher, genesis);
    const ledgers = new Ledgers(society, hasher);
    const acknowledged = new Acknowledged();
    const votes = new VoteJudge(society, acknowledged, hasher);
    this.#society = society;
    this.#ledgers = ledgers;
    this.#witness = new Witness(options, society);
    this.#manners = new MannersJudge(society, rhythm);
    this.#draws = new DrawJudge(society, hasher);
    this.#offices = new OfficeJudge(society, hasher);
    this.#blocks = new BlockJudge(society, ledgers, hasher);
    const termOf: VoteJudge['termOf'] = (clientID) => votes.termOf(clientID);
    this.#judges = [
      votes,
      this.#draws,
      this.#offices,
      new AcknowledgementJudge(society, ledgers, acknowledged, this.#offices, termOf),
      this.#blocks,
      new BatchJudge(society, ledgers, hasher, options.verifier),
      new SolutionJudge(hasher),
      new BeatJudge(society),
      this.#manners,
    ];
  }

  hear(recorded: Recorded): readonly Violation[] {
    const place = this.#docket.next(recorded.time);
    const hearing = this.#witness.hear(recorded, place);
    if (hearing.kind === 'foreign') return [];
    this.#docket.count(place.at);
    const charges: Charge[] = [...this.#settle(place.at)];
    if (hearing.kind === 'unproven') this.#keepWaiting(hearing.from, { recorded, place });
    else charges.push(...this.#take(hearing, place.at), ...this.#takeWaiting());
    return this.#tell(charges);
  }

  end(): readonly Violation[] {
    return this.#tell(this.#settle(Number.POSITIVE_INFINITY));
  }

  get tally(): Tally {
    const ledgers = this.#ledgers.all;
    return {
      messages: this.#docket.messages,
      judged: this.#judged + this.#passed,
      ms: this.#docket.ms,
      peers: this.#society.people.filter(({ publicKey }) => publicKey !== null).length,
      rules: this.rules.length,
      checked: {
        networks: ledgers.length,
        mandates: this.#offices.mandates,
        draws: this.#draws.recomputed,
        drawsUnknown: this.#draws.unknown,
        blocks: ledgers.reduce((sum, { count }) => sum + count, 0),
        accountsUnknown: ledgers.filter(({ isUnpaid }) => isUnpaid).length,
        seals: this.#blocks.seals,
        transactions: this.#passed,
        unproven: this.#forgotten + this.#waitingCount,
      },
      repeated: this.#docket.repeated,
    };
  }

  #settle(at: number): readonly Charge[] {
    return this.#judges.flatMap((judge) => judge.settle?.(at) ?? []);
  }

  /** Keys are told every minute at the latest; until then the words of a peer wait for it. */
  #keepWaiting(from: ClientID, held: Held): void {
    if (this.#waitingCount >= MOST_WAITING) {
      this.#forgotten += 1;
      return;
    }
    const waiting = this.#waiting.get(from);
    if (waiting === undefined) this.#waiting.set(from, [held]);
    else waiting.push(held);
    this.#waitingCount += 1;
  }

  #takeWaiting(): readonly Charge[] {
    const charges: Charge[] = [];
    for (const [from, held] of this.#waiting) {
      if (this.#society.keyOf(from) === null) continue;
      this.#waiting.delete(from);
      this.#waitingCount -= held.length;
      for (const { recorded, place } of held) {
        const found = this.#take(this.#witness.hear(recorded, place), place.at);
        charges.push(...found.map((it) => ({ ...it, place: it.place ?? place })));
      }
    }
    return charges;
  }

  #take(hearing: Hearing, at: number): readonly Charge[] {
    if (hearing.kind === 'charge') return this.#blame(hearing, at);
    if (hearing.kind === 'passed') this.#passed += 1;
    return hearing.kind === 'said' ? this.#consider(hearing.said) : [];
  }

  /** Somebody spoke, though not as it should; or somebody else did in its name. */
  #blame({ charge: it, isSigned }: Accusation, at: number): readonly Charge[] {
    if (it.who === null || !isSigned) return [it];
    const flood = this.#manners.hear(it.who, at, null);
    return flood === null ? [it] : [it, flood];
  }

  #consider(said: Said): readonly Charge[] {
    this.#judged += 1;
    const { message, at, retained } = said;
    // Its votes and acknowledgements count by themselves, and may accuse those who gave them.
    const insides = said.evidence.flatMap((inside) => this.#weigh(insideOf(said, inside)));
    const found = this.#judge(said);
    const flood = retained ? null : this.#manners.hear(senderOf(message), at, message.kind);
    const all = [
      ...insides,
      ...(found === null ? [] : [found]),
      ...(flood === null ? [] : [flood]),
    ];
    if (found === null) this.#learn(said);
    return all;
  }

  #weigh(inside: Said): readonly Charge[] {
    const found = this.#judge(inside);
    if (found !== null) return [found];
    this.#learn(inside);
    return [];
  }

  #judge(said: Said): Charge | null {
    for (const judge of this.#judges) {
      const found = judge.judge(said);
      if (found !== null) return found;
    }
    return said.flaw;
  }

  #learn(said: Said): void {
    this.#society.learn(said);
    for (const judge of this.#judges) judge.learn(said);
  }

  #tell(charges: readonly Charge[]): readonly Violation[] {
    return this.#docket.tell(charges.map(entryOf), this.#docket.last);
  }
}

function entryOf({ rule, who, what, subject, place }: Charge): Entry {
  const named = who === null ? null : { name: who, short: short(who) };
  return { rule: RULES[rule], who: named, what, subject, place };
}
