/** `sortition bench leftovers`: a founding beside the presences of peers that are long gone. */

import { Command } from 'commander';
import type { Presence } from '../domain/message.ts';
import { rulesOf } from '../ledger/rules.ts';
import { generateIdentity, signerOf } from '../node/crypto.ts';
import { type MqttVoice, openMqttVoice } from '../node/mqtt-voice.ts';
import { payloadOf } from '../wire/envelope.ts';
import { presenceTopicOf, sharedTopicOf } from '../wire/topics.ts';
import { Crowd, type Timed } from './bench-crowd.ts';
import { describeMachine, medianOf, thisMachine } from './bench-report.ts';
import { type Brokers, brokersSetting, kindsOf, lastToldAt } from './bench-scenario.ts';
import { BrokerProcess } from './broker-process.ts';
import { describeMissing } from './broker-recipes.ts';
import { EXIT } from './exit.ts';
import { addSettings, readSettings, type Settings } from './setting.ts';
import { whole } from './values.ts';
import { Wishes } from './wishes.ts';

type Values = {
  readonly presences: number;
  readonly foundings: number;
  readonly broker: Brokers;
  readonly json: boolean;
};

const settings: Settings<Values> = {
  presences: {
    flags: '--presences <count>',
    help: 'how many the broker keeps under the crowded prefix',
    fallback: '10000',
    ...whole(1, 1_000_000),
  },
  foundings: {
    flags: '--foundings <count>',
    help: 'foundings under each of the two prefixes, by turns',
    fallback: '10',
    ...whole(1, 10_000),
  },
  broker: brokersSetting,
  json: { flags: '--json', help: 'a JSON object for each broker' },
};

const PEERS = 3;
const NOTHING = new Uint8Array();
const PREFIXES = { empty: 'bench/empty', crowded: 'bench/crowded' };
const CLIENT_ARGS = ['--peers', String(PEERS), '--no-mine'];

/** How often it may take as long beside leftovers as beside nothing. */
const RATIO_MOST = 1.5;

export function createLeftoversBench(): Command {
  const command = new Command('leftovers').description(
    'time foundings of three beside presences of peers long gone, and beside none, by turns',
  );
  return addSettings(command, settings).action(async () => {
    const { presences, foundings, broker, json } = readSettings(command, settings);
    // An exit takes the clients and the broker along, which a signal would not.
    new Wishes(() => process.exit(EXIT.failed));
    const machine = thisMachine();
    if (!json) write(describeMachine(machine));
    for (const kind of kindsOf(broker)) {
      const opened = await BrokerProcess.open(kind);
      if (opened === null) {
        process.stderr.write(`*** ${kind} was not measured: ${describeMissing(kind)}. ***\n`);
        continue;
      }
      const found = await measureOn(opened.port, presences, foundings);
      const ratio = medianOf(found.crowded) / medianOf(found.empty);
      const isMet = ratio <= RATIO_MOST;
      if (json)
        write(JSON.stringify({ broker: opened.name, presences, ...found, ratio, isMet, machine }));
      else {
        write(`${opened.name}, three peers, from the first SUBACK until all know the mandate:`);
        write(`  beside none: ${described(found.empty)}`);
        write(`  beside ${presences} presences: ${described(found.crowded)}`);
        write(`  ratio ${ratio.toFixed(2)} (target ${RATIO_MOST}: ${isMet ? 'met' : 'MISSED'})`);
      }
      await opened.end();
    }
  });
}

type Found = { readonly empty: readonly number[]; readonly crowded: readonly number[] };

async function measureOn(port: number, presences: number, foundings: number): Promise<Found> {
  const voice = await openMqttVoice({ url: `mqtt://127.0.0.1:${port}` });
  await leaveBehind(voice, presences);
  const found = { empty: [] as number[], crowded: [] as number[] };
  for (let turn = 0; turn < 2 * foundings; turn += 1) {
    // First the one, then the other first: what comes later finds a warmer machine.
    const which = turn % 4 === 0 || turn % 4 === 3 ? 'empty' : 'crowded';
    found[which].push(await timeFounding(port, PREFIXES[which]));
    // Else the next ones would wait whether its network lives.
    const topic = sharedTopicOf(PREFIXES[which], 'mandate');
    await voice.say({ topic, payload: NOTHING, qos: 1, retained: true });
  }
  await voice.close();
  return found;
}

/** As crashes and strangers leave them: every State, other Rules, and no presence at all. */
async function leaveBehind(voice: MqttVoice, presences: number): Promise<void> {
  const states = ['ready', 'lost', 'disconnected'] as const;
  for (let count = 0; count < presences; count += 1) {
    const identity = generateIdentity();
    const { clientID, publicKey } = identity;
    const topic = presenceTopicOf(PREFIXES.crowded, clientID);
    const presence: Presence = {
      kind: 'presence',
      clientID,
      publicKey,
      incarnation: Date.now(),
      peers: PEERS,
      known: 1,
      roster: null,
      network: null,
      rules: rulesOf({ peers: PEERS, difficulty: `fixed:${count % 4 === 0 ? 20 : 24}` }).text,
      state: states[count % states.length] ?? 'lost',
    };
    const text = count % 10 === 0 ? 'garbage' : payloadOf(presence, topic, signerOf(identity));
    await voice.say({ topic, payload: Buffer.from(text), qos: 1, retained: true });
  }
}

async function timeFounding(port: number, prefix: string): Promise<number> {
  const broker = ['--host', '127.0.0.1', '--port', String(port)];
  const crowd = new Crowd([...broker, '--prefix', prefix, ...CLIENT_ARGS]);
  try {
    crowd.start(PEERS);
    const isFounded = ({ mandate }: Timed): boolean => mandate !== null;
    await crowd.until(() => crowd.peers.every(isFounded), 'three peers found a network');
    const firstAt = Math.min(...crowd.peers.map(({ connectedAt }) => connectedAt ?? Infinity));
    return lastToldAt(crowd.peers) - firstAt;
  } finally {
    await crowd.end();
  }
}

function described(values: readonly number[]): string {
  return `median ${Math.round(medianOf(values))} ms, of ${values.join(' ')}`;
}

function write(line: string): void {
  process.stdout.write(`${line}\n`);
}
