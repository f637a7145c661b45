/** Draws every lot again, out of the commitments and reveals that were heard. */

import type { Hasher } from '../../domain/crypto.ts';
import type { Vote } from '../../domain/message.ts';
import type { ClientID, Digest, Nonce, Term } from '../../domain/names.ts';
import type { Roster } from '../../domain/roster.ts';
import { commitmentOf, type Draw, draw, nameLowest } from '../../election/draw.ts';
import { parseRules } from '../../ledger/rules.ts';
import { Latest } from './latest.ts';
import { isOutside, type Society } from './society.ts';
import { type Charge, charge, type Judge, type Place, type Said, short } from './testimony.ts';

/** Reveals and the mandate that tells the roster may come a little after a vote. */
const PATIENCE_MS = 3_000;

/** A commitment is repeated every 500 ms: that it came so much later is no matter of one loss. */
const LATE_MS = 2_500;

/** A peer that restarts in an election may have several nonces in one term. */
const MOST_TRIES = 256;

/** A hundred elections of a hundred peers. */
const SHARES_KEPT = 10_000;

/** A half of somebody's share; which connection said it, and when it was first heard. */
type Half<Text> = {
  readonly text: Text;
  readonly at: number;
  readonly incarnation: number;
  /** Of a commitment: the Names that it was said with, null for none. */
  readonly names: Set<number | null>;
};

type Nonces = Readonly<Record<ClientID, Nonce>>;

export class DrawJudge implements Judge {
  readonly #society: Society;
  readonly #hasher: Hasher;
  readonly #commitments = new Latest<string, Half<Digest>[]>(SHARES_KEPT);
  readonly #reveals = new Latest<string, Half<Nonce>[]>(SHARES_KEPT);
  readonly #pending: { readonly vote: Vote; readonly place: Place }[] = [];
  /** Of votes. */
  readonly #texts = new Latest<string, true>(SHARES_KEPT);
  /** How many votes' draws were computed again, and how many could not be. */
  recomputed = 0;
  unknown = 0;

  constructor(society: Society, hasher: Hasher) {
    this.#society = society;
    this.#hasher = hasher;
  }

