/** Who takes part in a network of the labs, and what each has said when, and by which keys. */

import type { Dialect } from '../../lab/dialect.ts';
import type { Name } from '../../lab/message.ts';
import type { LabKeys, LabSaid } from './lab-charge.ts';
import { Latest, PEERS_KEPT } from './latest.ts';

/** Words of one kind that a client has said by the same keys. */
export type Spoken = {
  readonly keys: LabKeys;
  readonly firstAt: number;
  lastAt: number;
};

export type Member = {
  readonly name: Name;
  /** When it was first heard. */
  cameAt: number;
  /** By their keys. */
  readonly introductions: Map<string, Spoken>;
  readonly votes: Map<string, Spoken>;
  introducedAt: number | null;
  /** How many of its last introductions came too soon, with nobody new to answer. */
  hasty: number;
  voteID: Name | null;
  votedAt: number | null;
  /** The last time, but for what the broker may have repeated. */
  votedLastAt: number;
  /** How often it has said its vote again while others had not voted. */
  again: number;
  /** It has answered a challenge: it knows its controller. */
  isAtWork: boolean;
  isGone: boolean;
};

type NextVote = { readonly voteID: Name; readonly keys: LabKeys; readonly at: number };

/** Brokers may deliver a message twice; nobody votes or introduces itself again so soon. */
export const TWICE_MS = 500;
/** The seed's own client introduces itself each 5 s, less what a slow way may take from it. */
export const HASTE_MS = 4_000;
/** Those networks have some dozen clients; a flood of names is none, and is not compared. */
const COMPARED_MOST = 200;
const SPELLINGS_MOST = 20;
/** In so much time all vote who are started again together. */
export const NEXT_MS = 30_000;

export class LabRoll {
  readonly #dialect: Dialect;
  /** N, if that is known. */
  readonly #seats: number | null;
  readonly #members = new Latest<Name, Member>(PEERS_KEPT);
  /** Votes that may be of another election, after work in this one. */
  readonly #next = new Map<Member, NextVote>();
  /** When somebody was heard for the first time. */
  cameAt: number = Number.NEGATIVE_INFINITY;
  /** Of this election, as all below. */
  firstVoteAt: number | null = null;
  /** When somebody voted who had not, or otherwise. */
  newVoteAt: number = Number.NEGATIVE_INFINITY;
  voteMessages = 0;
  /** The first challenge, solution or result after the first vote, or of all. */
  workAt: number | null = null;

  constructor(dialect: Dialect, seats: number | null) {
    this.#dialect = dialect;
    this.#seats = seats;
  }

  get(name: Name): Member | undefined {
    return this.#members.get(name);
  }

