/** Puts one peer together from what the command line says: identity, link, threads, client. */

import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import { Client } from '../client/client.ts';
import type { Link } from '../client/link.ts';
import { assert } from '../domain/assert.ts';
import type { Entry, Settings } from '../domain/contract.ts';
import type { Message } from '../domain/message.ts';
import type { Note } from '../domain/note.ts';
import type { Refusal } from '../domain/refusal.ts';
import { parseRules, type RuleSettings, type Rules } from '../ledger/rules.ts';
import { createPool, type Pool } from '../miner/pool.ts';
import { readAccountKeyFile } from '../node/account-key-file.ts';
import { type Identity, nodeHasher, nodeVerifier, signerOf } from '../node/crypto.ts';
import { createMqttLink, type MqttLinkOptions } from '../node/mqtt-link.ts';
import { parseBrokerUrl } from '../node/mqtt-url.ts';
import { systemClock } from '../node/system-clock.ts';
import { createWebSource } from '../node/web-source.ts';
import type { WorldError } from '../node/world-error.ts';
import { keepYoungHeapSmall } from '../node/young-heap.ts';
import { type Adopted, askedRulesOf, remarkOnRoster } from './asked-rules.ts';
import type { Connection } from './connection-settings.ts';
import { CountingMiner } from './counting-miner.ts';
import { explainNameTaken } from './ending.ts';
import { openPast } from './past.ts';
import type { PeerValues } from './peer-settings.ts';
import { sourceOf } from './setting.ts';
import { serviceOf } from './source-settings.ts';
import { openTraceFile, type TraceFile } from './trace-file.ts';
import { readVersion } from './version.ts';
import { type OnWitnessed, together, witnessJournal, witnessOf } from './witnessing.ts';

export type PeerHooks = {
  readonly onNote: (note: Note) => void;
  /** What no further attempt is likely to mend; the client goes on until it is closed. */
  readonly onFatal: (error: WorldError) => void;
  /** The broker refuses us, and we try again. */
  readonly onRefused?: ((error: WorldError) => void) | undefined;
  /** The trace could not be written any more; the client goes on. */
  readonly onTraceLost: (sentence: string) => void;
  /** For those who check the peer; nothing is told where nobody wants to know. */
  readonly onWitnessed?: OnWitnessed | undefined;
};

export type OpenedClient = {
  readonly client: Client;
  readonly identity: Identity;
  readonly rules: Rules;
  /** The broker, for people: without login. */
  readonly url: string;
  /** Threads that mine; 0 where it does not. */
  readonly threads: number;
  /** What people should know from the start. */
  readonly remarks: readonly string[];
  /** Hashes tried in all. */
  tried(): number;
  /** The blocks that it found on its disk at the start. */
  recalled(): AsyncIterable<Entry>;
  /** Ends what a client that left, or was killed, leaves open. */
  close(): Promise<void>;
};

const SEED_BYTES = 32;

/**
 * Nothing happens until its client is started; no thread is there before the first mandate, as
 * starting them would cost the founding time. Who is quiet only looks on, and sends transactions.
 * Throws a `WorldError` or a `PoolError`.
 */
