/** `sortition client`: one peer, in one terminal. */

import { Command } from 'commander';
import { type ConnectionValues, connectionOf, connectionSettings } from './connection-settings.ts';
import { Ending } from './ending.ts';
import { JsonTeller } from './json-teller.ts';
import { takePartInLab } from './lab-peer.ts';
import { type LabValues, labSettings, refuseForDialect } from './lab-settings.ts';
import { keysFor, loadScreen } from './live-keys.ts';
import { type OpenedClient, openClient } from './open-client.ts';
import { goOnWithoutOutput } from './output.ts';
import { listenToParent } from './parent.ts';
import { type PeerValues, peerSettings } from './peer-settings.ts';
import { PlainTeller } from './plain-teller.ts';
import {
  addSettings,
  preferTyped,
  readSettings,
  type Settings,
  sourceOf,
  usageError,
} from './setting.ts';
import type { Teller } from './teller.ts';
import { hasTerminal, holdTerminal } from './terminal.ts';
import { readVersion } from './version.ts';
import { Wishes } from './wishes.ts';
import { tellRecalled } from './witnessing.ts';

type Values = ConnectionValues &
  PeerValues &
  LabValues & { readonly json: boolean; readonly facts: boolean };

const settings: Settings<Values> = {
  ...connectionSettings,
  ...peerSettings,
  ...labSettings,
  json: {
    flags: '--json',
    help: 'tell everything as JSON, an object a line (docs/command-line.md)',
  },
  facts: {
    flags: '--facts',
    help: 'with --json: also all that we say and write down, for those who check it',
  },
};

export function createClientCommand(): Command {
  const command = new Command('client').description('take part in a network as one peer, and mine');
  return addSettings(command, settings).action(async () => {
    const told = preferTyped(
      command,
      readSettings(command, settings),
      ['data', 'identity'],
      ['foundAnew', 'identity'],
    );
    refuseForDialect(command, told);
    goOnWithoutOutput();
    const areIdle = told.facts && (!told.json || told.dialect !== null);
    if (areIdle && sourceOf(command, 'facts') === 'argument') {
      throw usageError('--facts goes with --json, and without --dialect.', { setting: '--facts' });
    }
    const values = { ...told, facts: told.facts && !areIdle };
    if (values.dialect === null) await takePart(command, values);
    else await takePartInLab(command, values, values.dialect);
  });
}

/** Resolves when the peer has left; throws what ended it otherwise. */
async function takePart(command: Command, values: Values): Promise<void> {
  const ending = new Ending();
  // Nothing is said before the client starts, and by then somebody is there to tell it.
  let teller: Teller | null = null;
  let wins = 0;
  const peer = await openClient(command, values, connectionOf(command, values), {
    onNote: (note) => {
      if (note.kind === 'result' && note.isOwn) wins += 1;
      teller?.tell(note);
    },
    onFatal: (error) => ending.fail(error),
    onTraceLost: (sentence) => teller?.remark(sentence),
    onWitnessed: values.facts ? (fact) => teller?.fact?.(fact) : undefined,
  });
  const { client, url, threads } = peer;
  const wishes = new Wishes(() => ending.leave());
  teller = await openTeller(values, peer, wishes);
  const { release } = holdTerminal(teller);
  teller.begin({ kind: 'started', pid: process.pid, url, version: readVersion(), threads });
  for (const remark of peer.remarks) teller.remark(remark);
  wishes.watchOutput();
  const { facts } = values;
  if (facts) await tellRecalled(peer.recalled(), (fact) => teller?.fact?.(fact));
  listenToParent(client, () => wishes.end());
  client.start();

  const error = await ending.come;
  if (error === null) await client.leave();
  else client.kill();
  await peer.close();
  release();
  teller.end({ kind: 'ended', reason: error?.code ?? 'left', tried: peer.tried(), wins });
  if (error !== null) throw error;
}

async function openTeller(
  { json, name }: Values,
  { client, identity, rules, threads }: OpenedClient,
  wishes: Wishes,
): Promise<Teller> {
  const peer = identity.clientID;
  if (json) return new JsonTeller(peer);
  const options = { peer, name, wanted: rules.seats, threads };
  if (!hasTerminal()) return new PlainTeller(options);
  const { LiveTeller } = await loadScreen(() => import('./live-teller.ts'));
  const keys = keysFor(client, wishes);
  return new LiveTeller({ ...options, look: () => client.view(), keys });
}
