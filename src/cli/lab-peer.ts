/** `sortition client --dialect …`: one peer among the labs' clients, told in lines. */

import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import { describeLab, labTone } from '../client/describe-lab.ts';
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
import { formatLine, type LineLook, wantsColour } from './line-format.ts';
import type { Tone } from './narrator.ts';
import { listenToParent } from './parent.ts';
import type { PeerValues } from './peer-settings.ts';
import { describeEnded, describeStarted } from './plain-teller.ts';
import { remark } from './remark.ts';
import type { Ended, Started } from './teller.ts';
import { openTraceFile, type TraceFile } from './trace-file.ts';
import { readVersion } from './version.ts';
import { Wishes } from './wishes.ts';

type Values = ConnectionValues & PeerValues & LabValues & { readonly json: boolean };

/** People are told of progress at most so often. */
const SELDOM_MS = 10_000;
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
          remark(message);
          if (shortage.running === 0) void client.pause();
        },
      })
    : null;
  const miner = pool === null ? null : new CountingMiner(pool);
  let link: Link | null = null;
  let wins = 0;
  let tell: (note: LabNote) => void = () => undefined;
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
  const teller = values.json ? new JsonTeller(client.clientID) : new LabTeller(client.clientID);
  tell = (note) => teller.tell(note);
  const wishes = new Wishes(() => ending.leave());
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

/** Tells people by lines alone. */
class LabTeller {
  readonly #peer: string;
  readonly #look: LineLook = { isColoured: wantsColour(process.stdout), columns: null };
  #progressAt = Number.NEGATIVE_INFINITY;

  constructor(peer: string | number) {
    this.#peer = String(peer);
  }

  begin(started: Started): void {
    const { threads } = started;
    const line = describeStarted(started, { peer: this.#peer as ClientID, wanted: 0, threads });
    this.#write(line.text, line.tone);
  }

  tell(note: LabNote): void {
    if (note.kind === 'progress') {
      if (Date.now() - this.#progressAt < SELDOM_MS) return;
      this.#progressAt = Date.now();
    }
    this.#write(describeLab(note), labTone(note));
  }

  end(ended: Ended): void {
    const line = describeEnded(ended);
    this.#write(line.text, line.tone);
  }

  #write(text: string, tone: Tone): void {
    process.stdout.write(`${formatLine({ text, tone }, Date.now(), this.#look)}\n`);
  }
}
