/** Finds networks of the labs in which somebody waits for ever, and says for what of whom. */

import type { Name } from '../../lab/message.ts';
import { isWin } from '../lab-rounds.ts';
import {
  type LabCharge,
  type LabJudge,
  type LabSaid,
  labCharge,
  labRemark,
  shortLab,
} from './lab-charge.ts';
import { keysIn, type Lacks, lacksOf, namesIn, topicsIn } from './lab-lacks.ts';
import type { LabRoll, Member } from './lab-roll.ts';

/** Words that are lost are said again by then, and a winner prepares for 2 s. */
const STUCK_MS = 30_000;
/** By then, and after so many results, everybody who knows the controller has answered once. */
const SILENT_MS = 60_000;
const SILENT_RESULTS = 3;
const LOOK_MS = 1_000;

export class LabDeadlockJudge implements LabJudge {
  readonly #roll: LabRoll;
  readonly #seats: number | null;
  readonly #told = new Set<string>();
  #results = 0;
  #lookAt = Number.NEGATIVE_INFINITY;

  constructor(roll: LabRoll, seats: number | null) {
    this.#roll = roll;
    this.#seats = seats;
  }

  judge(): null {
    return null;
  }

  learn({ message }: LabSaid): void {
    if (this.#roll.workAt === null) this.#results = 0;
    else if (message.kind === 'result' && isWin(message)) this.#results += 1;
  }

  settle(at: number, isOver: boolean): readonly LabCharge[] {
    if (at < this.#lookAt && !isOver) return [];
    this.#lookAt = at + LOOK_MS;
    const found = this.#look(at, isOver);
    return found.filter(({ rule, who, subject, isRemark }) => {
      const key = `${rule} ${who} ${subject} ${isRemark} ${this.#roll.firstVoteAt}`;
      const isNew = !this.#told.has(key);
      this.#told.add(key);
      return isNew;
    });
  }

  #look(at: number, isOver: boolean): readonly LabCharge[] {
    const { workAt, firstVoteAt, newVoteAt, cameAt } = this.#roll;
    if (workAt !== null) return at >= workAt + STUCK_MS ? this.#lookAtWork(at, workAt) : [];
    if (firstVoteAt === null) return at >= cameAt + STUCK_MS ? this.#lookAtCrowd() : [];
    if (this.#roll.electors().length < 2) return [];
    if (at >= newVoteAt + STUCK_MS) return this.#lookAtElection();
    // A recording ends with its last message, however long nothing came after it.
    return isOver ? this.#lookAtElection().filter(hasReason).map(unproven) : [];
  }

  /** Nobody has voted. Only where N are here is it sure that they do not wait for others. */
  #lookAtCrowd(): readonly LabCharge[] {
    const here = this.#roll.present();
    const areAll = this.#seats !== null && here.length >= this.#seats;
    const found = here.flatMap((it) => this.#describe(it, lacksOf(it, here, 'introductions'), ''));
    if (areAll) return found;
    return found.filter(({ rule }) => rule === 'oneSpelling').map(unproven);
  }

  /** Somebody has voted, and nobody works. */
  #lookAtElection(): readonly LabCharge[] {
    const electors = this.#roll.electors();
    const awaited = this.#roll.awaited();
    if (awaited.length > 0) {
      return awaited.flatMap((it) => {
        const found = this.#describe(it, lacksOf(it, electors, 'introductions'), 'has not voted');
        if (found.length > 0) return found;
        return [
          labRemark('deadlock', it.name, 'has not voted, and all others wait for it', 'vote'),
        ];
      });
    }
    const winner = this.#roll.winner();
    if (winner === null) return [];
    const what = `has won with ${shortLab(winner.voteID ?? '')}, and opens no challenge`;
    const found = this.#describe(winner, lacksOf(winner, this.#roll.voters(), 'votes'), what);
    return found.length > 0 ? found : [labCharge('deadlock', winner.name, what, 'winner')];
  }

  /** Some work; others may not know that there is a controller. */
  #lookAtWork(at: number, workAt: number): readonly LabCharge[] {
    const electors = this.#roll.electors();
    const winner = this.#roll.winner();
    const busy = electors.filter((it) => it === winner || it.isAtWork);
    // Where those who know it go on introducing themselves, that means nothing.
    const isHabit = busy.some((it) => isIntroducing(it, workAt));
    const isLong = at >= workAt + SILENT_MS && this.#results >= SILENT_RESULTS;
    return electors
      .filter((it) => !busy.includes(it))
      .flatMap((it) => this.#describeIdle(it, !isHabit && isIntroducing(it, workAt), isLong));
  }

  /** Somebody who has not answered any challenge; that alone means nothing. */
  #describeIdle(idle: Member, isWaiting: boolean, isLong: boolean): readonly LabCharge[] {
    const hasVoted = idle.votedAt !== null;
    if (!isWaiting && !(hasVoted && isLong)) return [];
    const lacks = hasVoted
      ? lacksOf(idle, this.#roll.voters(), 'votes')
      : lacksOf(idle, this.#roll.electors(), 'introductions');
    const what = hasVoted ? 'knows no controller, while others work' : 'has not voted';
    const found = this.#describe(idle, lacks, what);
    if (!isWaiting) return found.filter(({ rule }) => rule === 'oneSpelling');
    if (found.length > 0) return found;
    return [labRemark('deadlock', idle.name, `${what}, and goes on introducing itself`, 'waits')];
  }

  /** What it lacks, and why; nothing where it lacks nothing. */
  #describe(reader: Member, lacks: Lacks, state: string): readonly LabCharge[] {
    const words = reader.votedAt === null ? 'introductions' : 'votes';
    const { spelling, unheard, early } = lacks;
    const name: Name = reader.name;
    const told: LabCharge[] = [];
    if (spelling.length > 0) {
      const theirs = keysIn(spelling, words) + topicsIn(spelling, [reader], words);
      const own = keysIn([reader], words) + topicsIn([reader], spelling, words);
      const what =
        `cannot read the ${words} of ${namesIn(spelling)}: ` +
        `they say ${theirs}, and it says ${own}`;
      told.push(labCharge('oneSpelling', name, what, words));
    }
    const begin = state === '' ? 'lacks' : `${state}: it lacks`;
    if (unheard.length > 0) {
      const what = `${begin} the ${words} of ${namesIn(unheard)}, said before it came`;
      told.push(labCharge('deadlock', name, what, words));
    } else if (early.length > 0 && spelling.length === 0) {
      const what =
        `${begin}, it seems, the ${words} of ${namesIn(early)}, ` +
        'said before its own, when it may not have listened yet';
      told.push(labCharge('deadlock', name, what, `${words} early`));
    }
    return told;
  }
}

function isIntroducing({ introducedAt }: Member, workAt: number): boolean {
  return introducedAt !== null && introducedAt >= workAt + STUCK_MS / 2;
}

/** A silence whose length nobody knows shows only what could not be read. */
function hasReason({ rule, subject }: LabCharge): boolean {
  return rule === 'oneSpelling' || (rule === 'deadlock' && !/early|winner|vote$/.test(subject));
}

function unproven(charge: LabCharge): LabCharge {
  return { ...charge, isRemark: true };
}
