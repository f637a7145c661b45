/** A hasher for a whole world: its peers ask for the same digests again and again. */

import type { Hasher } from '../domain/crypto.ts';
import type { Digest } from '../domain/names.ts';

/** Remembers the digests of texts. */
export function memoHasher(hasher: Hasher): Hasher {
  const known = new Map<string, Digest>();
  return {
    sha256(data) {
      if (typeof data !== 'string') return hasher.sha256(data);
      const before = known.get(data);
      if (before !== undefined) return before;
      const digest = hasher.sha256(data);
      known.set(data, digest);
      return digest;
    },
  };
}
