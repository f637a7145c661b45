/** Publishes garbage, as a stranger might: by chance, or because somebody wants to do harm. */

import { randomBytes } from 'node:crypto';
import { connect } from 'mqtt';

/** So many words of others are kept, to be said again with something wrong about them. */
const KEPT = 200;
const BATCH_MS = 20;

const TOPICS = [
  ...['init', 'heartbeat', 'commit', 'reveal', 'voting', 'controller', 'challenge'],
  ...['solution', 'proposal', 'ack', 'result', 'sync', 'unheard-of'],
];

type Word = { readonly topic: string; readonly payload: Buffer };

/** Each makes another kind of garbage out of a true word; `count` is the number of this one. */
const KINDS: readonly ((word: Word, prefix: string, count: number) => Word)[] = [
  ({ topic }) => ({ topic, payload: randomBytes(200) }),
  ({ topic, payload }) => ({ topic, payload: payload.subarray(0, payload.length / 2) }),
  ({ topic }) => ({ topic, payload: Buffer.from('['.repeat(500)) }),
  ({ topic }) => ({ topic, payload: Buffer.from('{"ClientID":null}') }),
  // In somebody's name, with a signature that is not theirs.
  ({ topic, payload }) => ({ topic, payload: withWrongSignature(payload) }),
  ({ payload }, prefix, count) => ({
    topic: `${prefix}/${TOPICS[count % TOPICS.length]}`,
    payload,
  }),
  // True, but said before.
  (word) => word,
  ({ topic }, _, count) => ({
    topic,
    payload: Buffer.alloc(count % 100 === 7 ? 70_000 : 1_000, '{'),
  }),
];

/** Floods the topics under `prefix` of the broker at `url` until the process ends. */
export function flood(url: string, prefix: string, perSecond: number): void {
  const nothing: Word = { topic: `${prefix}/init`, payload: Buffer.from('{}') };
  const heard: Word[] = [];
  const client = connect(url, { protocolVersion: 4, reconnectPeriod: 500 });
  client.on('error', () => {});
  client.on('connect', () => client.subscribe(`${prefix}/#`, { qos: 0 }));
  client.on('message', (topic, payload) => {
    heard[Math.floor(Math.random() * KEPT) % (heard.length + 1)] = { topic, payload };
  });
  const startedAt = performance.now();
  let count = 0;
  setInterval(() => {
    const due = ((performance.now() - startedAt) / 1000) * perSecond;
    for (; count < due; count += 1) {
      if (!client.connected) continue;
      const word = heard[Math.floor(Math.random() * heard.length)] ?? nothing;
      const garbage = KINDS[count % KINDS.length]?.(word, prefix, count) ?? nothing;
      client.publish(garbage.topic, garbage.payload, { qos: 0 });
    }
  }, BATCH_MS);
}

/** Changes its first two digits. */
function withWrongSignature(payload: Buffer): Buffer {
  return Buffer.from(payload.toString().replace(/("Signature":")../, '$1AA'));
}