  /** Who is here, as far as those who go say so; nobody in a flood of names. */
  present(): readonly Member[] {
    if (this.#members.size > COMPARED_MOST) return [];
    return [...this.#members.values()].filter(({ isGone }) => !isGone);
  }

  /** Who belongs to this election: was here when the first one voted, or has voted itself. */
  electors(): readonly Member[] {
    const { firstVoteAt } = this;
    if (firstVoteAt === null) return [];
    return this.present().filter((it) => it.cameAt <= firstVoteAt || it.votedAt !== null);
  }

  voters(): readonly Member[] {
    return this.electors().filter(({ votedAt }) => votedAt !== null);
  }

  /** Who is needed and has not voted; without a known N, that is everybody who is here. */
  awaited(): readonly Member[] {
    const electors = this.electors();
    const silent = electors.filter(({ votedAt }) => votedAt === null);
    const isFull = this.#seats !== null && electors.length - silent.length >= this.#seats;
    return isFull ? [] : silent;
  }

  /** The one with the highest vote; null before there is one. */
  winner(): Member | null {
    const { compare } = this.#dialect;
    const [highest] = [...this.voters()].sort(
      (a, b) => compare(b.voteID ?? '', a.voteID ?? '') || compare(b.name, a.name),
    );
    return highest ?? null;
  }

  learn({ message, at, keys }: LabSaid): void {
    if (message.kind === 'challenge' || message.kind === 'result') {
      this.workAt ??= at;
      return;
    }
    const member = this.#member(message.clientID, at);
    member.isGone = message.kind === 'presence';
    if (message.kind === 'introduction') this.#learnIntroduction(member, keys, at);
    if (message.kind === 'vote') this.#learnVote(member, message.voteID, keys, at);
    if (message.kind === 'solution') {
      member.isAtWork = true;
      this.workAt ??= at;
    }
  }

  #learnIntroduction(member: Member, keys: LabKeys, at: number): void {
    noteWord(member.introductions, keys, at);
    const since = at - (member.introducedAt ?? Number.NEGATIVE_INFINITY);
    if (since <= TWICE_MS) return;
    // Somebody of before the work who is started again comes anew.
    if (this.workAt !== null && (member.introducedAt ?? 0) < this.workAt) this.cameAt = at;
    member.hasty = this.isHasty(member, at) ? member.hasty + 1 : 0;
    member.introducedAt = at;
  }

  /** Whether it introduces itself sooner than it should, with nobody new whom it may answer. */
  isHasty({ introducedAt }: Member, at: number): boolean {
    if (introducedAt === null || this.cameAt >= introducedAt) return false;
    return at > introducedAt + TWICE_MS && at < introducedAt + HASTE_MS;
  }

  #learnVote(member: Member, voteID: Name, keys: LabKeys, at: number): void {
    const isNew = member.voteID !== voteID;
    if (isNew) this.newVoteAt = at;
    if (isNew && this.isOfNextElection(member)) {
      this.#learnNext(member, { voteID, keys, at });
      return;
    }
    noteWord(member.votes, keys, at);
    if (isNew) {
      Object.assign(member, { voteID, votedAt: at, again: 0 });
      this.firstVoteAt ??= at;
    }
    const isTwice = !isNew && at <= member.votedLastAt + TWICE_MS;
    if (isTwice) return;
    member.votedLastAt = at;
    this.voteMessages += 1;
    if (!isNew && this.awaited().length > 0) member.again += 1;
  }

  /** Whether a new vote of this client, which introduced itself after the work began, is of it. */
  isOfNextElection({ cameAt, introducedAt, voteID }: Member): boolean {
    const { workAt } = this;
    if (workAt === null) return false;
    return voteID === null ? cameAt > workAt : (introducedAt ?? 0) > workAt;
  }

  /** Whoever starts all clients again has another election; one alone makes none. */
  #learnNext(member: Member, vote: NextVote): void {
    for (const [other, { at }] of this.#next) {
      if (vote.at > at + NEXT_MS) this.#next.delete(other);
    }
    this.#next.set(member, vote);
    if (this.#next.size < 2) return;
    const workAt = this.workAt ?? vote.at;
    const votes = [...this.#next];
    this.#next.clear();
    for (const [name, other] of this.#members) {
      const isHere = other.cameAt > workAt || (other.introducedAt ?? 0) > workAt;
      if (!isHere) this.#members.delete(name);
      else if (other.cameAt <= workAt) other.cameAt = other.introducedAt ?? other.cameAt;
      other.votes.clear();
      Object.assign(other, { voteID: null, votedAt: null, again: 0, isAtWork: false });
    }
    Object.assign(this, { firstVoteAt: null, voteMessages: 0, workAt: null });
    for (const [voter, { voteID, keys, at }] of votes) this.#learnVote(voter, voteID, keys, at);
  }

  #member(name: Name, at: number): Member {
    const known = this.#members.get(name);
    if (known !== undefined) return known;
    const member: Member = {
      ...{ name, cameAt: at, introductions: new Map(), votes: new Map() },
      ...{ introducedAt: null, hasty: 0, voteID: null, votedAt: null },
      ...{ votedLastAt: Number.NEGATIVE_INFINITY, again: 0, isAtWork: false, isGone: false },
    };
    this.#members.set(name, member);
    this.cameAt = at;
    return member;
  }
}

function noteWord(words: Map<string, Spoken>, keys: LabKeys, at: number): void {
  const spelling = [...keys.client, ...keys.vote, ...keys.topic].join(' ');
  const known = words.get(spelling);
  if (known !== undefined) known.lastAt = Math.max(known.lastAt, at);
  else if (words.size < SPELLINGS_MOST) words.set(spelling, { keys, firstAt: at, lastAt: at });
}
