/** Obeys the process that forked us, and leaves when it is gone. */

import type { Client } from '../client/client.ts';

/**
 * Where there is a channel to a parent, obeys `{"command": "pause"}`, `"resume"` and `"leave"`, and
 * ignores anything else; the end of the channel is the end of the parent.
 */
export function listenToParent(client: Pick<Client, 'pause' | 'resume'>, leave: () => void): void {
  if (process.send === undefined) return;
  process.on('message', (message) => {
    const command = commandOf(message);
    if (command === 'pause') void client.pause();
    if (command === 'resume') void client.resume();
    if (command === 'leave') leave();
  });
  process.on('disconnect', leave);
  // It may have gone before we listened.
  if (!process.connected) leave();
}

function commandOf(message: unknown): unknown {
  return typeof message === 'object' && message !== null && 'command' in message
    ? message.command
    : null;
}
