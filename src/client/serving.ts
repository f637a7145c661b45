/** Answers a request for blocks with a page of what a journal holds. */

import type { Answer, Founding } from '../domain/message.ts';
import type { ClientID, TransactionID } from '../domain/names.ts';
import type { Journal, Page } from './journal.ts';

/** Of blocks, batches and seals in one answer; the envelope comes on top, 64 KiB is the most. */
const pageBytes = 46 * 1024;

/** Says what `to` asked for, at once or when the journal has it; nothing where there is nothing. */
export function serve(
  journal: Journal,
  request: { readonly self: ClientID; readonly to: ClientID; readonly from: TransactionID },
  say: (answer: Answer) => void,
): Promise<void> | undefined {
  const { self: clientID, to, from } = request;
  const answer = (found: Page | Founding | null): void => {
    if (found === null) return;
    const content = 'members' in found ? { founding: found } : found;
    say({ kind: 'answer', clientID, to, ...content });
  };
  const found = from < 0 ? journal.founding() : journal.page(from, pageBytes);
  if (found instanceof Promise) return found.then(answer);
  answer(found);
  return undefined;
}
