/** How the brokers of this world differ, as measured with the true ones. */

/** What the sender of a message may expect of its order at a subscriber. */
type Order = 'connection' | 'publisher';

export type Personality = {
  /** Whether a subscription with wildcards is sent what is retained. */
  readonly showsRetained: boolean;
  /** Whether messages may overtake those of other publishers on their way to a subscriber. */
  readonly order: Order;
  /** How many messages it keeps for one who does not read; more are dropped in silence. */
  readonly queueMost: number;
  /** Whether a connection that another one of the same client replaces leaves its will. */
  readonly willOnTakeover: boolean;
  /** After so long without a sign of life it ends a connection, and publishes its will. */
  readonly patienceMs: number;
  /** Probability that a subscriber gets a message twice. */
  readonly repeat: number;
  /** Whether it keeps for a topic only what its owner says there. */
  readonly hasRights: boolean;
};

/** Keeps what PROTOCOL 1 asks of a broker, and promises no more. */
export const plainBroker: Personality = {
  showsRetained: true,
  order: 'publisher',
  queueMost: Number.POSITIVE_INFINITY,
  willOnTakeover: false,
  patienceMs: 15_000,
  repeat: 0,
  hasRights: false,
};

export type PersonalityName = 'mosquitto' | 'aedes' | 'nats' | 'rabbitmq';

export const PERSONALITIES: Readonly<Record<PersonalityName, Personality>> = {
  mosquitto: {
    showsRetained: true,
    order: 'connection',
    queueMost: 1020,
    willOnTakeover: true,
    patienceMs: 17_500,
    repeat: 0,
    hasRights: false,
  },
  aedes: {
    showsRetained: true,
    order: 'connection',
    queueMost: Number.POSITIVE_INFINITY,
    willOnTakeover: true,
    patienceMs: 15_000,
    repeat: 0,
    hasRights: true,
  },
  nats: {
    showsRetained: true,
    order: 'publisher',
    queueMost: Number.POSITIVE_INFINITY,
    willOnTakeover: false,
    patienceMs: 15_000,
    repeat: 0.2,
    hasRights: false,
  },
  rabbitmq: {
    showsRetained: false,
    order: 'publisher',
    queueMost: Number.POSITIVE_INFINITY,
    willOnTakeover: false,
    patienceMs: 20_000,
    repeat: 0,
    hasRights: false,
  },
};

export const PERSONALITY_NAMES: readonly [PersonalityName, ...PersonalityName[]] = [
  'mosquitto',
  'aedes',
  'nats',
  'rabbitmq',
];
