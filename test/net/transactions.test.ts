/** A hundred senders on a true network, through its peers and a gateway, while controllers die. */

import { connect, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { openBroker } from '../../broker/broker.ts';
import type { Accounts } from '../../src/domain/standing.ts';
import { type Batch, textOf } from '../../src/domain/transaction.ts';
import { credit, noAccounts, sumOf } from '../../src/ledger/account.ts';
import { applyBatch } from '../../src/ledger/batch.ts';
import { nothingRecent } from '../../src/ledger/recent.ts';
import { usualReward } from '../../src/ledger/rules.ts';
import { generateIdentity, type Identity, nodeHasher, signerOf } from '../../src/node/crypto.ts';
import { FrameCutter, frameOf } from '../../src/node/gateway/frame-cutter.ts';
import { Gateway } from '../../src/node/gateway/gateway.ts';
import { accountKeyOf, signTransaction } from '../../src/wire/transaction.ts';
import { startPeer, type TestPeer } from './peers.ts';
import { endPrograms, Program } from './program.ts';
import { until } from './until.ts';

const ends: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  await endPrograms();
  for (const end of ends.splice(0).reverse()) await end();
});

type Town = {
  readonly url: string;
  readonly peers: readonly TestPeer[];
  readonly quiet: TestPeer;
  readonly gateway: Gateway;
  readonly port: number;
};

/** Five peers, so that two may die, and a gateway. */
async function openTown(): Promise<Town> {
  const broker = await openBroker({ port: 0 });
  ends.push(() => broker.close());
  const url = `mqtt://127.0.0.1:${broker.port}`;
  const settings = { peers: 5, difficulty: 'fixed:10', heartbeatMs: 1_000 };
  const peers = Array.from({ length: 5 }, () => startPeer(url, settings, 1));
  const quiet = startPeer(url, { ...settings, isQuiet: true });
  ends.push(() => Promise.all([...peers, quiet].map((peer) => peer.close())));
  const gateway = new Gateway((text) => quiet.client.send(text));
  const port = await gateway.listen('127.0.0.1', 0);
  ends.push(() => gateway.close());
  await until(() => quiet.client.view().isCaughtUp, 'a network that the gateway sees', 20_000);
  return { url, peers, quiet, gateway, port };
}

/** One sender's line to the gateway: each text is answered in its turn. */
class Line {
  readonly #socket: Socket;
  readonly #cutter = new FrameCutter();
  readonly #waiting: ((answer: string) => void)[] = [];

  constructor(port: number) {
    this.#socket = connect({ port, host: '127.0.0.1' });
    ends.push(async () => this.#socket.destroy());
    this.#socket.on('data', (piece) => {
      this.#cutter.push(piece);
      for (let frame = this.#cutter.next(); frame !== null; frame = this.#cutter.next())
        this.#waiting.shift()?.(frame.toString());
    });
  }

