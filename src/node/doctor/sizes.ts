/** What may be said: how long a message may be, and which characters topics may have. */

import { PAYLOAD_MOST } from '../../wire/payload.ts';
import type { Result } from './finding.ts';
import { ECHO_MS, type Ward } from './ward.ts';

const KIB = 1_024;
/** Ours is one of them; a broker that takes 1 MiB takes enough. */
const SIZES: readonly number[] = [1, 4, 16, 32, PAYLOAD_MOST / KIB, 128, 256, 512, 1_024];

export async function examinePayload(ward: Ward): Promise<Result> {
  let most = 0;
  for (const kib of SIZES) {
    if (!(await echoes(ward, kib * KIB))) break;
    most = kib * KIB;
  }
  const isEnough = most >= PAYLOAD_MOST;
  const isAll = most === (SIZES.at(-1) ?? 0) * KIB;
  const size = `${most / KIB} KiB${isAll ? ' at least' : ''}`;
  return {
    grade: isEnough ? 'good' : 'bad',
    found: most === 0 ? 'not even 1 KiB arrives' : `messages of ${size} arrive`,
    meaning: `those of peers have ${PAYLOAD_MOST / KIB} KiB at most`,
    advice: isEnough ? null : `let the broker take packets of ${PAYLOAD_MOST / KIB + 1} KiB`,
    facts: { bytes: most, isMore: isAll },
  };
}

/** A connection for each size, as most brokers end one that says too much. */
async function echoes(ward: Ward, bytes: number): Promise<boolean> {
  const topic = ward.topic('payload');
  const probe = await ward.enter();
  await probe.subscribe(topic);
  const payload = Buffer.alloc(bytes, '.');
  // No answer is awaited: a broker that refuses gives none.
  void probe.publish(topic, payload, { qos: 1, retained: false });
  const isHeard = await probe.hears((it) => it.payload.byteLength === bytes, ECHO_MS);
  await probe.close();
  return isHeard;
}

/** Characters that some brokers keep for themselves. */
const NAMES = { dot: 'a.b', space: 'a b' } as const;

/** `changed`: it arrives on another topic, as brokers do that write levels with another sign. */
type Passage = 'kept' | 'changed' | 'lost';

export async function examineTopicNames(ward: Ward): Promise<Result> {
  const [dot, space] = await Promise.all([pass(ward, NAMES.dot), pass(ward, NAMES.space)]);
  const lacking = [...lack('"."', dot), ...lack('spaces', space)];
  const isFree = lacking.length === 0;
  // No prefix has spaces.
  const isOurs = dot !== 'kept' && ward.prefix.includes('.');
  return {
    grade: isOurs ? 'bad' : 'good',
    found: isFree ? 'topics may have "." and spaces' : lacking.join('; '),
    meaning: 'our own have neither, unless the prefix has',
    advice: dot === 'kept' ? null : 'leave "." out of --prefix',
    facts: { dot, space },
  };
}

function lack(what: string, passage: Passage): readonly string[] {
  if (passage === 'kept') return [];
  return [
    passage === 'lost'
      ? `nothing arrives on topics with ${what}`
      : `what is said on topics with ${what} arrives on other topics`,
  ];
}

async function pass(ward: Ward, name: string): Promise<Passage> {
  const topic = ward.topic(name);
  const payload = ward.mark(name);
  const probe = await ward.enter();
  await probe.subscribe(topic);
  void probe.publish(topic, payload, { qos: 1, retained: false });
  const isHeard = await probe.hears((it) => it.payload.toString() === payload, ECHO_MS);
  if (!isHeard) return 'lost';
  return probe.heard.some((it) => it.topic === topic) ? 'kept' : 'changed';
}
