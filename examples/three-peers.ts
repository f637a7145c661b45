/** Three peers in one process, on a broker in memory: they elect, mine two blocks, and leave. */

import { randomBytes } from 'node:crypto';
import {
  Client,
  createPool,
  describe,
  generateIdentity,
  MemoryBroker,
  MemoryJournal,
  nodeHasher,
  nodeVerifier,
  signerOf,
  systemClock,
} from '../src/index.ts';

const blocks = 2;
const broker = new MemoryBroker();

const peers = ['ann', 'bob', 'cat'].map((name) => {
  const identity = generateIdentity();
  const { clientID, publicKey } = identity;
  const pool = createPool({ threads: 1 });
  const journal = new MemoryJournal();
  const client = new Client({
    settings: {
      self: { clientID, publicKey },
      peers: 3,
      difficulty: 'fixed:14',
      founders: null,
      announceMs: 10_000,
      heartbeatMs: 5_000,
      removalMs: 60_000,
      challenges: blocks,
      mines: true,
    },
    prefix: 'sd',
    seed: randomBytes(32).toString('hex'),
    hasher: nodeHasher,
    signer: signerOf(identity),
    verifier: nodeVerifier(),
    clock: systemClock,
    journal,
    miner: pool,
    openLink: (filters) => broker.link(filters),
    onNote: (note) => {
      if (['drawn', 'mandate', 'result'].includes(note.kind))
        process.stdout.write(`${name}  ${describe(note)}\n`);
    },
  });
  client.start();
  return { name, client, pool, journal };
});

/** A program of your own would go on; this one waits until everybody has the blocks. */
while (peers.some(({ client }) => client.view().height < blocks)) {
  await new Promise((resolve) => setTimeout(resolve, 20));
}

// Compared before they leave: each goodbye is a block of its own, which who left before has not.
const ledgers = new Set(peers.map(({ journal }) => JSON.stringify(journal.blocks())));

for (const { client, pool } of peers) {
  await client.leave();
  await pool.close();
}

process.stdout.write(`${ledgers.size === 1 ? 'all ledgers are the same' : 'the ledgers differ'}\n`);
process.exitCode = ledgers.size === 1 ? 0 : 1;
