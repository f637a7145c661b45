/** How the key of an account is called where people read. */

import type { AccountKey } from '../domain/names.ts';
import { tellingDigits } from '../domain/p256.ts';

/** Enough of it to tell it from the others. */
export function shortKey(key: AccountKey): string {
  return tellingDigits(key).slice(0, 8);
}
