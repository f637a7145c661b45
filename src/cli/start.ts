/** `sortition start`: a broker and a whole network of peers, each a process, on this machine. */

import { Command } from 'commander';
import { peerSettings } from './peer-settings.ts';
import { addSettings, readSettings, type Settings } from './setting.ts';
import type { StartValues } from './start-here.ts';
import { text, whole } from './values.ts';

const MOST_PORT = 65_535;

const settings: Settings<StartValues> = {
  peers: { ...peerSettings.peers, help: 'peers to start; so many found the network' },
  threads: { ...peerSettings.threads, help: 'threads with which each peer mines' },
  challenges: {
    ...peerSettings.challenges,
    help: 'end after so many results; 0 for no end but Ctrl-C',
    fallback: '5',
  },
  difficulty: peerSettings.difficulty,
  election: peerSettings.election,
  announce: peerSettings.announce,
  heartbeat: peerSettings.heartbeat,
  removal: peerSettings.removal,
  port: {
    flags: '-p, --port <port>',
    help: 'port of the broker, or the next that is free; 0 for any',
    fallback: '1883',
    ...whole(0, MOST_PORT),
  },
  wsPort: {
    flags: '--ws-port <port>',
    help: 'let viewers come over WebSocket, too, on this port or the next that is free',
    fallback: null,
    ...whole(0, MOST_PORT),
  },
  showPreimages: {
    flags: '--show-preimages',
    help: "each result's preimage on a line of its own, for sha256sum",
  },
  trace: {
    flags: '--trace <directory>',
    help: 'write down all that each peer is told and decides, into new files here; see replay',
    fallback: null,
    isArgumentOnly: true,
    ...text,
  },
  json: { flags: '--json', help: 'a JSON object a line, for programs' },
};

export function createStartCommand(): Command {
  const command = new Command('start').description(
    'run a broker and a network of peers until some challenges are solved',
  );
  return addSettings(command, settings).action(async () => {
    const values = readSettings(command, settings);
    // Only here: other commands start sooner without it.
    const { start } = await import('./start-here.ts');
    await start(values);
  });
}
