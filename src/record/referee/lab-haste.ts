/** Judges whether a controller of the labs opens its first challenge before all know of it. */

import { type LabCharge, type LabJudge, type LabSaid, labCharge, shortLab } from './lab-charge.ts';
import { lacksOf } from './lab-lacks.ts';
import type { LabRoll, Member } from './lab-roll.ts';
import type { Place } from './testimony.ts';

/** A vote may be on its way while the challenge is opened, and topics overtake one another. */
const OVERTAKE_MS = 2_000;

/** The first challenge of an election, and who lacked a vote then, or had not voted. */
type Opening = {
  readonly transactionID: number;
  readonly place: Place;
  readonly awaited: Set<Member>;
  readonly unread: Map<Member, Set<Member>>;
};

export class LabHasteJudge implements LabJudge {
  readonly #roll: LabRoll;
  /** Where clients count vote messages, N of them are enough, from whomever. */
  readonly #countsMessages: boolean;
  readonly #seats: number | null;
  #opening: Opening | null = null;
  #late: LabCharge[] = [];

  constructor(roll: LabRoll, countsMessages: boolean, seats: number | null) {
    this.#roll = roll;
    this.#countsMessages = countsMessages;
    this.#seats = seats;
  }

  judge(): null {
    return null;
  }

  learn({ message, number, at }: LabSaid): void {
    if (this.#roll.workAt === null) this.#opening = null;
    if (message.kind === 'challenge' && this.#opening === null) {
      this.#opening = this.#openingOf(message.transactionID, { number, at });
    }
    const member = message.kind === 'vote' ? this.#roll.get(message.clientID) : undefined;
    if (member === undefined || this.#opening === null) return;
    this.#hearVote(this.#opening, member, at > this.#opening.place.at + OVERTAKE_MS);
  }

  settle(): readonly LabCharge[] {
    const late = this.#late;
    this.#late = [];
    return late;
  }

  /** Null where there was no election to wait for, as far as we know. */
  #openingOf(transactionID: number, place: Place): Opening | null {
    const electors = this.#roll.electors();
    if (electors.length < 2) return null;
    const voters = this.#roll.voters();
    const needed = this.#seats ?? electors.length;
    const isCounted = this.#countsMessages && this.#roll.voteMessages >= needed;
    const awaited = new Set(isCounted ? [] : this.#roll.awaited());
    const unread = new Map(
      voters.map((it) => [it, new Set(lacksOf(it, voters, 'votes').spelling)] as const),
    );
    return { transactionID, place, awaited, unread };
  }

  #hearVote({ transactionID, place, awaited, unread }: Opening, voter: Member, isLate: boolean) {
    const name = shortLab(voter.name);
    if (awaited.delete(voter) && isLate) {
      this.#accuse(`opens challenge ${transactionID} before ${name} has voted`, place);
    }
    for (const [reader, lacked] of unread) {
      const isReadNow = !lacksOf(reader, [voter], 'votes').spelling.includes(voter);
      if (!isReadNow || !lacked.delete(voter) || !isLate) continue;
      // Whoever has answered challenges meanwhile had read it as it was.
      if (reader.isAtWork || !isStillWaiting(reader, place.at)) continue;
      const who = shortLab(reader.name);
      const what = `opens challenge ${transactionID} before ${who} could read the vote of ${name}`;
      this.#accuse(what, place);
    }
  }

  #accuse(what: string, place: Place): void {
    this.#late.push({ ...labCharge('haste', null, what), place });
  }
}

/** It goes on introducing itself, or voting, as those do who do not know their controller. */
function isStillWaiting({ introducedAt, votedLastAt }: Member, since: number): boolean {
  return Math.max(introducedAt ?? 0, votedLastAt) > since + OVERTAKE_MS;
}
