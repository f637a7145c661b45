/** Memories that keep less than they should. */

import type { Entry } from '../../../src/domain/contract.ts';
import type { Member } from '../../../src/domain/message.ts';
import { nodeHasher } from '../../../src/node/crypto.ts';
import { toyIdentity } from '../../../src/sim/toy-crypto.ts';
import { type Twist, twist } from './twist.ts';

type Memories = typeof import('../../../src/peer/memory.ts');

/** Those who play random schedules: the first of them are members. */
export const population: readonly Member[] = Array.from({ length: 4 }, (_, index) =>
  toyIdentity(nodeHasher.sha256(`peer ${index}`), nodeHasher),
);

/** In a restart, recalls of the journal only what `isKept`. */
export function forgetting(isKept: (entry: Entry) => boolean): Twist {
  return twist<Memories>('peer/memory', ({ recall }) => ({
    recall(memory, { entries }, hasher) {
      return recall(memory, { entries: entries.filter(isKept) }, hasher);
    },
  }));
}

/** Takes in each entry otherwise, when it is made and after a restart alike. */
export function remembering(make: (remember: Memories['remember']) => Memories['remember']): Twist {
  return twist<Memories>('peer/memory', (actual) => {
    const remember = make(actual.remember);
    return {
      remember,
      recall(memory, { entries }, hasher) {
        for (const entry of entries) remember(memory, entry, hasher);
        return null;
      },
    };
  });
}
