/** The referee for networks of the labs' clients: no signatures, no seals, and their own quirks. */

import { DIALECTS, type Dialect, type DialectName } from '../../lab/dialect.ts';
import type { Recorded } from '../recording.ts';
import { Docket, type Entry } from './docket.ts';
import { type LabCharge, type LabJudge, type LabSaid, shortLab } from './lab-charge.ts';
import { LabDeadlockJudge } from './lab-deadlocks.ts';
import { LabElectionJudge } from './lab-elections.ts';
import { LabFloodJudge } from './lab-floods.ts';
import { LabHasteJudge } from './lab-haste.ts';
import { LabRoll } from './lab-roll.ts';
import { LAB_RULES } from './lab-rules.ts';
import { hearLab } from './lab-witness.ts';
import { LabWorkJudge } from './lab-work.ts';
import type { Rule } from './rules.ts';
import type { Arbiter, Tally, Violation } from './violation.ts';

export type LabRefereeOptions = {
  readonly prefix: string;
  readonly dialect: DialectName;
  /** N: so many votes elect. Otherwise everybody who is here belongs to the election. */
  readonly peers?: number | null;
};

export class LabReferee implements Arbiter {
  readonly rules: readonly Rule[] = Object.values(LAB_RULES);
  readonly #prefix: string;
  readonly #dialect: Dialect;
  readonly #docket = new Docket();
  readonly #roll: LabRoll;
  readonly #work: LabWorkJudge;
  readonly #judges: readonly LabJudge[];
  readonly #floods: LabFloodJudge;
  #judged = 0;

  constructor({ prefix, dialect, peers = null }: LabRefereeOptions) {
    this.#prefix = prefix;
    this.#dialect = DIALECTS[dialect];
    this.#roll = new LabRoll(this.#dialect, peers);
    this.#work = new LabWorkJudge(this.#dialect, this.#roll);
    this.#floods = new LabFloodJudge(this.#work);
    this.#judges = [
      new LabElectionJudge(this.#dialect, this.#roll),
      this.#work,
      new LabHasteJudge(this.#roll, !this.#dialect.repeatsVotes, peers),
      new LabDeadlockJudge(this.#roll, peers),
    ];
  }

  hear(recorded: Recorded): readonly Violation[] {
    const hearing = hearLab(this.#dialect, this.#prefix, recorded);
    if (hearing.kind === 'foreign') return [];
    const place = this.#docket.next(recorded.time);
    this.#docket.count(place.at);
    const charges: LabCharge[] = [...this.#settle(place.at, false)];
    if (hearing.kind === 'charge') charges.push(hearing.charge);
    else {
      const { message, keys, remarks } = hearing;
      charges.push(...remarks, ...this.#consider({ ...place, message, keys }));
    }
    return this.#tell(charges);
  }

  end(at?: number): readonly Violation[] {
    return this.#tell(this.#settle(Math.max(at ?? 0, this.#docket.last.at), true));
  }

  get tally(): Tally {
    return {
      messages: this.#docket.messages,
      judged: this.#judged,
      ms: this.#docket.ms,
      peers: this.#floods.names,
      rules: this.rules.length,
      checked: { results: this.#work.results },
      repeated: this.#docket.repeated,
    };
  }

  #consider(said: LabSaid): readonly LabCharge[] {
    this.#judged += 1;
    const charges = [...this.#floods.judge(said)];
    for (const judge of this.#judges) {
      const found = judge.judge(said);
      if (found === null) continue;
      charges.unshift(found);
      if (found.isRemark !== true && found.isHeeded !== true) return charges;
      break;
    }
    this.#roll.learn(said);
    for (const judge of this.#judges) judge.learn(said);
    return charges;
  }

  #settle(at: number, isOver: boolean): readonly LabCharge[] {
    return this.#judges.flatMap((judge) => judge.settle?.(at, isOver) ?? []);
  }

  #tell(charges: readonly LabCharge[]): readonly Violation[] {
    return this.#docket.tell(charges.map(entryOf), this.#docket.last);
  }
}

function entryOf({ rule, who, what, subject, place, isRemark = false }: LabCharge): Entry {
  const named = who === null ? null : { name: String(who), short: shortLab(who) };
  return { rule: LAB_RULES[rule], who: named, what, subject, place, isRemark };
}
