/** Tells people, or programs, what a Worker does: a line for each thing. */

import { formatSeconds } from '../client/describe.ts';
import { countOf } from '../domain/count-of.ts';
import { withPort } from '../node/host.ts';
import type { WorkerFact } from '../node/worker/server.ts';
import { printable } from './line-format.ts';

export type WorkerLine =
  | WorkerFact
  | { readonly kind: 'listening'; readonly host: string; readonly port: number }
  | { readonly kind: 'ended' };

/** So much of a digest tells near misses apart. */
const BEGIN_DIGITS = 16;

export class WorkerTeller {
  readonly #isJson: boolean;

  constructor(isJson: boolean) {
    this.#isJson = isJson;
  }

  say(line: WorkerLine): void {
    const text = this.#isJson ? JSON.stringify({ time: Date.now(), ...line }) : describeLine(line);
    process.stdout.write(`${text}\n`);
  }
}

/** For people. */
export function describeLine(line: WorkerLine): string {
  return printable(textOf(line));
}

function textOf(line: WorkerLine): string {
  switch (line.kind) {
    case 'listening':
      return `Listening on ${withPort(line.host, line.port)}.`;
    case 'waiting':
      return (
        `${line.from} asks for ${line.block} with ${countOf(line.workers, 'worker')}, and waits: ` +
        `${countOf(line.ahead, 'request')} before it.`
      );
    case 'searching':
      return `${line.from} is served: ${line.block} with ${countOf(line.workers, 'worker')}.`;
    case 'near':
      return `Worker ${line.worker} ${line.digest.slice(0, BEGIN_DIGITS)}`;
    case 'found':
      return (
        `Worker ${line.worker} found nonce ${line.nonce} in ${formatSeconds(line.elapsedMs)}: ` +
        line.digest
      );
    case 'exhausted':
      return (
        `None of ${countOf(line.workers, 'worker')} found a nonce: all are tried, in ` +
        `${formatSeconds(line.elapsedMs)}.`
      );
    case 'hung-up':
      return line.block === null
        ? `${line.from} hung up without a request.`
        : `${line.from} hung up: ${line.block} is not wanted any more.`;
    case 'refused':
      return `${line.from} is refused: the request ${line.problem}.`;
    case 'failed':
      return `${line.from} gets no answer: ${line.problem}`;
    case 'shutting-down':
      return `Shutting down server: ${line.from} asked for 0 workers.`;
    case 'ended':
      return 'Ended.';
  }
}