  judge({ message }: Said): Charge | null {
    if (message.kind === 'commitment') {
      const { clientID, term, roster } = message;
      if (!isOutside(this.#society, clientID, roster)) return null;
      return charge('seat', clientID, `committed in term ${term} without a seat`);
    }
    if (message.kind !== 'reveal') return null;
    const { clientID, term, nonce } = message;
    const { incarnation } = this.#society.person(clientID);
    const known = this.#commitments.get(keyOf(clientID, term)) ?? [];
    const opened = commitmentOf(term, clientID, nonce, this.#hasher);
    // A peer that restarted commits anew, and that may be what was lost on the way to us.
    const isSure = known.length > 0 && known.every((it) => it.incarnation === incarnation);
    if (!isSure || known.some(({ text }) => text === opened)) return null;
    return charge('trueReveal', clientID, `reveals in term ${term} what it did not commit to`);
  }

  learn({ message, at, number, text }: Said): void {
    if (message.kind === 'commitment') {
      const half = this.#keep(this.#commitments, message, message.commit, at);
      half.names.add(message.name ?? null);
    }
    if (message.kind === 'reveal') this.#keep(this.#reveals, message, message.nonce, at);
    if (message.kind !== 'vote' || this.#texts.has(text)) return;
    this.#texts.set(text, true);
    this.#pending.push({ vote: message, place: { number, at } });
  }

  settle(at: number): readonly Charge[] {
    const charges: Charge[] = [];
    for (;;) {
      const [next] = this.#pending;
      if (next === undefined || next.place.at + PATIENCE_MS > at) return charges;
      this.#pending.shift();
      const found = this.#recompute(next.vote);
      if (found !== null) charges.push({ ...found, place: next.place });
    }
  }

  #keep<Text extends string>(
    halves: Map<string, Half<Text>[]>,
    { clientID, term }: { readonly clientID: ClientID; readonly term: Term },
    text: Text,
    at: number,
  ): Half<Text> {
    const key = keyOf(clientID, term);
    const known = halves.get(key) ?? [];
    halves.set(key, known);
    const before = known.find((it) => it.text === text);
    if (before !== undefined) return before;
    const { incarnation } = this.#society.person(clientID);
    const half: Half<Text> = { text, at, incarnation, names: new Set() };
    known.push(half);
    return half;
  }

  #recompute(vote: Vote): Charge | null {
    const { clientID, term, controllerID, draw: seed } = vote;
    const roster = this.#society.rosterOf(vote.roster);
    const counted = roster === null ? null : drawnIn(vote.drawn, roster);
    if (roster === null || counted === null) {
      this.unknown += 1;
      return null;
    }
    const tries = this.#tries(counted, term);
    if (tries === null) {
      this.unknown += 1;
      return null;
    }
    this.recomputed += 1;
    const nonces = tries.find((it) => draw(term, roster.digest, it, this.#hasher).seed === seed);
    if (nonces === undefined) {
      const what = `votes in term ${term} by a draw that the reveals do not give`;
      return charge('fairDraw', clientID, what);
    }
    const drawn = draw(term, roster.digest, nonces, this.#hasher);
    const why = this.#problemOfChoice(vote, drawn, nonces);
    if (why !== null) {
      const what = `votes for ${short(controllerID)} in term ${term}, ${why}`;
      return charge('fairDraw', clientID, what);
    }
    return this.#judgeTime(vote, nonces);
  }

  /** Whom the voter should have voted for, as far as everybody knows; null where it did. */
  #problemOfChoice(vote: Vote, drawn: Draw, nonces: Nonces): string | null {
    const { controllerID, roster, term } = vote;
    const { highest, numbers } = drawn;
    const rules = parseRules(this.#society.rulesOf(roster) ?? '');
    if (rules?.election === 'draw')
      return controllerID === highest ? null : `where ${short(highest)} drew highest`;
    const names = rules?.election === 'present' ? this.#namesIn(term, nonces) : null;
    if (names !== null) {
      const { peer: lowest } = nameLowest(drawn, null, (peer) => names.get(peer) ?? undefined);
      return controllerID === lowest ? null : `where ${short(lowest)} is lowest`;
    }
    // Where a Name is unknown, and by the older rule, any of them may go first, and nobody else.
    const takesPart = numbers.some(({ peer }) => peer === controllerID);
    return takesPart ? null : 'who does not take part';
  }

  /** PROTOCOL S8: who commits after others have revealed could choose what it commits to. */
  #judgeTime({ clientID, term }: Vote, nonces: Nonces): Charge | null {
    const own = nonces[clientID];
    const reveals = this.#reveals.get(keyOf(clientID, term)) ?? [];
    const revealedAt = reveals.find(({ text }) => text === own)?.at;
    if (revealedAt === undefined) return null;
    for (const [name, nonce] of Object.entries(nonces)) {
      const peer = name as ClientID;
      const half = this.#halfOf(peer, term, nonce);
      if (half === undefined || half.at <= revealedAt + LATE_MS) continue;
      const what = `counts ${short(peer)} in term ${term}, who committed after its own reveal`;
      return charge('noLateCommitment', clientID, what);
    }
    return null;
  }

  /** The Names in the commitments that the nonces open; null where one was not heard, or twice. */
  #namesIn(term: Term, nonces: Nonces): ReadonlyMap<ClientID, number | null> | null {
    const names = new Map<ClientID, number | null>();
    for (const [name, nonce] of Object.entries(nonces)) {
      const peer = name as ClientID;
      const half = this.#halfOf(peer, term, nonce);
      const [said, another] = half === undefined ? [] : [...half.names];
      if (said === undefined || another !== undefined) return null;
      names.set(peer, said);
    }
    return names;
  }

  /** The commitment that a nonce opens. */
  #halfOf(peer: ClientID, term: Term, nonce: Nonce): Half<Digest> | undefined {
    const commit = commitmentOf(term, peer, nonce, this.#hasher);
    return this.#commitments.get(keyOf(peer, term))?.find(({ text }) => text === commit);
  }

  /** All that the counted ones may have revealed; null where somebody's reveal was not heard. */
  #tries(counted: readonly ClientID[], term: Term): readonly Nonces[] | null {
    let tries: Nonces[] = [{}];
    for (const peer of counted) {
      const halves = this.#reveals.get(keyOf(peer, term));
      if (halves === undefined) return null;
      tries = tries.flatMap((nonces) => halves.map(({ text }) => ({ ...nonces, [peer]: text })));
      if (tries.length > MOST_TRIES) return null;
    }
    return tries;
  }
}

function keyOf(clientID: ClientID, term: Term): string {
  return `${clientID} ${term}`;
}

/** Whose reveals a vote counts; null where it does not say so in bits of this roster. */
function drawnIn(drawn: string, { members }: Roster): readonly ClientID[] | null {
  const bits = [...drawn].map((digit) => Number.parseInt(digit, 16).toString(2).padStart(4, '0'));
  const text = bits.join('');
  if (text.length < members.length) return null;
  return members.filter((_, index) => text[index] === '1').map(({ clientID }) => clientID);
}
