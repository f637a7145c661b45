/** What `sortition chaos` can be told. */

import { BROKER_KINDS, type BrokerKind } from './broker-recipes.ts';
import { type ConnectionValues, connectionSettings } from './connection-settings.ts';
import { type PeerValues, peerSettings } from './peer-settings.ts';
import type { Settings } from './setting.ts';
import { oneOf, whole } from './values.ts';

type OfPeers = 'threads' | 'difficulty' | 'heartbeat' | 'removal';
type OfConnection = 'host' | 'port' | 'url' | 'username' | 'password';

export type ChaosValues = Pick<PeerValues, OfPeers> &
  Pick<ConnectionValues, OfConnection> & {
    /** Milliseconds. */
    readonly minutes: number;
    readonly peers: number;
    /** Milliseconds. */
    readonly every: number;
    readonly seed: number | null;
    readonly broker: BrokerKind;
    readonly json: boolean;
  };

const MOST_MINUTES = 120;
export const MOST_SEED = 999_999_999;
/** Of three one may be missed. */
const FEWEST = 3;
const MOST = 30;

export const chaosSettings: Settings<ChaosValues> = {
  minutes: {
    flags: '--minutes <count>',
    help: 'how long bad things happen; 0.5 is half a minute',
    fallback: '10',
    allowed: `minutes from 0.1 to ${MOST_MINUTES}`,
    read: (text) => scaled(text, 60_000, 0.1, MOST_MINUTES),
  },
  peers: {
    flags: '--peers <count>',
    help: 'so many found the network, and so many are kept going',
    fallback: '10',
    isArgumentOnly: true,
    ...whole(FEWEST, MOST),
  },
  every: {
    flags: '--every <seconds>',
    help: 'something befalls the network so often',
    fallback: '10',
    allowed: 'seconds from 1 to 600',
    read: (text) => scaled(text.replace(/s$/, ''), 1_000, 1, 600),
  },
  seed: {
    flags: '--seed <number>',
    help: 'draws what befalls it; a new one unless it is said',
    fallback: null,
    ...whole(0, MOST_SEED),
  },
  broker: {
    flags: '--broker <kind>',
    help: 'started for the run, and killed in it: embedded, mosquitto, nats or rabbitmq',
    fallback: 'embedded',
    isArgumentOnly: true,
    ...oneOf(...BROKER_KINDS),
  },
  // Typed, since what follows is hard on a broker that somebody else relies on.
  host: {
    ...connectionSettings.host,
    help: 'instead: a broker that is there, and is left alone',
    isArgumentOnly: true,
  },
  port: { ...connectionSettings.port, help: 'its port (default: 1883)', isArgumentOnly: true },
  url: { ...connectionSettings.url, help: 'the same as mqtt://host:port', isArgumentOnly: true },
  username: connectionSettings.username,
  password: connectionSettings.password,
  threads: { ...peerSettings.threads, fallback: '1' },
  difficulty: { ...peerSettings.difficulty, fallback: 'interval2:1000@20' },
  heartbeat: peerSettings.heartbeat,
  removal: peerSettings.removal,
  json: { flags: '--json', help: 'a JSON object a line, for programs' },
};

/** A number with up to three decimals, in a unit of so many milliseconds. */
function scaled(text: string, unitMs: number, least: number, most: number): number | null {
  const value = /^\d{1,4}(?:\.\d{1,3})?$/.test(text) ? Number(text) : Number.NaN;
  return value >= least && value <= most ? Math.round(value * unitMs) : null;
}
