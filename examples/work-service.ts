/**
 * A web service that has headers searched, as docs/source.md describes. With a port, and maybe a
 * difficulty in zero bits, it serves whoever comes until Ctrl-C:
 * `node dist/examples/work-service.js 8080 24`. Without them, a peer of its own works for it, and
 * both end after three headers.
 */

import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  Client,
  createPool,
  createWebSource,
  describe,
  generateIdentity,
  MemoryBroker,
  MemoryJournal,
  nodeHasher,
  nodeVerifier,
  parseSourceUrl,
  signerOf,
  systemClock,
} from '../src/index.ts';

const [port, bits] = process.argv.slice(2).map(Number);
const zeroes = bits ?? (port === undefined ? 18 : 24);
/** After so many our own peer has shown what it can do. */
const enough = 3;

if ([port ?? 0, bits ?? 1].some((given) => !Number.isInteger(given) || given < 0)) {
  process.stderr.write('Say a port and a difficulty in zero bits, or nothing.\n');
  process.exit(2);
}

/** A find has three short fields. */
const bodyMost = 1_000;

type Answer = { readonly status: number; readonly body: object };

let previous = '0'.repeat(64);
const solved: string[] = [];
/** Who hands in the same find again, as its answer was lost, gets the same answer again. */
const answers = new Map<string, Answer>();

/** The SHA-256 of the 32 bytes of a SHA-256, in hex. */
function twice(text: string): string {
  const once = createHash('sha256').update(text).digest();
  return createHash('sha256').update(once).digest('hex');
}

function zeroBits(digest: string): number {
  return BigInt(`0x1${digest}`).toString(2).slice(1).indexOf('1');
}

function judge(body: string): Answer {
  let find: Readonly<Record<string, unknown>>;
  try {
    find = Object(JSON.parse(body));
  } catch {
    return { status: 400, body: { problem: 'no JSON' } };
  }
  const { timestamp, nonce, digest } = find;
  if (!Number.isSafeInteger(timestamp) || !Number.isSafeInteger(nonce))
    return { status: 400, body: { problem: 'timestamp and nonce are whole numbers' } };
  const right = twice(`${previous}${timestamp}${nonce}`);
  if (digest !== right) return { status: 409, body: { problem: 'not for this header' } };
  if (zeroBits(right) < zeroes) return { status: 422, body: { problem: 'too few zeroes' } };
  previous = right;
  solved.push(right);
  process.stdout.write(`header ${solved.length}: nonce ${nonce}, digest ${right}\n`);
  return { status: 200, body: { taken: true } };
}

async function answer(request: IncomingMessage): Promise<Answer> {
  if (request.method === 'GET') return { status: 200, body: { previous, zeroes } };
  if (request.method !== 'POST') return { status: 405, body: { problem: 'GET or POST' } };
  let text = '';
  for await (const piece of request.setEncoding('utf8')) {
    text += piece;
    if (text.length > bodyMost) return { status: 413, body: { problem: 'too long' } };
  }
  const key = String(request.headers['idempotency-key'] ?? randomBytes(16).toString('hex'));
  const given = answers.get(key) ?? judge(text);
  answers.set(key, given);
  return given;
}

function respond(request: IncomingMessage, response: ServerResponse): void {
  answer(request).then(
    ({ status, body }) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body)),
    // Whoever asked is gone.
    () => response.destroy(),
  );
}

const server = createServer(respond).listen(port ?? 0, '127.0.0.1');
await new Promise((resolve) => server.once('listening', resolve));
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/work`;
process.stdout.write(`${zeroes} zero bits are wanted at ${url}\n`);

/** A peer that works for the service, in a network of its own; gives its end. */
function startPeer(): () => Promise<void> {
  const identity = generateIdentity();
  const { clientID, publicKey } = identity;
  const pool = createPool({ threads: 1 });
  const source = createWebSource(parseSourceUrl(url));
  const broker = new MemoryBroker();
  const client = new Client({
    settings: {
      self: { clientID, publicKey },
      peers: 1,
      difficulty: 'fixed:14',
      founders: null,
      announceMs: 10_000,
      heartbeatMs: 5_000,
      removalMs: 60_000,
      challenges: 0,
      mines: true,
      mineWhen: 'transactions',
      hasSource: true,
    },
    prefix: 'sd',
    seed: randomBytes(32).toString('hex'),
    hasher: nodeHasher,
    signer: signerOf(identity),
    verifier: nodeVerifier(),
    clock: systemClock,
    journal: new MemoryJournal(),
    miner: pool,
    source,
    openLink: (filters) => broker.link(filters),
    onNote: (note) => {
      if (['task', 'answered', 'source-failed'].includes(note.kind))
        process.stdout.write(`${describe(note)}\n`);
    },
  });
  client.start();
  return async () => {
    await client.leave();
    source.close();
    await pool.close();
  };
}

if (port === undefined) {
  const end = startPeer();
  while (solved.length < enough) await new Promise((resolve) => setTimeout(resolve, 20));
  await end();
  server.closeAllConnections();
  server.close();
}