  send(text: string): Promise<string> {
    this.#socket.write(frameOf(text));
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}

const batchesOf = (peer: TestPeer): readonly Batch[] => peer.journal.batches();
const carried = (peer: TestPeer): readonly string[] => batchesOf(peer).flat();

/** The balances that a ledger leads to, computed from its beginning. */
function recompute({ journal }: TestPeer): Accounts {
  let accounts = noAccounts;
  for (const [index, block] of journal.blocks().entries()) {
    if (block.change !== undefined) continue;
    const books = { height: block.transactionID, accounts, recent: nothingRecent };
    const applied = applyBatch(books, journal.batches()[index] ?? [], nodeHasher);
    if (applied.accounts === null) throw new Error(applied.problem);
    accounts = credit(applied.accounts, block.clientID, usualReward);
  }
  return accounts;
}

const message = (who: Identity, nonce: number): string =>
  textOf(signTransaction({ message: `m${nonce}`, nonce }, signerOf(who)));

function controllerOf(town: Town): TestPeer | undefined {
  return town.peers.find(({ client }) => client.view().role === 'controller');
}

/** Waits until somebody governs again, and kills it. */
async function killController(town: Town): Promise<TestPeer> {
  await until(() => controllerOf(town) !== undefined, 'a controller', 30_000);
  const victim = controllerOf(town);
  if (victim === undefined) throw new Error('There is one.');
  victim.crash();
  return victim;
}

it('each transaction is in every ledger once, or was refused by name', async () => {
  const town = await openTown();
  const { peers, quiet, port } = town;
  const senders = Array.from({ length: 100 }, () => generateIdentity());
  const lines = Array.from({ length: 10 }, () => new Line(port));
  const all = senders.flatMap((who) => [0, 1, 2, 3].map((nonce) => message(who, nonce)));

  /**
   * Everybody says two messages, the later one first: through the gateway, and through peers, of
   * which one may be gone by then.
   */
  const sayTwo = (nonce: number, ends: readonly TestPeer[]): Promise<unknown> =>
    Promise.all(
      senders.flatMap((who, at) => [
        lines[at % lines.length]?.send(message(who, nonce + 1)).then((answer) => {
          expect(answer).toBe('{"response": true}');
        }),
        ends[at % ends.length]?.client.send(message(who, nonce)).then((fault) => {
          if (fault != null) expect(fault.code).toBe('NOT_READY');
        }),
      ]),
    );

  const saying = sayTwo(0, peers.slice(0, 3));
  const first = await killController(town);
  await saying;
  const left = peers.filter((peer) => peer !== first);
  const doubles = await spendTwice(town, left, senders);
  await until(() => controllerOf({ ...town, peers: left }) !== undefined, 'a successor', 30_000);
  const sayingOn = sayTwo(2, left.slice(0, 3));
  const second = await killController({ ...town, peers: left });
  await sayingOn;
  const alive = left.filter((peer) => peer !== second);

  // Whoever died may have taken its last words with it: people say again what is not there.
  for (const text of all) {
    const fault = await quiet.client.send(text);
    if (fault !== null) expect(fault.code).toBe('INVALID_NONCE');
  }
  const witnesses = [...alive, quiet];
  await until(
    () => witnesses.every((peer) => new Set(carried(peer)).size >= all.length),
    'all that was said in every ledger',
    90_000,
  );
  for (const peer of alive) void peer.client.pause();
  const tips = (): Set<unknown> => new Set(witnesses.map((peer) => peer.client.view().tip));
  await until(() => tips().size === 1, 'one tip', 30_000);

  const [reference = quiet] = witnesses;
  for (const peer of witnesses) {
    const inside = carried(peer);
    expect(new Set(inside).size).toBe(inside.length);
    expect(inside).toEqual(expect.arrayContaining(all));
    for (const pair of doubles)
      expect(pair.filter((text) => inside.includes(text)).length).toBeLessThanOrEqual(1);
    expect(batchesOf(peer)).toEqual(batchesOf(reference));
  }
  const mined = reference.journal.blocks().filter(({ change }) => change === undefined).length;
  expect(sumOf(recompute(reference))).toBe(mined * usualReward);

  const program = new Program(['ledger', '--verify', '--json', '--url', town.url]);
  expect([await program.exit(), program.stderr]).toEqual([0, '']);
  expect(program.all('verified')).toMatchObject([
    { transactions: carried(reference).length, units: mined * usualReward },
  ]);
});

/** All that miners have, to two senders at once through two peers; the pairs of transactions. */
async function spendTwice(
  { quiet }: Town,
  ends: readonly TestPeer[],
  senders: readonly Identity[],
): Promise<readonly (readonly string[])[]> {
  await until(() => ends.some((owner) => owned(quiet, owner) > 0), 'a miner with money', 30_000);
  const pairs: string[][] = [];
  for (const [at, owner] of ends.entries()) {
    const { nonce } = quiet.client.account(owner.identity.clientID);
    const amount = owned(quiet, owner);
    if (amount === 0) continue;
    const texts = senders.slice(2 * at, 2 * at + 2).map(({ publicKey }) => {
      const content = { to: accountKeyOf(publicKey), amount, nonce };
      return textOf(signTransaction(content, signerOf(owner.identity)));
    });
    const faults = await Promise.all(
      texts.map((text, index) => ends[(at + index) % ends.length]?.client.send(text)),
    );
    for (const fault of faults)
      if (fault != null) expect(['INVALID_NONCE', 'INVALID_BALANCE']).toContain(fault.code);
    pairs.push(texts);
  }
  return pairs;
}

function owned(quiet: TestPeer, { identity }: TestPeer): number {
  return quiet.client.account(identity.clientID).balance;
}
