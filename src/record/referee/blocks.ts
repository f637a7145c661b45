/** Judges challenges, blocks, seals and fetched pages: is it work, and is it final? */

import type { Hasher } from '../../domain/crypto.ts';
import type { Acknowledgement, Answer, Block, Result } from '../../domain/message.ts';
import { senderOf } from '../../domain/message.ts';
import type { ClientID } from '../../domain/names.ts';
import { digestOf, openingOf } from '../../ledger/block.ts';
import type { Ledger, Ledgers } from './ledgers.ts';
import type { Society } from './society.ts';
import { type Charge, charge, type Judge, type Said, short } from './testimony.ts';

type Accepted = Extract<Result, { result: 1 }>;
type Page = Extract<Answer, { blocks: readonly Block[] }>;

export class BlockJudge implements Judge {
  readonly #society: Society;
  readonly #ledgers: Ledgers;
  readonly #hasher: Hasher;
  /** How many seals held. */
  seals = 0;

  constructor(society: Society, ledgers: Ledgers, hasher: Hasher) {
    this.#society = society;
    this.#ledgers = ledgers;
    this.#hasher = hasher;
  }

  judge(said: Said): Charge | null {
    const { message } = said;
    const ledger = this.#ledgerOf(said);
    if (ledger === null) return null;
    if (message.kind === 'challenge') {
      const problem = ledger.problemOfChallenge(openingOf(message));
      const what = `opens a challenge for ${message.transactionID} that does not hold: ${problem}`;
      return problem === null ? null : charge('ruledChallenge', message.clientID, what);
    }
    if (message.kind === 'proposal')
      return this.#judgeBlock(message.clientID, message.block, ledger);
    if (message.kind === 'result' && message.result === 1)
      return this.#judgeResult(message, said, ledger);
    if (message.kind === 'answer' && 'blocks' in message)
      return this.#judgePage(message, said, ledger);
    return null;
  }

  #judgeBlock(who: ClientID, block: Block, ledger: Ledger): Charge | null {
    const problem = ledger.problemOfBlock(block);
    const what = `shows a block ${block.transactionID} that does not hold: ${problem}`;
    return problem === null ? null : charge('trueBlock', who, what);
  }

  #judgeResult(message: Accepted, said: Said, ledger: Ledger): Charge | null {
    const { controllerID, block } = message;
    const { transactionID } = block;
    const sealed = ledger.digestAt(transactionID);
    if (sealed !== null && sealed !== this.#digestOf(block)) {
      const first = ledger.sealedAt(transactionID);
      const winner = first === null ? 'another block' : `a block of ${short(first.clientID)}`;
      const what = `announces two winners of ${transactionID}, which is ${winner}`;
      return charge('oneWinner', controllerID, what);
    }
    if (said.flaw !== null) return said.flaw;
    if (said.evidence.length > 0) {
      const problem = ledger.problemOfSeal(block, voicesIn(said));
      const what = `says a seal for ${transactionID} that does not hold: ${problem}`;
      if (problem !== null) return charge('trueSeal', controllerID, what);
    }
    return sealed === null ? this.#judgeBlock(controllerID, block, ledger) : null;
  }

  #judgePage(page: Page, said: Said, ledger: Ledger): Charge | null {
    const problem = said.flaw === null ? this.#problemOfPage(page, said, ledger) : null;
    if (said.flaw !== null) return said.flaw;
    const what = `answers with blocks that do not hold: ${problem}`;
    return problem === null ? null : charge('trueAnswer', page.clientID, what);
  }

  #problemOfPage({ blocks, seals }: Page, said: Said, ledger: Ledger): string | null {
    for (const [index, block] of blocks.entries()) {
      const problem = this.#problemOfPlace(block, blocks[index - 1], ledger);
      if (problem !== null) return problem;
    }
    // Where the keys of some are not known, none of the evidence was checked.
    const voices = [...voicesIn(said)];
    if (voices.length === 0 && seals.length > 0) return null;
    // The others hang on these by their parents.
    const sealed = blocks.filter(
      ({ change }, index) => change !== undefined || index === blocks.length - 1,
    );
    for (const [index, block] of sealed.entries()) {
      const count = seals[index]?.length ?? 0;
      const problem = ledger.problemOfSeal(block, voices.splice(0, count));
      if (problem !== null) return `the seal of block ${block.transactionID}: ${problem}`;
    }
    return null;
  }

  #problemOfPlace(block: Block, before: Block | undefined, ledger: Ledger): string | null {
    const { transactionID, parent } = block;
    const isNext =
      before === undefined ||
      (transactionID === before.transactionID + 1 && parent === this.#digestOf(before));
    if (!isNext) return `block ${transactionID} does not hang on the one before`;
    const sealed = ledger.digestAt(transactionID);
    if (sealed === null || sealed === this.#digestOf(block)) return null;
    return `another block ${transactionID} is sealed`;
  }

  learn(said: Said): void {
    const ledger = this.#ledgerOf(said);
    if (ledger === null) return;
    this.#learnRosters(said, ledger);
    const { message } = said;
    if (message.kind === 'proposal') ledger.hearOf(message.block);
    // Seals that could not be checked prove nothing.
    if (said.evidence.length === 0) return;
    if (message.kind === 'result' && message.result === 1) this.#seal(message.block, ledger);
    if (message.kind === 'answer' && 'blocks' in message) this.#learnPage(message, ledger);
  }

  #learnRosters({ message, evidence }: Said, ledger: Ledger): void {
    for (const vote of [message, ...evidence.map((inside) => inside.message)])
      if (vote.kind === 'vote') ledger.learnRoster(vote);
  }

  #learnPage({ blocks }: Page, ledger: Ledger): void {
    for (const block of blocks) ledger.hearOf(block);
    const last = blocks.at(-1);
    if (last !== undefined) this.#seal(last, ledger);
  }

  #seal(block: Block, ledger: Ledger): void {
    if (ledger.digestAt(block.transactionID) === null) this.seals += 1;
    ledger.seal(block);
  }

  #ledgerOf({ message }: Said): Ledger | null {
    const network = this.#society.networkOf(senderOf(message));
    return network === null ? null : this.#ledgers.of(network);
  }

  #digestOf(block: Block): ReturnType<typeof digestOf> {
    return digestOf(block, this.#hasher);
  }
}

function voicesIn({ evidence }: Said): readonly Acknowledgement[] {
  return evidence.flatMap(({ message }) => (message.kind === 'acknowledgement' ? [message] : []));
}
