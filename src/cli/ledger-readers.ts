/** What `sortition ledger` does with a ledger while it is read: shows, exports or checks it. */

import { SingleBar } from 'cli-progress';
import { Audit } from '../client/audit.ts';
import type { Digest } from '../domain/names.ts';
import { makeRoster } from '../domain/roster.ts';
import { listAccounts, sumOf } from '../ledger/account.ts';
import { nodeHasher, nodeVerifier } from '../node/crypto.ts';
import { LineFile } from '../node/line-file.ts';
import { WorldError } from '../node/world-error.ts';
import {
  blockFacts,
  describeBlock,
  describeNetwork,
  networkFacts,
  type Verdict,
} from './ledger-lines.ts';
import type { Beginning, LedgerReader, Sealed } from './ledger-source.ts';

/** On the standard output, from block `from` on. */
export class Listing implements LedgerReader {
  readonly #from: number;
  readonly #isJson: boolean;

  constructor(from: number, isJson: boolean) {
    this.#from = from;
    this.#isJson = isJson;
  }

  begin(beginning: Beginning): void {
    const network = networkOf(beginning);
    write(
      this.#isJson
        ? JSON.stringify(networkFacts(beginning, network))
        : describeNetwork(beginning, network),
    );
  }

  block(sealed: Sealed): void {
    if (sealed.block.transactionID < this.#from) return;
    write(this.#isJson ? JSON.stringify(blockFacts(sealed)) : describeBlock(sealed));
  }
}

/** Into a new file, as `--json` would show it. */
export class Exporting implements LedgerReader {
  readonly #file: LineFile;
  readonly #from: number;
  blocks = 0;

  /** Throws a `WorldError`: `file-exists`, `file-unwritable`. */
  constructor(path: string, from: number) {
    this.#file = new LineFile(path);
    this.#from = from;
  }

  begin(beginning: Beginning): void {
    const facts = networkFacts(beginning, networkOf(beginning));
    this.#file.append(`${JSON.stringify(facts)}\n`);
  }

  block(sealed: Sealed): void {
    if (sealed.block.transactionID < this.#from) return;
    this.#file.append(`${JSON.stringify(blockFacts(sealed))}\n`);
    this.blocks += 1;
  }

  close(): void {
    this.#file.discardIfEmpty();
  }
}

const SHOW_MS = 100;
const COLUMNS = 30;

/** Computes all of it again; throws a `WorldError` at the first fault. */
export class Verifying implements LedgerReader {
  readonly #prefix: string;
  readonly #startedAt: number = performance.now();
  #audit: Audit | null = null;
  #bar: SingleBar | null = null;
  #shownAt = 0;

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  begin({ founding, genesis, rules }: Beginning, height: number | null): void {
    const means = { prefix: this.#prefix, hasher: nodeHasher, verifier: nodeVerifier() };
    this.#audit = new Audit(founding, rules, means, genesis);
    const problem = this.#audit.problemOfFounding();
    if (problem !== null) throw fault(`The founding does not hold: ${problem}.`, -1, problem);
    if (height === null || process.stderr.isTTY !== true) return;
    this.#bar = new SingleBar({
      stream: process.stderr,
      clearOnComplete: true,
      gracefulExit: false,
      format: (_, { value, total }) => this.#line(value, total),
    });
    this.#bar.start(height, 0);
  }

  block(sealed: Sealed): void {
    const problem = this.#audit?.add(sealed) ?? null;
    const { transactionID } = sealed.block;
    if (problem !== null) throw faultOf(transactionID, problem);
    if (performance.now() - this.#shownAt < SHOW_MS) return;
    this.#shownAt = performance.now();
    this.#bar?.update(transactionID + 1);
  }

  /** Once all blocks are read. Throws likewise. */
  finish(): Verdict {
    this.hide();
    const audit = this.#audit;
    if (audit === null) throw fault('Nothing was read.', -1, 'it is empty');
    const { chain, counts } = audit;
    const problem = audit.problemOfEnd();
    if (problem !== null) throw faultOf(chain.height - 1, problem);
    return {
      kind: 'verified',
      ...counts,
      units: sumOf(chain.accounts),
      ...(audit.granted > 0 && { genesis: audit.granted }),
      accounts: listAccounts(chain.accounts).length,
      tip: chain.tip,
      ms: Math.round(performance.now() - this.#startedAt),
    };
  }

  hide(): void {
    this.#bar?.stop();
    this.#bar = null;
  }

  #line(value: number, total: number): string {
    const filled = total === 0 ? COLUMNS : Math.floor((COLUMNS * value) / total);
    const bar = '█'.repeat(filled) + '░'.repeat(COLUMNS - filled);
    const perSecond = (1000 * value) / (performance.now() - this.#startedAt);
    const left = Math.ceil((total - value) / Math.max(perSecond, 1));
    return `${bar} ${value} of ${total} blocks, ${Math.round(perSecond)} a second, ${left} s to go`;
  }
}

function networkOf({ founding, rules }: Beginning): Digest {
  return makeRoster(founding.members, rules.text, nodeHasher).digest;
}

function faultOf(transactionID: number, problem: string): WorldError {
  return fault(`Block ${transactionID} does not hold: ${problem}.`, transactionID, problem);
}

function fault(sentence: string, transactionID: number, problem: string): WorldError {
  return new WorldError(sentence, { code: 'ledger-fault', facts: { transactionID, problem } });
}

function write(line: string): void {
  process.stdout.write(`${line}\n`);
}