export async function openClient(
  command: Command,
  values: PeerValues & Adopted,
  connection: Connection,
  hooks: PeerHooks,
  isQuiet: boolean = false,
): Promise<OpenedClient> {
  const service = serviceOf(command, values);
  const asked = askedRulesOf(command, values);
  const past = await openPast(command, values, asked, isQuiet);
  const { identity, journal, rules } = past;
  const { onWitnessed } = hooks;
  const { clientID, publicKey } = identity;
  // A peer that cannot search must not be leased anything.
  const pool = openPool(values, hooks, () => void client.pause());
  const miner = pool === null ? null : new CountingMiner(pool);
  let link: Link | null = null;
  const self = { clientID, publicKey };
  const settings: Settings = {
    ...settingsOf(command, values),
    ...settledBy(rules),
    self,
    founders: asked.founders,
    ...(asked.genesisList !== null && { genesisList: asked.genesisList }),
    ...(isQuiet && { isQuiet }),
  };
  const source = service === null ? null : createWebSource(service.place, service);
  const trace = openTrace(values.trace, settings, hooks.onTraceLost);
  const client: Client = new Client({
    settings,
    prefix: values.prefix,
    seed: randomBytes(SEED_BYTES).toString('hex'),
    hasher: nodeHasher,
    signer: signerOf(identity),
    verifier: nodeVerifier(),
    clock: systemClock,
    journal: onWitnessed === undefined ? journal : witnessJournal(journal, onWitnessed),
    miner,
    source,
    openLink: (subscriptions) => {
      link = openLink({ ...connection, clientID, subscriptions }, hooks);
      return link;
    },
    onNote: (note) => {
      if (note.kind === 'mandate') {
        pool?.start();
        // Not before: a start makes much, and collecting it more often would cost the founding.
        keepYoungHeapSmall();
      }
      // A peer that is to mine again may get threads now.
      if (note.kind === 'resumed') pool?.start();
      hooks.onNote(note);
    },
    onEnded: () => hooks.onFatal(explainNameTaken(clientID)),
    witness: together([
      trace?.witness,
      onWitnessed === undefined ? undefined : witnessOf(onWitnessed),
    ]),
  });
  assert(link !== null, 'A client opens its link when it is made.');
  const opened: Link = link;
  return {
    client,
    identity,
    rules,
    url: parseBrokerUrl(connection.url).text,
    threads: pool === null ? 0 : values.threads,
    remarks: [...past.remarks, remarkOnRoster(asked, values, identity)].filter((it) => it !== null),
    tried: () => miner?.tried ?? 0,
    recalled: past.recalled,
    close: async () => {
      source?.close();
      await Promise.all([opened.close(), pool?.close()]);
      trace?.close();
      await past.close();
    },
  };
}

/** `onNone`: no thread runs at all. */
function openPool(
  { mine, threads }: PeerValues,
  { onNote }: PeerHooks,
  onNone: () => void,
): Pool | null {
  if (!mine) return null;
  return createPool({
    threads,
    warmUp: { algorithm: 'sha256', nonceForm: 'padded-hex' },
    onReplaced: (lane, tried) => onNote({ kind: 'thread-replaced', lane, tried }),
    onFailure: ({ shortage: { running, wanted, reason } }) => {
      onNote({ kind: 'threads-missing', running, wanted, reason });
      if (running === 0) onNone();
    },
  });
}

function openLink(options: MqttLinkOptions, hooks: PeerHooks): Link {
  const { onFatal, onRefused, onNote } = hooks;
  const onUnheard = (topics: readonly string[]): void => onNote({ kind: 'unheard', topics });
  return createMqttLink({ ...options, onRefused, onUnheard }, onFatal);
}

function openTrace(
  path: string | null,
  settings: Settings,
  onLost: (sentence: string) => void,
): TraceFile<Message, Refusal, Note> | null {
  if (path === null) return null;
  return openTraceFile(path, { trace: 1, version: readVersion(), dialect: null, settings }, onLost);
}

/** As settings say them. */
function settledBy({ text }: Rules): Required<RuleSettings> {
  const settings = parseRules(text);
  assert(settings !== null, 'Rules that we made can be read.');
  return settings;
}

/** What is up to each peer. */
function settingsOf(
  command: Command,
  values: PeerValues,
): Omit<Settings, 'self' | 'founders' | keyof RuleSettings> {
  return {
    announceMs: values.announce,
    heartbeatMs: values.heartbeat,
    removalMs: values.removal,
    challenges: values.challenges,
    mines: values.mine,
    foundsAnew: values.foundAnew,
    mineWhen: mineWhenOf(command, values),
    hasSource: values.source !== null,
    ...(values.name !== null && { name: values.name }),
    ...(values.identity !== null && { hasOldKey: true }),
    ...(values.rewardKey !== null && { rewardKey: readAccountKeyFile(values.rewardKey) }),
  };
}

/** Who has a network search for a service does not want it to mine for nothing meanwhile. */
function mineWhenOf(command: Command, { mineWhen, source }: PeerValues): PeerValues['mineWhen'] {
  const isTold = sourceOf(command, 'mineWhen') !== 'fallback';
  return source === null || isTold ? mineWhen : 'transactions';
}
