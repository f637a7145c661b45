/** Judges solutions and what controllers answer to them. */

import type { Hasher } from '../../domain/crypto.ts';
import type { Block, Result, Solution } from '../../domain/message.ts';
import { type ClientID, type Digest, UNFOUNDED } from '../../domain/names.ts';
import {
  digestOf,
  type Opening,
  openingOf,
  openingOfBlock,
  openingText,
  zeroBits,
} from '../../ledger/block.ts';
import { Latest, PEERS_KEPT } from './latest.ts';
import { type Charge, charge, type Judge, type Place, type Said, short } from './testimony.ts';

/** A challenge or a heartbeat and a solution, on their topics, may overtake one another. */
const OVERTAKE_MS = 3_000;

/** A frozen or cut-off controller hears of acknowledgements so late at most (MQTT's patience). */
const RESULT_MS = 30_000;

/** Nobody solves, seals or announces what is so far behind. */
const NUMBERS_KEPT = 1_000;
const HEIGHTS_KEPT = 100;

type Refused = Extract<Result, { result: 0 }>;
/** To be judged when what it is about has surely been heard. */
type Pending = { readonly message: Solution | Refused; readonly place: Place };
type Opened = { readonly opening: Opening; readonly by: Set<ClientID> };

export class SolutionJudge implements Judge {
  readonly #hasher: Hasher;
  /** What was opened under each number, by its text, and by whom. */
  readonly #openings = new Latest<number, Map<string, Opened>>(NUMBERS_KEPT);
  /** By number, then by miner: as long as what they solve, without which none is judged. */
  readonly #solutions = new Latest<number, Map<ClientID, Solution[]>>(NUMBERS_KEPT);
  #pending: Pending[] = [];
  /** When each peer was first heard to have so many blocks, lately. */
  readonly #heights = new Latest<ClientID, { readonly height: number; readonly at: number }[]>(
    PEERS_KEPT,
  );
  /** When each acknowledgement, by its text, was last heard. */
  readonly #yes = new Latest<string, number>(NUMBERS_KEPT);
  readonly #announced = new Latest<Digest, true>(NUMBERS_KEPT);
  /** Numbers whose sealing was heard as it came: all that is opened next was said since. */
  readonly #begun = new Latest<number, true>(NUMBERS_KEPT);

  constructor(hasher: Hasher) {
    this.#hasher = hasher;
  }

  /** For how many numbers solutions are remembered. */
  get numbers(): number {
    return this.#solutions.size;
  }

  judge(said: Said): Charge | null {
    const { message } = said;
    if (message.kind === 'solution') return this.#judgeTime(message, said);
    const isAccepted = message.kind === 'result' && message.result === 1;
    return isAccepted ? this.#judgeDelay(message, said) : null;
  }

  #judgeTime({ clientID, transactionID }: Solution, { at, isRepeat }: Said): Charge | null {
    const known = this.#heights.get(clientID)?.find(({ height }) => height > transactionID);
    if (isRepeat || known === undefined || at <= known.at + OVERTAKE_MS) return null;
    const what = `says a solution for ${transactionID}, whose block it has`;
    return charge('timelySolution', clientID, what);
  }

  #judgeRefusal(message: Refused): Charge | null {
    const { controllerID, clientID, transactionID } = message;
    const said = this.#saidBy(clientID, transactionID).find(
      ({ solution }) => solution === message.solution,
    );
    const own = this.#opened(transactionID).filter(({ by }) => by.has(controllerID));
    if (said === undefined || own.length === 0) return null;
    if (!own.every(({ opening }) => this.#solves(said, opening))) return null;
    const what = `refuses as invalid what ${short(clientID)} solved for ${transactionID}`;
    return charge('fairRefusal', controllerID, what);
  }

  #judgeDelay({ controllerID, block }: Extract<Result, { result: 1 }>, said: Said): Charge | null {
    const digest = digestOf(block, this.#hasher);
    const times = said.evidence.map(({ text }) => this.#yes.get(text));
    if (said.isRepeat || this.#announced.has(digest)) return null;
    // One that was not overheard may be as young as the result.
    const isWhole = times.length > 0 && !times.includes(undefined);
    const yesAt = Math.max(...times.map((time) => time ?? 0));
    if (!isWhole || said.at <= yesAt + RESULT_MS) return null;
    const seconds = Math.round((said.at - yesAt) / 1_000);
    const what = `announces block ${block.transactionID} ${seconds} s after its acknowledgements`;
    return charge('timelyResult', controllerID, what);
  }

  learn(said: Said): void {
    const { message, at, isInside } = said;
    const isFounding = message.kind === 'vote' && message.transactionID === UNFOUNDED;
    if (isFounding && !isInside) this.#begun.set(0, true);
    if (message.kind === 'challenge') this.#open(openingOf(message), message.clientID);
    if (message.kind === 'proposal') this.#hearOf(message.block, message.clientID);
    if (message.kind === 'heartbeat') this.#rise(message.clientID, message.transactionID, at);
    if (message.kind === 'acknowledgement' && !isInside) this.#yes.set(said.text, at);
    if (message.kind === 'answer' && 'blocks' in message)
      for (const block of message.blocks) this.#hearOf(block, message.clientID);
    if (message.kind === 'solution') this.#learnSolution(message, said);
    if (message.kind === 'result') this.#learnResult(message, said);
  }

  #learnSolution(message: Solution, { number, at, isRepeat }: Said): void {
    if (isRepeat) return;
    const { clientID, transactionID } = message;
    const all = this.#solutions.get(transactionID) ?? new Map<ClientID, Solution[]>();
    this.#solutions.set(transactionID, all);
    const said = all.get(clientID);
    if (said === undefined) all.set(clientID, [message]);
    else said.push(message);
    this.#pending.push({ message, place: { number, at } });
  }

  #learnResult(message: Result, { number, at }: Said): void {
    if (message.result === 1) {
      this.#hearOf(message.block, message.controllerID);
      this.#announced.set(digestOf(message.block, this.#hasher), true);
      this.#begun.set(message.transactionID + 1, true);
    } else if (message.reason === 'invalid') {
      this.#pending.push({ message, place: { number, at } });
    }
  }

  /** A challenge may come after a solution for it; so nobody is judged at once. */
  settle(at: number): readonly Charge[] {
    const due = this.#pending.filter(({ place }) => place.at + OVERTAKE_MS <= at);
    if (due.length > 0) this.#pending = this.#pending.filter((it) => !due.includes(it));
    return due.flatMap(({ message, place }) => {
      const isSolution = message.kind === 'solution';
      const found = isSolution ? this.#judgeWork(message) : this.#judgeRefusal(message);
      return found === null ? [] : [{ ...found, place }];
    });
  }

  #judgeWork(solution: Solution): Charge | null {
    const { clientID, transactionID } = solution;
    const opened = this.#opened(transactionID);
    if (opened.length === 0 || !this.#begun.has(transactionID)) return null;
    if (opened.some(({ opening }) => this.#solves(solution, opening))) return null;
    const owner = this.#ownerOf(solution, opened);
    if (owner === null) {
      const what = `says a solution for ${transactionID} that solves nothing`;
      return charge('trueSolution', clientID, what);
    }
    const what = `says the solution of ${short(owner)} for ${transactionID} as its own`;
    return charge('ownSolution', clientID, what);
  }

  /** Somebody else who said the same digits, and whose solution they are. */
  #ownerOf(solution: Solution, opened: readonly Opened[]): ClientID | null {
    const { clientID, transactionID } = solution;
    for (const [miner, said] of this.#solutions.get(transactionID) ?? []) {
      if (miner === clientID) continue;
      const same = said.find((it) => it.solution === solution.solution);
      if (same === undefined) continue;
      if (opened.some(({ opening }) => this.#solves(same, opening))) return same.clientID;
    }
    return null;
  }

  #solves(solution: Solution, opening: Opening): boolean {
    const { kind: _, publicKey: __, ...found } = solution;
    return zeroBits(digestOf({ ...opening, ...found }, this.#hasher)) >= opening.challenge;
  }

  #hearOf(block: Block, by: ClientID): void {
    if (block.change === undefined) this.#open(openingOfBlock(block), by);
  }

  #open(opening: Opening, by: ClientID): void {
    const number = opening.transactionID;
    const all = this.#openings.get(number) ?? new Map<string, Opened>();
    this.#openings.set(number, all);
    const text = openingText(opening);
    const known = all.get(text) ?? { opening, by: new Set() };
    all.set(text, known);
    known.by.add(by);
  }

  #opened(number: number): readonly Opened[] {
    return [...(this.#openings.get(number)?.values() ?? [])];
  }

  #saidBy(clientID: ClientID, number: number): readonly Solution[] {
    return this.#solutions.get(number)?.get(clientID) ?? [];
  }

  #rise(clientID: ClientID, height: number, at: number): void {
    const known = this.#heights.get(clientID) ?? [];
    this.#heights.set(clientID, known);
    if ((known.at(-1)?.height ?? -2) < height) known.push({ height, at });
    if (known.length > HEIGHTS_KEPT) known.shift();
  }
}
