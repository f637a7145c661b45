/** Peers of this process on a real broker, for tests that look into their heads. */

import { randomBytes } from 'node:crypto';
import { Client } from '../../src/client/client.ts';
import { MemoryJournal } from '../../src/client/memory-journal.ts';
import type { Miner } from '../../src/client/miner.ts';
import type { Settings } from '../../src/domain/contract.ts';
import type { Message } from '../../src/domain/message.ts';
import type { Note } from '../../src/domain/note.ts';
import { createPool } from '../../src/miner/pool.ts';
import {
  generateIdentity,
  type Identity,
  nodeHasher,
  nodeVerifier,
  signerOf,
} from '../../src/node/crypto.ts';
import { createMqttLink } from '../../src/node/mqtt-link.ts';
import { systemClock } from '../../src/node/system-clock.ts';
import { payloadOf } from '../../src/wire/envelope.ts';
import { topicOf } from '../../src/wire/topics.ts';

export const PREFIX = 'sd';

export type TestPeer = {
  readonly identity: Identity;
  readonly client: Client;
  readonly journal: MemoryJournal;
  readonly notes: Note[];
  /** Ends it as a crash would: no goodbye, and the broker publishes its will. */
  crash(): void;
  close(): Promise<void>;
};

/** Starts a peer; `threads` 0 for one that never mines. */
export function startPeer(
  url: string,
  settings: Partial<Settings>,
  threads = 0,
  crashable?: (options: { url: string }) => { url: string; cut(): void },
): TestPeer {
  const identity = generateIdentity();
  const journal = new MemoryJournal();
  const notes: Note[] = [];
  const pool: (Miner & { close(): Promise<void> }) | null =
    threads === 0 ? null : createPool({ threads });
  const way = crashable?.({ url }) ?? { url, cut: () => undefined };
  const client = new Client({
    settings: {
      self: { clientID: identity.clientID, publicKey: identity.publicKey },
      peers: 3,
      difficulty: 'fixed:12',
      founders: null,
      announceMs: 10_000,
      heartbeatMs: 5_000,
      removalMs: 60_000,
      challenges: 0,
      mines: threads > 0,
      ...settings,
    },
    prefix: PREFIX,
    seed: randomBytes(32).toString('hex'),
    hasher: nodeHasher,
    signer: signerOf(identity),
    verifier: nodeVerifier(),
    clock: systemClock,
    journal,
    miner: pool,
    openLink: (subscriptions) =>
      createMqttLink({ url: way.url, clientID: identity.clientID, subscriptions }, (error) => {
        throw error;
      }),
    onNote: (note) => notes.push(note),
  });
  client.start();
  const crash = (): void => {
    client.kill();
    way.cut();
  };
  const close = async (): Promise<void> => {
    await Promise.race([client.leave(), new Promise((resolve) => setTimeout(resolve, 2_500))]);
    await pool?.close();
  };
  return { identity, client, journal, notes, crash, close };
}

/** What `peer` would publish to say `message`: topic and payload. */
export function sign(peer: Pick<TestPeer, 'identity'>, message: Message): [string, string] {
  const topic = topicOf(PREFIX, message);
  return [topic, payloadOf(message, topic, signerOf(peer.identity))];
}
