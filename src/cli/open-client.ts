/** Puts one peer together from what the command line says: identity, link, threads, client. */

import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import { Client } from '../client/client.ts';
import { ForgetfulJournal } from '../client/forgetful-journal.ts';
import type { Journal } from '../client/journal.ts';
import type { Link } from '../client/link.ts';
import { MemoryJournal } from '../client/memory-journal.ts';
import { assert } from '../domain/assert.ts';
import type { Entry, Settings } from '../domain/contract.ts';
import type { Message } from '../domain/message.ts';
import type { Note } from '../domain/note.ts';
import type { Refusal } from '../domain/refusal.ts';
import { parseRules, type RuleSettings, type Rules } from '../ledger/rules.ts';
import { createPool, type Pool } from '../miner/pool.ts';
import { readAccountKeyFile } from '../node/account-key-file.ts';
import {
  generateIdentity,
  type Identity,
  nodeHasher,
  nodeVerifier,
  signerOf,
} from '../node/crypto.ts';
import { openIdentityFile } from '../node/identity-file.ts';
import { createMqttLink } from '../node/mqtt-link.ts';
import { parseBrokerUrl } from '../node/mqtt-url.ts';
import { systemClock } from '../node/system-clock.ts';
import { createWebSource } from '../node/web-source.ts';
import type { WorldError } from '../node/world-error.ts';
import { keepYoungHeapSmall } from '../node/young-heap.ts';
import {
  type AskedRules,
  askedRulesOf,
  chooseRules,
  remarkOnKept,
  remarkOnRoster,
} from './asked-rules.ts';
import type { Connection } from './connection-settings.ts';
import { CountingMiner } from './counting-miner.ts';
import { explainNameTaken } from './ending.ts';
import { type PeerValues, peerSettings } from './peer-settings.ts';
import { labelOf, sourceOf, usageError } from './setting.ts';
import { openTraceFile, type TraceFile } from './trace-file.ts';
import { readVersion } from './version.ts';
import { type OnWitnessed, together, witnessJournal, witnessOf } from './witnessing.ts';

export type PeerHooks = {
  readonly onNote: (note: Note) => void;
  /** What no further attempt to connect can mend; the client goes on until it is closed. */
  readonly onFatal: (error: WorldError) => void;
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
  values: PeerValues,
  connection: Connection,
  hooks: PeerHooks,
  isQuiet: boolean = false,
): Promise<OpenedClient> {
  const asked = askedRulesOf(command, values);
  const past = await openPast(command, values, asked, isQuiet);
  const { identity, journal, rules } = past;
  const { onWitnessed } = hooks;
  const { clientID, publicKey } = identity;
  // Whoever cannot search must not be leased anything.
  const pool = openPool(values, hooks, () => void client.pause());
  const miner = pool === null ? null : new CountingMiner(pool);
  let link: Link | null = null;
  const self = { clientID, publicKey };
  const settings: Settings = {
    ...settingsOf(command, values),
    ...settledBy(rules),
    self,
    founders: asked.founders,
    ...(isQuiet && { isQuiet }),
  };
  const source = values.source === null ? null : createWebSource(values.source);
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
      link = createMqttLink({ ...connection, clientID, subscriptions }, hooks.onFatal);
      return link;
    },
    onNote: (note) => {
      if (note.kind === 'mandate') {
        pool?.start();
        // Not before: a start makes much, and collecting it more often would cost the founding.
        keepYoungHeapSmall();
      }
      // Whoever wants to mine again may find threads now.
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
    remarks: [
      past.remark,
      values.foundAnew ? GIVEN_UP : null,
      remarkOnRoster(asked, values, identity),
    ].filter((it) => it !== null),
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

function openTrace(
  path: string | null,
  settings: Settings,
  onLost: (sentence: string) => void,
): TraceFile<Message, Refusal, Note> | null {
  if (path === null) return null;
  return openTraceFile(path, { trace: 1, version: readVersion(), dialect: null, settings }, onLost);
}

/** Who we are, and what we must not forget. */
type Past = {
  readonly identity: Identity;
  readonly journal: Journal;
  readonly rules: Rules;
  readonly remark: string | null;
  recalled(): AsyncIterable<Entry>;
  close(): Promise<void>;
};

/** Who has no disk has no past. */
async function* nothing(): AsyncIterable<Entry> {}

async function openPast(
  command: Command,
  values: PeerValues,
  asked: AskedRules,
  isQuiet: boolean,
): Promise<Past> {
  const { data, identity, newIdentity, foundAnew } = values;
  refuseContradictions(command, values);
  if (data === null) {
    return {
      identity: identity === null ? generateIdentity() : openIdentityFile(identity),
      journal: isQuiet ? new ForgetfulJournal() : new MemoryJournal(),
      rules: chooseRules(asked, null),
      remark: null,
      recalled: nothing,
      close: () => Promise.resolve(),
    };
  }
  // Only here: LevelDB is a library of the machine's own, which others need not load.
  const { openDataDirectory } = await import('../node/data-directory.ts');
  const choose = (theirs: string | null): Rules => chooseRules(asked, theirs);
  const opened = await openDataDirectory(data, choose, newIdentity || foundAnew);
  const { keptIn, journal, rules } = opened;
  const remark =
    keptIn === null
      ? remarkOnKept(asked, rules, data)
      : `This is a new peer, ${opened.identity.clientID}; what was there is kept in ${keptIn}.`;
  return {
    identity: opened.identity,
    journal,
    rules,
    remark,
    recalled: () => journal.sealed(),
    close: () => journal.close(),
  };
}

/** What `--found-anew` costs, for whoever has typed it. */
const GIVEN_UP =
  'Founding anew: an earlier network here, its seats, its ledger and its results count no more ' +
  'for this peer. Where its members are still there, both refuse each other; where it has a ' +
  'controller after all, this peer joins it as an observer.';

function refuseContradictions(command: Command, values: PeerValues): void {
  const { data, identity, newIdentity, foundAnew } = values;
  const label = (name: 'data' | 'identity' | 'newIdentity' | 'foundAnew'): string =>
    labelOf(command, name, peerSettings[name]);
  if (data !== null && identity !== null)
    throw usageError(
      `${label('data')} keeps an identity of its own: leave ${label('identity')} out.`,
      { settings: `${label('data')} ${label('identity')}` },
    );
  if (foundAnew && identity !== null)
    throw usageError(
      `${label('foundAnew')} takes a new identity: leave ${label('identity')} out.`,
      { settings: `${label('foundAnew')} ${label('identity')}` },
    );
  if (data === null && newIdentity && sourceOf(command, 'newIdentity') === 'argument')
    throw usageError(
      `${label('newIdentity')} is about a data directory: without one every peer is new.`,
      { settings: label('newIdentity') },
    );
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
    ...(values.identity !== null && { hasOldKey: true }),
    ...(values.rewardKey !== null && { rewardKey: readAccountKeyFile(values.rewardKey) }),
  };
}

/** Who has a network search for a service does not want it to mine for nothing meanwhile. */
function mineWhenOf(command: Command, { mineWhen, source }: PeerValues): PeerValues['mineWhen'] {
  const isTold = sourceOf(command, 'mineWhen') !== 'fallback';
  return source === null || isTold ? mineWhen : 'transactions';
}
