/** The only file that knows what the topics are called. */

import type { Message, MessageKind } from '../domain/message.ts';
import type { ClientID } from '../domain/names.ts';
import { isClientID } from './identity.ts';

/** What every topic begins with unless a peer is told otherwise. */
export const DEFAULT_PREFIX = 'sd';

/** The topics of one level under the prefix (PROTOCOL 4). */
const TOPICS: Readonly<Record<Exclude<MessageKind, 'presence' | 'answer'>, string>> = {
  introduction: 'init',
  heartbeat: 'heartbeat',
  commitment: 'commit',
  reveal: 'reveal',
  vote: 'voting',
  mandate: 'controller',
  challenge: 'challenge',
  solution: 'solution',
  proposal: 'proposal',
  acknowledgement: 'ack',
  result: 'result',
  request: 'sync',
  transaction: 'transaction',
  batch: 'batch',
  fetch: 'fetch',
  quest: 'quest',
  offer: 'offer',
  lease: 'lease',
  report: 'report',
  outcome: 'outcome',
};

/** What the words in topics say; a Map, so that no inherited name counts as one. */
const PLACES: ReadonlyMap<string, Place> = new Map(
  Object.entries(TOPICS).map(([kind, word]) => [word, { kind: kind as MessageKind, owner: null }]),
);

/** The two kinds whose topic ends with a name. */
const OWNED: ReadonlyMap<string, MessageKind> = new Map([
  ['peer', 'presence'],
  ['sync', 'answer'],
]);

/** What a topic says by itself; `owner` is the ClientID at its end, which only two kinds have. */
export type Place<Kind extends MessageKind = MessageKind> = Kind extends MessageKind
  ? { readonly kind: Kind; readonly owner: ClientID | null }
  : never;

/** The topic on which `message` is said. */
export function topicOf(prefix: string, message: Message): string {
  if (message.kind === 'presence') return presenceTopicOf(prefix, message.clientID);
  if (message.kind === 'answer') return `${prefix}/sync/${message.to}`;
  return `${prefix}/${TOPICS[message.kind]}`;
}

/** The topic on which a peer's presence, and its will, is said. */
export function presenceTopicOf(prefix: string, peer: ClientID): string {
  return `${prefix}/peer/${peer}`;
}

/** The topic of all messages of a kind that has just one topic. */
export function sharedTopicOf(prefix: string, kind: keyof typeof TOPICS): string {
  return `${prefix}/${TOPICS[kind]}`;
}

/** What is said on `topic`; null for one that is not ours. */
export function readTopic(prefix: string, topic: string): Place | null {
  if (!topic.startsWith(`${prefix}/`)) return null;
  const levels = topic.slice(prefix.length + 1);
  const place = PLACES.get(levels);
  if (place !== undefined) return place;
  const [word = '', owner, ...rest] = levels.split('/');
  const kind = OWNED.get(word);
  return kind === undefined || !isClientID(owner) || rest.length > 0 ? null : { kind, owner };
}

/**
 * What a peer subscribes to: filters that do not overlap, as some brokers would deliver twice. The
 * presences of all would be too many: brokers keep those of peers that are long gone.
 */
export function subscriptionsOf(prefix: string, self: ClientID): readonly string[] {
  return [`${prefix}/+`, presenceTopicOf(prefix, self), `${prefix}/sync/${self}`];
}

/** The one filter of those who only look on. */
export function everythingUnder(prefix: string): string {
  return `${prefix}/#`;
}

/** All topics on which the peer `self` speaks, and the one on which it is answered. */
export function topicsOf(prefix: string, self: ClientID): readonly string[] {
  const shared = Object.values(TOPICS).map((word) => `${prefix}/${word}`);
  return [...shared, ...[...OWNED.keys()].map((word) => `${prefix}/${word}/${self}`)];
}

/** QoS 0 for heartbeats, which the next one makes worthless; 1 for everything else. */
export function qosOf(kind: MessageKind): 0 | 1 {
  return kind === 'heartbeat' ? 0 : 1;
}
