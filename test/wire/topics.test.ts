import { expect, it } from 'vitest';
import {
  DEFAULT_PREFIX,
  qosOf,
  readTopic,
  sharedTopicOf,
  subscriptionsOf,
  topicOf,
} from '../../src/wire/topics.ts';
import { actor, KINDS, samplesBy } from './samples.ts';

const ann = actor();
const id = ann.member.clientID;

it('says every kind on the topic that the protocol gives it', () => {
  const topics = Object.values(samplesBy(ann)).map((message) => topicOf('sd', message));
  expect(topics).toEqual([
    'sd/init',
    `sd/peer/${id}`,
    'sd/heartbeat',
    'sd/commit',
    'sd/reveal',
    'sd/voting',
    'sd/controller',
    'sd/challenge',
    'sd/solution',
    'sd/proposal',
    'sd/ack',
    'sd/result',
    'sd/sync',
    `sd/sync/${id}`,
    'sd/batch',
    'sd/fetch',
    'sd/quest',
    'sd/offer',
    'sd/lease',
    'sd/report',
    'sd/outcome',
  ]);
});

it('reads from a topic what kind is said there and whose it is, under any prefix', () => {
  for (const prefix of [DEFAULT_PREFIX, 'lab/room-3', 'a.b']) {
    for (const message of Object.values(samplesBy(ann))) {
      const owner = message.kind === 'presence' || message.kind === 'answer' ? id : null;
      expect(readTopic(prefix, topicOf(prefix, message))).toEqual({ kind: message.kind, owner });
    }
  }
});

it.each([
  'sd',
  'sd/',
  'sd/nothing',
  'sd/constructor',
  'sd/__proto__',
  'sd/Init',
  'sd/init/',
  'sd/peer',
  'sd/peer/ann',
  `sd/init/${id}`,
  `sd/peer/${id}/`,
  `sd/sync/${id.toUpperCase()}`,
  'sdx/init',
  'init',
  '/sd/init',
])('knows no topic "%s"', (topic) => {
  expect(readTopic('sd', topic)).toBeNull();
});

it('subscribes to filters that do not overlap, its own answers among them', () => {
  expect(subscriptionsOf('sd', id)).toEqual(['sd/+', `sd/peer/${id}`, `sd/sync/${id}`]);
});

it('sends heartbeats with QoS 0 and everything else with QoS 1', () => {
  expect(KINDS.filter((kind) => qosOf(kind) === 0)).toEqual(['heartbeat']);
});

it('names the topics of the texts that are carried as evidence', () => {
  expect([sharedTopicOf('x', 'vote'), sharedTopicOf('x', 'acknowledgement')]).toEqual([
    'x/voting',
    'x/ack',
  ]);
});
