/** What the broker says when a connection is gone: after a kill, a freeze, another of its name. */

import type { IClientOptions } from 'mqtt';
import { formatMs, type Result } from './finding.ts';
import type { Probe } from './probe.ts';
import type { Ward } from './ward.ts';

/** PROTOCOL 6.1: so long after a will, a controller without a sign of life is suspected. */
const SOON_MS = 500;
/** Silence alone tells as much, after 3 heartbeats of 5 s. */
const HEARTBEATS_MS = 15_000;
const KEEPALIVE_SECONDS = 5;
const WILL_MS = 20_000;
/** A will for who is replaced comes at once, or not at all. */
const TAKEOVER_MS = 2_000;

/** A killed process: its connection ends without a word. */
export async function examineWill(ward: Ward): Promise<Result> {
  const { reader, owner, topic } = await openWill(ward, 'will');
  const from = performance.now();
  owner.cut();
  const heard = await reader.hear((it) => it.topic === topic, WILL_MS);
  const willMs = heard === null ? null : heard.at - from;
  const isSoon = willMs !== null && willMs <= SOON_MS;
  return {
    grade: isSoon ? 'good' : 'fair',
    found:
      willMs === null
        ? `no will came within ${formatMs(WILL_MS)} after a connection broke`
        : `the will came ${formatMs(willMs)} after a connection broke`,
    meaning: isSoon
      ? 'a controller that is killed is replaced within a second or two'
      : 'a controller that is killed is noticed by its silence: in 15 to 20 s',
    advice: isSoon ? null : 'a shorter --heartbeat for all peers notices sooner',
    facts: { willMs },
  };
}

/** A frozen process: its connection stays, and nothing comes over it any more. */
export async function examineFrozenWill(ward: Ward): Promise<Result> {
  const options = { keepalive: KEEPALIVE_SECONDS };
  const { reader, owner, topic } = await openWill(ward, 'frozen', options);
  const from = performance.now();
  owner.freeze();
  const heard = await reader.hear((it) => it.topic === topic, WILL_MS);
  owner.cut();
  const willMs = heard === null ? null : heard.at - from;
  return {
    grade: willMs !== null && willMs <= HEARTBEATS_MS ? 'good' : 'fair',
    found:
      willMs === null
        ? `no will came within ${formatMs(WILL_MS)} for a client that froze`
        : `the will of a client that froze came after ${formatMs(willMs)}`,
    meaning: 'silence for 3 heartbeats (15 to 20 s) tells as much',
    advice: null,
    facts: { willMs, keepaliveMs: 1_000 * KEEPALIVE_SECONDS },
  };
}

/** Another connection with the same MQTT client id. */
export async function examineTakeover(ward: Ward): Promise<Result> {
  const clientId = ward.clientId('t');
  const { reader, topic } = await openWill(ward, 'takeover', { clientId });
  await ward.enter({ clientId });
  const heard = await reader.hear((it) => it.topic === topic, TAKEOVER_MS);
  const hasWill = heard !== null;
  return {
    grade: 'good',
    found: `a connection that another of its name replaces leaves ${hasWill ? 'its' : 'no'} will`,
    meaning: 'either is fine: a will counts for its own connection alone',
    advice: null,
    facts: { hasWill },
  };
}

async function openWill(
  ward: Ward,
  name: string,
  options: IClientOptions = {},
): Promise<{ readonly reader: Probe; readonly owner: Probe; readonly topic: string }> {
  const topic = ward.topic(name);
  const reader = await ward.enter();
  await reader.subscribe(topic);
  const { hasWill, qos } = ward.manner;
  const will = { topic, payload: Buffer.from(ward.mark(name)), qos, retain: false };
  const owner = await ward.enter({ ...options, ...(hasWill && { will }) });
  return { reader, owner, topic };
}
