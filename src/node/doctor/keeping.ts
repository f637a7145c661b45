/** What the broker retains, and who is shown it: only who asks by name, or with wildcards, too. */

import type { Result } from './finding.ts';
import { ECHO_MS, type Ward } from './ward.ts';

const MISSED = 'newcomers hear within some seconds who is there and who is controller, not at once';
const NOTHING_LOST = 'nothing is lost: we rely on no retained message';

export async function examineRetained(ward: Ward): Promise<Result> {
  if (!ward.manner.retains) {
    return {
      grade: 'fair',
      found: 'the broker takes no retained messages',
      meaning: MISSED,
      advice: NOTHING_LOST,
      facts: { exact: false, wildcard: false, oneLevel: false, allLevels: false },
    };
  }
  const topic = ward.topic('retained');
  const writer = await ward.enter();
  ward.keep(topic);
  await writer.publish(topic, ward.mark('retained'), { qos: 1, retained: true });
  const parent = topic.replace(/\/[^/]+$/, '');
  const [exact, one, all] = await Promise.all([
    isShown(ward, topic, topic),
    isShown(ward, topic, `${parent}/+`),
    isShown(ward, topic, `${parent}/#`),
  ]);
  const wildcard = one && all;
  return {
    grade: exact && wildcard ? 'good' : 'fair',
    found: describeShown(exact, wildcard),
    meaning: wildcard ? 'newcomers know at once who is there and who is controller' : MISSED,
    advice: wildcard ? null : NOTHING_LOST,
    facts: { exact, wildcard, oneLevel: one, allLevels: all },
  };
}

function describeShown(exact: boolean, wildcard: boolean): string {
  if (exact && wildcard) return 'retained messages are kept, and shown through wildcards, too';
  if (exact) return 'retained messages are kept, but NOT shown through wildcards';
  return wildcard
    ? 'retained messages are shown through wildcards, but not on their own topic'
    : 'retained messages are not kept';
}

async function isShown(ward: Ward, topic: string, filter: string): Promise<boolean> {
  const reader = await ward.enter();
  if (!(await reader.subscribe(filter))) return false;
  const heard = await reader.hear((it) => it.topic === topic && it.retained, ECHO_MS / 2);
  return heard !== null;
}
