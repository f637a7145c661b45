/** Who may come in, what the broker calls itself, and which MQTT it speaks. */

import { withoutInterface } from '../host.ts';
import type { BrokerUrl } from '../mqtt-url.ts';
import type { Result } from './finding.ts';
import type { Probe } from './probe.ts';
import type { Ward } from './ward.ts';

/** Where brokers say which version they are; only some do. */
const VERSION_TOPIC = '$SYS/broker/version';
const VERSION_MS = 500;

const LOOPBACK = /^(localhost|127(\.\d+){3}|::1)$/i;

/** Whether the broker asks who one is. */
export async function examineLogin(
  ward: Ward,
  broker: BrokerUrl,
  username: string | null,
): Promise<Result> {
  const letsAnybodyIn = username === null || (await letsStrangersIn(ward));
  const isLocal = LOOPBACK.test(withoutInterface(broker.host));
  const facts = { username, letsAnybodyIn };
  const who = username === null ? 'we came in without a name' : `we came in as "${username}"`;
  if (!letsAnybodyIn) {
    return {
      grade: 'good',
      found: `${who}, and who gives no name is kept out`,
      meaning: 'only those can disturb who have a password',
      advice: null,
      facts,
    };
  }
  return {
    grade: isLocal ? 'good' : 'fair',
    found: username === null ? who : `${who}, and who gives no name comes in, too`,
    meaning: 'nobody can forge what peers sign, but whoever comes in can flood them',
    advice: isLocal ? null : 'give the broker users and access rules where strangers can reach it',
    facts,
  };
}

async function letsStrangersIn(ward: Ward): Promise<boolean> {
  try {
    await ward.enterNameless();
    return true;
  } catch {
    return false;
  }
}

export async function examineVersion(ward: Ward): Promise<Result> {
  const probe = await ward.enter();
  await probe.subscribe(VERSION_TOPIC);
  const heard = await probe.hear(({ topic }) => topic === VERSION_TOPIC, VERSION_MS);
  const version = heard?.payload.toString().replace(/\p{C}/gu, '?').slice(0, 100) ?? null;
  return {
    grade: version === null ? 'unknown' : 'good',
    found: version === null ? 'the broker does not say what it is' : `it is ${version}`,
    meaning: 'nothing of ours depends on it; what counts is below',
    advice: null,
    facts: { version },
  };
}

export async function examineMqtt5(ward: Ward): Promise<Result> {
  let probe: Probe | null = null;
  try {
    probe = await ward.enter({ protocolVersion: 5 });
  } catch {
    // It is what we came to find out.
  }
  const maximumPacketSize = probe?.limits.maximumPacketSize ?? null;
  return {
    grade: 'good',
    found: probe === null ? 'it does not take MQTT 5' : 'it takes MQTT 5',
    meaning: 'we speak MQTT 3.1.1, and lack nothing either way',
    advice: null,
    facts: { mqtt5: probe !== null, maximumPacketSize },
  };
}
