/** What a Master asks of a Worker: one text, `BLOCK WORKERS`. */

import { countOf } from '../../domain/count-of.ts';

/** Bytes of a request; the Workers of the course read no more at once. */
export const REQUEST_MOST = 1_024;

/** The most ranges that the nonces may be cut into. */
export const WORKERS_MOST = 256;

/** A block that is to be searched behind, with the nonces in as many equal ranges. */
export type Search = { readonly block: string; readonly workers: number };

export type Request =
  | ({ readonly kind: 'search' } & Search)
  | { readonly kind: 'shutdown' }
  /** Goes on behind "the request", without a full stop. */
  | { readonly kind: 'fault'; readonly problem: string };

/** The text of a request; 0 workers end the Worker. */
export function requestOf({ block, workers }: Search): string {
  return `${block} ${workers}`;
}

/** Reads a whole request, around which white space is forgiven. */
export function readRequest(text: string): Request {
  const [, block, digits] = /^(\S+) +(\S+)$/.exec(text.trim()) ?? [];
  if (block === undefined || digits === undefined)
    return fault('must be a block without white space, a space, and the number of workers');
  const problem = faultOfBlock(block);
  if (problem !== null) return fault(`has a block that ${problem}`);
  const workers = /^\d{1,15}$/.test(digits) ? Number(digits) : Number.NaN;
  if (workers === 0) return { kind: 'shutdown' };
  if (!(workers <= WORKERS_MOST))
    return fault(`must name from 1 to ${WORKERS_MOST} workers, or 0 to end this one`);
  return { kind: 'search', block, workers };
}

/** What keeps a text from being the block of a request, as "it …"; null for nothing. */
export function faultOfBlock(block: string): string | null {
  if (block === '') return 'is empty';
  if (/\s/.test(block)) return 'has white space in it, which ends a block';
  if (/\p{C}/u.test(block)) return 'has a character in it that cannot be shown';
  // What is left is for the space and the number.
  const most = REQUEST_MOST - 1 - String(WORKERS_MOST).length;
  const length = Buffer.byteLength(block);
  return length > most ? `is ${countOf(length, 'byte')} long; ${most} are the most` : null;
}

function fault(problem: string): Request {
  return { kind: 'fault', problem };
}
