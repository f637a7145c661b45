import { expect, it } from 'vitest';
import { explain, explainTakenOver } from '../../src/node/mqtt-reason.ts';
import { parseBrokerUrl } from '../../src/node/mqtt-url.ts';

const broker = parseBrokerUrl('mqtt://h');
const before = { broker, username: null, keepaliveSeconds: 30, wasAccepted: false };
const after = { ...before, username: 'ann', wasAccepted: true };

function errorWith(code: string | number | undefined, message = 'told by the system'): Error {
  return Object.assign(new Error(message), code === undefined ? {} : { code });
}

it.each([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ECONNRESET',
  'EPIPE',
  'ESOMETHING',
  undefined,
])('after %s another attempt may fare better', (code) => {
  for (const circumstances of [before, after]) {
    const { reason, fatal } = explain({ kind: 'failed', error: errorWith(code) }, circumstances);
    expect(fatal).toBeNull();
    expect(reason).toMatch(/^[A-Zm].*[.?]$/);
    expect(reason).toMatch(/\bh\b/);
  }
});

it.each([
  [1, 'refused-by-broker'],
  [2, 'refused-by-broker'],
  [3, undefined],
  [4, 'bad-password'],
  [5, 'not-authorized'],
  [6, 'refused-by-broker'],
])('CONNACK %d means %s', (code, name) => {
  const { reason, fatal } = explain({ kind: 'failed', error: errorWith(code) }, before);
  expect(fatal?.code).toBe(name);
  if (fatal) expect(fatal.facts).toEqual({ url: 'mqtt://h:1883', returnCode: code });
  expect(reason).toContain('mqtt://h:1883');
});

it.each([
  ['CERT_HAS_EXPIRED', 'bad-certificate'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'bad-certificate'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'bad-certificate'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'bad-certificate'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls-failed'],
  ['EPROTO', 'tls-failed'],
])('%s does not mend itself', (code, name) => {
  const ending = { kind: 'failed', error: errorWith(code) } as const;
  expect(explain(ending, before).fatal?.code).toBe(name);
  expect(explain(ending, after).fatal).toBeNull();
});

it('a connection closed before a word may want TLS, or none', () => {
  const secure = { ...before, broker: parseBrokerUrl('mqtts://h') };
  expect(explain({ kind: 'closed' }, before).reason).toMatch(/wants TLS\.$/);
  expect(explain({ kind: 'closed' }, secure).reason).toMatch(/wants no TLS\.$/);
  expect(explain({ kind: 'closed' }, after).reason).toBe(
    'The broker at mqtt://h:1883 closed the connection.',
  );
});

it.each([
  [
    2,
    'refused the connection: it does not take our MQTT client id, which another user may have, ' +
      'or our keepalive of 30 s, for which it may have a lower limit.',
  ],
  [3, 'is full, or not ready (server unavailable).'],
  [
    5,
    'does not let in the user "ann": check user name and password, and that the user may ' +
      'publish, not only read.',
  ],
])('CONNACK %d is told in one sentence', (code, sentence) => {
  const refused = { ...after, wasAccepted: false };
  const { reason } = explain({ kind: 'failed', error: errorWith(code) }, refused);
  expect(reason).toBe(`The broker at mqtt://h:1883 ${sentence}`);
});

it('silence is told from slowness', () => {
  const silent = { kind: 'failed', error: errorWith(undefined, 'Keepalive timeout') } as const;
  expect(explain(silent, after).reason).toMatch(/fell silent/);
  expect(explain({ kind: 'timed-out', ms: 10_000 }, before).reason).toBe(
    'The broker at mqtt://h:1883 did not answer within 10 s.',
  );
});

it('a link-local address without its interface is told what it lacks', () => {
  const failed = { kind: 'failed', error: errorWith('EINVAL') } as const;
  const lost = { ...before, broker: parseBrokerUrl('mqtt://[fe80::1]') };
  expect(explain(failed, lost).reason).toMatch(/needs the name of an interface/);
  expect(explain(failed, before).reason).not.toMatch(/interface/);
});

it('a stolen name is named', () => {
  const error = explainTakenOver(broker, 'sortition-x', 3);
  expect(error).toMatchObject({ code: 'taken-over', facts: { clientId: 'sortition-x', times: 3 } });
});
