/** What the keys of a peer's live screen do, and how such a screen is loaded. */

import type { Client } from '../client/client.ts';
import type { Keys } from './live-bottom.tsx';
import type { Wishes } from './wishes.ts';

export function keysFor(client: Pick<Client, 'pause' | 'resume'>, wishes: Wishes): Keys {
  return {
    onPause: (isWanted) => void (isWanted ? client.pause() : client.resume()),
    onQuit: () => wishes.end(),
    onInterrupt: () => wishes.signal('SIGINT'),
  };
}

/** Only where somebody looks at it: it is large. */
export async function loadScreen<Module>(load: () => Promise<Module>): Promise<Module> {
  // Without this, React keeps records of every frame for its developers, for ever.
  process.env['NODE_ENV'] ??= 'production';
  return await load();
}
