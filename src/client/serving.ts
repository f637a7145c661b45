/** Answers a request for blocks with a page of what a journal holds. */

import type { Genesis } from '../domain/genesis.ts';
import type { Answer, Founding } from '../domain/message.ts';
import type { ClientID, TransactionID } from '../domain/names.ts';
import type { Journal, Page } from './journal.ts';

/** Of blocks, batches and seals in one answer; the envelope comes on top, 64 KiB is the most. */
const pageBytes = 46 * 1024;

/** How a network began: what is in accounts from the start, where there is anything, and who. */
type Beginning = { readonly genesis: Genesis | null; readonly founding: Founding };

/** Says what `to` asked for, at once or when the journal has it; nothing where there is nothing. */
export function serve(
  journal: Journal,
  request: { readonly self: ClientID; readonly to: ClientID; readonly from: TransactionID },
  say: (answer: Answer) => void,
): Promise<void> | undefined {
  const { self: clientID, to, from } = request;
  const answer = (found: Page | Beginning | null): void => {
    if (found === null) return;
    const about = { kind: 'answer', clientID, to } as const;
    if ('blocks' in found) {
      say({ ...about, ...found });
      return;
    }
    const { genesis, founding } = found;
    // First: without it no ledger can begin, and so no founding is taken.
    if (genesis !== null) say({ ...about, genesis });
    say({ ...about, founding });
  };
  const found = from < 0 ? beginningIn(journal) : journal.page(from, pageBytes);
  if (found instanceof Promise) return found.then(answer);
  answer(found);
  return undefined;
}

/** At once where the journal has both at once. */
function beginningIn(journal: Journal): Beginning | null | Promise<Beginning | null> {
  const [genesis, founding] = [journal.genesis(), journal.founding()];
  if (genesis instanceof Promise || founding instanceof Promise)
    return Promise.all([genesis, founding]).then(([list, first]) => beginning(list, first));
  return beginning(genesis, founding);
}

function beginning(genesis: Genesis | null, founding: Founding | null): Beginning | null {
  return founding === null ? null : { genesis, founding };
}
