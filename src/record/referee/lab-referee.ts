/** The referee for networks of the labs' clients: no signatures, no seals, and their own quirks. */

import type { Instant } from '../../domain/names.ts';
import { DIALECTS, type Dialect, type DialectName } from '../../lab/dialect.ts';
import type { Name } from '../../lab/message.ts';
import { Allowance, type Limit } from '../../wire/allowance.ts';
import type { Recorded } from '../recording.ts';
import { Docket, type Entry } from './docket.ts';
import { type LabCharge, type LabJudge, labCharge, shortLab } from './lab-charge.ts';
import { LabElectionJudge } from './lab-elections.ts';
import { LAB_RULES } from './lab-rules.ts';
import { hearLab, nameOf } from './lab-witness.ts';
import { LabWorkJudge } from './lab-work.ts';
import { Latest, PEERS_KEPT } from './latest.ts';
import type { Rule } from './rules.ts';
import type { Arbiter, Tally, Violation } from './violation.ts';

const LIMIT: Limit = { perSecond: 20, atOnce: 100 };

export class LabReferee implements Arbiter {
  readonly rules: readonly Rule[] = Object.values(LAB_RULES);
  readonly #prefix: string;
  readonly #dialect: Dialect;
  readonly #docket = new Docket();
  readonly #work: LabWorkJudge;
  readonly #judges: readonly LabJudge[];
  readonly #allowances = new Latest<Name, Allowance>(PEERS_KEPT);
  #judged = 0;

  constructor({ prefix, dialect }: { readonly prefix: string; readonly dialect: DialectName }) {
    this.#prefix = prefix;
    this.#dialect = DIALECTS[dialect];
    this.#work = new LabWorkJudge(this.#dialect);
    this.#judges = [new LabElectionJudge(this.#dialect), this.#work];
  }

  hear(recorded: Recorded): readonly Violation[] {
    const hearing = hearLab(this.#dialect, this.#prefix, recorded);
    if (hearing.kind === 'foreign') return [];
    const place = this.#docket.next(recorded.time);
    this.#docket.count(place.at);
    const charges: LabCharge[] = [...this.#settle(place.at)];
    if (hearing.kind === 'charge') charges.push(hearing.charge);
    else charges.push(...this.#consider({ ...place, message: hearing.message }));
    return this.#tell(charges);
  }

  end(): readonly Violation[] {
    return this.#tell(this.#settle(Number.POSITIVE_INFINITY));
  }

  get tally(): Tally {
    return {
      messages: this.#docket.messages,
      judged: this.#judged,
      ms: this.#docket.ms,
      peers: this.#allowances.size,
      rules: this.rules.length,
      checked: { results: this.#work.results },
      repeated: this.#docket.repeated,
    };
  }

  #consider(said: Parameters<LabJudge['judge']>[0]): readonly LabCharge[] {
    this.#judged += 1;
    const who = nameOf(said.message);
    const flood = who === null ? null : this.#judgeFlood(who, said.at);
    for (const judge of this.#judges) {
      const found = judge.judge(said);
      if (found !== null) return flood === null ? [found] : [found, flood];
    }
    for (const judge of this.#judges) judge.learn(said);
    return flood === null ? [] : [flood];
  }

  #judgeFlood(who: Name, at: number): LabCharge | null {
    const allowance = this.#allowances.get(who) ?? new Allowance(LIMIT);
    this.#allowances.set(who, allowance);
    if (!allowance.has(at as Instant)) return labCharge('noFlood', who, 'floods the network');
    allowance.take();
    return null;
  }

  #settle(at: number): readonly LabCharge[] {
    return this.#judges.flatMap((judge) => judge.settle?.(at) ?? []);
  }

  #tell(charges: readonly LabCharge[]): readonly Violation[] {
    return this.#docket.tell(charges.map(entryOf), this.#docket.last);
  }
}

function entryOf({ rule, who, what, subject, place }: LabCharge): Entry {
  const named = who === null ? null : { name: String(who), short: shortLab(who) };
  return { rule: LAB_RULES[rule], who: named, what, subject, place };
}
