/** `sortition mine --worker`: the Master, which has a Worker search and keeps the last block. */

import { countOf } from '../domain/count-of.ts';
import { zeroBits } from '../ledger/block.ts';
import { readBlockFile, replaceBlockFile } from '../node/block-file.ts';
import { withPort } from '../node/host.ts';
import type { Success } from '../node/worker/answer.ts';
import { type Answered, askWorker, type Place } from '../node/worker/ask-worker.ts';
import { faultOfBlock } from '../node/worker/request.ts';
import { WorldError } from '../node/world-error.ts';
import { EXIT } from './exit.ts';
import { printable } from './line-format.ts';
import { digestOf } from './mine-run.ts';
import { watchSignals } from './mine-signals.ts';
import { describeZeros } from './mine-teller.ts';
import { usageError } from './setting.ts';

export type Errand = {
  readonly place: Place;
  /** 0 ends the Worker. */
  readonly workers: number;
  /** Zero bits that a digest must begin with. */
  readonly bits: number;
  readonly count: number;
  readonly json: boolean;
};

/** What to search behind, and the file that is to hold the last block; null for none. */
export type Beginning = { readonly block: string; readonly file: string | null };

/** As the course calls it. */
const USUAL_FILE = 'last_block.txt';
/** What such a file is begun with: without spaces, which end a block here. */
const FIRST_BLOCK = 'sortition-genesis-block';

/** Reads the last block; its file is made if there is none. Throws a `WorldError`. */
export function firstBlockFor(
  { workers }: Errand,
  block: string | null,
  file: string | null,
): Beginning {
  // Ending a Worker needs no block.
  if (workers === 0) return { block: block ?? FIRST_BLOCK, file: null };
  if (block !== null) {
    const problem = faultOfBlock(block);
    if (problem !== null) throw usageError(`--block ${problem}: a Worker needs another one.`);
    return { block, file: null };
  }
  const path = file ?? USUAL_FILE;
  const found = readBlockFile(path);
  const last = found ?? FIRST_BLOCK;
  const problem = faultOfBlock(last);
  if (problem !== null) {
    throw new WorldError(
      `The block in ${path} ${problem}: a Worker needs another one, such as a digest.`,
      { code: 'block-malformed', facts: { path, problem } },
    );
  }
  replaceBlockFile(path, found, last);
  return { block: last, file: path };
}

/** Resolves with what to exit with; throws a `WorldError`. */
export async function askForBlocks(errand: Errand, beginning: Beginning): Promise<number> {
  const { place, workers, count } = errand;
  const { file } = beginning;
  const tell = errand.json ? tellPrograms : tellPeople;
  const stop = new AbortController();
  const signals = watchSignals(() => stop.abort());
  let { block } = beginning;
  try {
    for (let mined = 0; mined < count; mined += 1) {
      tell({ kind: 'started', block, place: withPort(place.host, place.port), ...goalOf(errand) });
      const answered = await askWorker(place, { block, workers }, stop.signal);
      if (answered.kind === 'success' && workers > 0) {
        const digest = check(errand, block, answered);
        if (file !== null) replaceBlockFile(file, block, digest);
        const { nonce, worker, seconds } = answered;
        tell({ kind: 'found', nonce, worker, digest, seconds: Number(seconds) });
        block = digest;
      } else return endOf(errand, answered, signals.code, tell);
    }
    return EXIT.ok;
  } finally {
    signals.forget();
  }
}

/** Whatever ends it all but a find. */
function endOf(
  { place, workers }: Errand,
  answered: Answered,
  codeOfSignal: () => number,
  tell: (fact: Fact) => void,
): number {
  switch (answered.kind) {
    case 'stopped':
      tell({ kind: 'stopped' });
      return codeOfSignal();
    case 'not-found':
      tell({ kind: 'exhausted', workers: answered.workers, of: workers });
      return EXIT.failed;
    case 'shutting-down':
      tell({ kind: 'shut-down', place: withPort(place.host, place.port) });
      // With work for it, somebody else has ended it.
      return workers === 0 ? EXIT.ok : EXIT.failed;
    case 'success':
      throw new WorldError('The Worker was asked to end, and answers with a nonce.', {
        code: 'worker-nonsense',
        facts: { nonce: answered.nonce },
      });
  }
}

/** The digest of a find, which has the zeros; throws a `WorldError` otherwise. */
function check({ place, bits }: Errand, block: string, { nonce }: Success): string {
  const digest = digestOf('sha256', block, nonce);
  if (zeroBits(digest) >= bits) return digest;
  const where = withPort(place.host, place.port);
  throw new WorldError(
    `The worker at ${where} answers with nonce ${nonce}, but the digest ${digest} does not begin ` +
      `with ${describeZeros(bits)}: it counts for nothing.`,
    { code: 'worker-wrong', facts: { place: where, nonce, digest } },
  );
}

type Goal = { readonly workers: number; readonly bits: number };

type Fact =
  | ({ readonly kind: 'started'; readonly block: string; readonly place: string } & Goal)
  | ({ readonly kind: 'found'; readonly digest: string; readonly seconds: number } & Omit<
      Success,
      'seconds'
    >)
  /** How many workers, of all, say that they found none. */
  | { readonly kind: 'exhausted'; readonly workers: number; readonly of: number }
  | { readonly kind: 'shut-down'; readonly place: string }
  | { readonly kind: 'stopped' };

function goalOf({ workers, bits }: Errand): Goal {
  return { workers, bits };
}

function tellPrograms(fact: Fact): void {
  process.stdout.write(`${JSON.stringify(fact)}\n`);
}

function tellPeople(fact: Fact): void {
  for (const line of describeFact(fact)) process.stdout.write(`${printable(line)}\n`);
}

/** Lines for people. */
export function describeFact(fact: Fact): readonly string[] {
  switch (fact.kind) {
    case 'started':
      if (fact.workers === 0) return [`asked      ${fact.place} to end`];
      return [
        `block      ${fact.block}`,
        `asked      ${fact.place} for ${describeZeros(fact.bits)}, ` +
          countOf(fact.workers, 'worker'),
      ];
    case 'found':
      return [
        `nonce      ${fact.nonce}`,
        `worker     ${fact.worker}`,
        `time       ${fact.seconds} s`,
        `digest     ${fact.digest}`,
      ];
    case 'exhausted':
      return [
        fact.workers < fact.of
          ? `${fact.workers} of ${countOf(fact.of, 'worker')} found no nonce, and then it hung up.`
          : `None of ${countOf(fact.of, 'worker')} found a nonce.`,
      ];
    case 'shut-down':
      return [`The worker at ${fact.place} shuts down.`];
    case 'stopped':
      return ['Stopped before anything was found.'];
  }
}
