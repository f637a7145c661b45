/** What a peer of chaos would remember, read after its end. */

import type { Digest } from '../domain/names.ts';
import type { Rules } from '../ledger/rules.ts';
import { openDataDirectory } from '../node/data-directory.ts';

/** The digests of the blocks in a data directory, from the first on; or what is wrong with it. */
export async function readDisk(data: string, rules: Rules): Promise<readonly Digest[] | string> {
  try {
    const { journal } = await openDataDirectory(data, () => rules, false);
    const digests: Digest[] = [];
    for await (const { digest } of journal.sealed()) digests.push(digest);
    await journal.close();
    return digests;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
