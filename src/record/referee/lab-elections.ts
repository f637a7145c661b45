/** Judges how the labs' clients gather and vote. */

import type { Dialect } from '../../lab/dialect.ts';
import type { LabVote, Name } from '../../lab/message.ts';
import {
  type LabCharge,
  type LabJudge,
  type LabSaid,
  labCharge,
  labRemark,
  shortLab,
} from './lab-charge.ts';
import { type LabRoll, NEXT_MS, TWICE_MS } from './lab-roll.ts';
import type { Place } from './testimony.ts';

/** One or two may be a broker's repetition, or a client that was started again. */
const HASTY_MOST = 2;
/** A vote whose connection was lost may have to be said once more. */
const AGAIN_MOST = 1;
/** By then who has missed a vote has been told it again. */
const ENDED_MS = 10_000;
/** In introductions: some are lost. */
const MISSED = 3;
const LOOK_MS = 1_000;

export class LabElectionJudge implements LabJudge {
  readonly #dialect: Dialect;
  readonly #roll: LabRoll;
  /** Other votes by which another election may begin. */
  readonly #doubtful = new Map<Name, Place>();
  #lookAt = Number.NEGATIVE_INFINITY;

  constructor(dialect: Dialect, roll: LabRoll) {
    this.#dialect = dialect;
    this.#roll = roll;
  }

  judge({ message, at }: LabSaid): LabCharge | null {
    if (message.kind === 'vote') return this.#judgeVote(message, at);
    if (message.kind !== 'introduction' || this.#dialect.repeatsVotes) return null;
    const client = this.#roll.get(message.clientID);
    if (client === undefined || !this.#roll.isHasty(client, at)) return null;
    if (client.hasty < HASTY_MOST) return null;
    const seconds = ((at - (client.introducedAt ?? at)) / 1_000).toFixed(1);
    const what = `introduces itself again and again, now after ${seconds} s`;
    // Whoever waits for an election may be in a hurry; it ends with that.
    const { workAt } = this.#roll;
    const isWaiting = workAt === null || at <= workAt + ENDED_MS;
    const charge = isWaiting ? labRemark : labCharge;
    return { ...charge('patience', message.clientID, what, 'patience'), isHeeded: true };
  }

  #judgeVote({ clientID, voteID }: LabVote, at: number): LabCharge | null {
    const client = this.#roll.get(clientID);
    if (client === undefined || client.voteID === null) return null;
    if (client.voteID !== voteID) {
      if (this.#roll.isOfNextElection(client)) return null;
      return labCharge('oneVote', clientID, 'voted twice');
    }
    if (this.#dialect.repeatsVotes || at <= client.votedLastAt + TWICE_MS) return null;
    // Messages are counted until all have voted; more of them then do no harm.
    if (client.again < AGAIN_MOST || this.#roll.awaited().length === 0) return null;
    // Who counts messages counts it twice; who counts voters does not mind.
    return labRemark('oneVote', clientID, 'voted again and again before all had voted');
  }

  learn({ message, number, at }: LabSaid): void {
    if (this.#roll.workAt === null) this.#doubtful.clear();
    if (message.kind !== 'vote' || this.#roll.workAt === null) return;
    const { clientID, voteID } = message;
    const known = this.#roll.get(clientID)?.voteID ?? voteID;
    if (known !== voteID && !this.#doubtful.has(clientID)) {
      this.#doubtful.set(clientID, { number, at });
    }
  }

  settle(at: number): readonly LabCharge[] {
    return [...this.#settleVotes(at), ...this.#settleSilence(at)];
  }

  /** Nobody else has voted anew. */
  #settleVotes(at: number): readonly LabCharge[] {
    return [...this.#doubtful].flatMap(([name, place]) => {
      if (at <= place.at + NEXT_MS) return [];
      this.#doubtful.delete(name);
      return [{ ...labCharge('oneVote', name, 'voted twice'), place }];
    });
  }

  /** Who falls silent before all have voted is missed by whoever came later. */
  #settleSilence(at: number): readonly LabCharge[] {
    if (this.#roll.workAt !== null || at < this.#lookAt) return [];
    this.#lookAt = at + LOOK_MS;
    const mostMs = MISSED * this.#dialect.introduceMs;
    const here = this.#roll.present();
    return here.flatMap((client) => {
      const { name, introducedAt } = client;
      if (introducedAt === null || at <= introducedAt + mostMs) return [];
      const missing = here.find((it) => it.votedAt === null && it.cameAt > introducedAt);
      if (missing === undefined) return [];
      const seconds = Math.round((at - introducedAt) / 1_000);
      const what =
        `has not introduced itself for ${seconds} s, ` +
        `and ${shortLab(missing.name)}, who has not voted, came later`;
      return [labRemark('introductions', name, what, 'introductions')];
    });
  }
}
