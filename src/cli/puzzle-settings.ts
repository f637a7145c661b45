/** What a digest must be: settings of those commands that search for one. */

import type { Algorithm } from '../domain/quest.ts';
import { MOST_BITS } from '../ledger/difficulty.ts';
import { NONCES } from '../miner/layout.ts';
import { type Settings, usageError } from './setting.ts';
import { whole } from './values.ts';

export type PuzzleValues = {
  readonly algorithm: Algorithm;
  readonly zeros: number | null;
  readonly bits: number | null;
};

const ALGORITHMS: readonly string[] = ['sha256', 'sha256d', 'sha1'] satisfies Algorithm[];
/** Four bits each. */
const USUAL_ZEROS = 6;

/** `usual`: the algorithm where none is named. */
export function puzzleSettings(usual: Algorithm): Settings<PuzzleValues> {
  return {
    zeros: {
      flags: '--zeros <count>',
      help: `zeros that the digest must begin with, in hexadecimal (default: ${USUAL_ZEROS})`,
      fallback: null,
      ...whole(1, MOST_BITS / 4),
    },
    bits: {
      flags: '--bits <count>',
      help: 'the same in bits',
      fallback: null,
      ...whole(1, MOST_BITS),
    },
    algorithm: {
      flags: '--algorithm <name>',
      help: 'sha256, sha256d (twice) or sha1',
      fallback: usual,
      allowed: 'sha256, sha256d or sha1',
      read: (typed) => (ALGORITHMS.includes(typed) ? (typed as Algorithm) : null),
    },
  };
}

/** `end`: the nonce behind the last one, where nobody says it. */
export function nonceSettings(end: number): Settings<{ from: number; to: number }> {
  return {
    from: {
      flags: '--from <nonce>',
      help: 'the first nonce',
      fallback: '0',
      ...whole(0, NONCES - 1),
    },
    to: {
      flags: '--to <nonce>',
      help: 'the nonce behind the last one',
      fallback: String(end),
      ...whole(1, NONCES),
    },
  };
}

/** Zero bits. Throws a `usage` error where it is said twice. */
export function difficultyOf({ zeros, bits }: PuzzleValues): number {
  if (zeros !== null && bits !== null) {
    throw usageError('--zeros and --bits say the same in two ways: leave one out.');
  }
  return bits ?? 4 * (zeros ?? USUAL_ZEROS);
}
