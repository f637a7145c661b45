/** `sortition client --dialect …`: one peer among the labs' clients, told in lines. */

import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import { LabClient } from '../client/lab-client.ts';
import type { Link } from '../client/link.ts';
import { assert } from '../domain/assert.ts';
import type { ClientID } from '../domain/names.ts';
import type { DialectName } from '../lab/dialect.ts';
import type { LabMessage, LabRefusal } from '../lab/message.ts';
import type { LabNote } from '../lab/note.ts';
import type { LabSettings } from '../lab/state.ts';
import { createPool } from '../miner/pool.ts';
import { nodeHasher } from '../node/crypto.ts';
import { createMqttLink } from '../node/mqtt-link.ts';
import { parseBrokerUrl } from '../node/mqtt-url.ts';
import { systemClock } from '../node/system-clock.ts';
import { type ConnectionValues, connectionOf } from './connection-settings.ts';
import { CountingMiner } from './counting-miner.ts';
import { Ending } from './ending.ts';
import { JsonTeller } from './json-teller.ts';
import { type LabValues, labSettingsOf } from './lab-settings.ts';
import { type LabTeller, PlainLabTeller } from './lab-teller.ts';
import { keysFor, loadScreen } from './live-keys.ts';
import { listenToParent } from './parent.ts';
import type { PeerValues } from './peer-settings.ts';
import { remark } from './remark.ts';
import { hasTerminal, holdTerminal } from './terminal.ts';
import { openTraceFile, type TraceFile } from './trace-file.ts';
import { readVersion } from './version.ts';
import { Wishes } from './wishes.ts';

type Values = ConnectionValues & PeerValues & LabValues & { readonly json: boolean };

const SEED_BYTES = 32;

/** Resolves when the peer has left; throws what ended it otherwise. */
export async function takePartInLab(
  command: Command,
  values: Values,
  dialect: DialectName,
): Promise<void> {
  const ending = new Ending();
  const connection = connectionOf(command, values);
  const settings = labSettingsOf(command, values, dialect);
  const pool = values.mine
    ? createPool({
        threads: values.threads,
        onFailure: ({ message, shortage }) => {
          if (teller === null) remark(message);
          else teller.remark(message);
          if (shortage.running === 0) void client.pause();
        },
      })
    : null;
  const miner = pool === null ? null : new CountingMiner(pool);
  let link: Link | null = null;
  let wins = 0;
  // Nothing is said before the client starts, and by then somebody is there to tell it.
  let teller: LabTeller | null = null;
  const tell = (note: LabNote): void => teller?.tell(note);
  const seed = randomBytes(SEED_BYTES).toString('hex');
  // The broker sees a name that has nothing to do with the one drawn by lot.
  const name = randomBytes(8).toString('hex') as ClientID;
  const trace = openTrace(values.trace, settings);
  const client: LabClient = new LabClient({
    settings,
    prefix: values.prefix,
    seed,
    hasher: nodeHasher,
    clock: systemClock,
    miner,
    openLink: (subscriptions) => {
      const onUnheard = (topics: readonly string[]): void => tell({ kind: 'unheard', topics });
      const options = { ...connection, clientID: name, subscriptions, onUnheard };
      link = createMqttLink(options, (error) => ending.fail(error));
      return link;
    },
    onNote: (note) => {
      if (note.kind === 'elected' || note.kind === 'resumed') pool?.start();
      if (note.kind === 'result' && note.isOwn) wins += 1;
      tell(note);
    },
    witness: trace?.witness,
  });
  assert(link !== null, 'A client opens its link when it is made.');
  const opened: Link = link;
  const wishes = new Wishes(() => ending.leave());
  teller = await openTeller(values, client, wishes);
  const { release } = holdTerminal(teller);
  const { text: url } = parseBrokerUrl(connection.url);
  const threads = pool === null ? 0 : values.threads;
  teller.begin({ kind: 'started', pid: process.pid, url, version: readVersion(), threads });
  wishes.watchOutput();
  listenToParent(client, () => wishes.end());
  client.start();

  const error = await ending.come;
  if (error === null) await client.leave();
  else client.kill();
  await Promise.all([opened.close(), pool?.close()]);
  trace?.close();
  release();
  const reason = error?.code ?? 'left';
  teller.end({ kind: 'ended', reason, tried: miner?.tried ?? 0, wins });
  if (error !== null) throw error;
}

function openTrace(
  path: string | null,
  settings: LabSettings,
): TraceFile<LabMessage, LabRefusal, LabNote> | null {
  if (path === null) return null;
  const { dialect } = settings;
  return openTraceFile(path, { trace: 1, version: readVersion(), dialect, settings }, remark);
}

async function openTeller(
  { json, threads, mine, peers }: Values,
  client: LabClient,
  wishes: Wishes,
): Promise<LabTeller> {
  const peer = client.clientID;
  if (json) return new JsonTeller(peer);
  if (!hasTerminal()) return new PlainLabTeller(peer);
  const { LiveLabTeller } = await loadScreen(() => import('./lab-live-teller.ts'));
  const keys = keysFor(client, wishes);
  return new LiveLabTeller({ peer, wanted: peers, threads: mine ? threads : 0, keys });
}
