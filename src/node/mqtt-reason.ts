/** Says in a sentence why an attempt ended, and whether another one can fare better. */

import type { BrokerUrl } from './mqtt-url.ts';
import { WorldError } from './world-error.ts';

/** How an attempt ended, other than by our own wish. */
export type Ending =
  /** An error of the system, of TLS, of the protocol; or the broker's refusal. */
  | { readonly kind: 'failed'; readonly error: Error }
  | { readonly kind: 'timed-out'; readonly ms: number }
  /** The SUBACK refuses this filter. */
  | { readonly kind: 'denied'; readonly filter: string }
  /** The broker closed the connection and gave no reason; MQTT 3.1.1 has no way to. */
  | { readonly kind: 'closed' };

export type Circumstances = {
  readonly broker: BrokerUrl;
  /** As sent to the broker; null for none. */
  readonly username: string | null;
  readonly keepaliveSeconds: number;
  /** Whether the broker had accepted the connection. */
  readonly wasAccepted: boolean;
};

/** `fatal` where the broker refuses us, or we it: who was never in may well give up. */
export type Explanation = { readonly reason: string; readonly fatal: WorldError | null };

/** RFC 4291 section 2.5.6: such an address says nothing without the link that it is on. */
const LINK_LOCAL = /^fe[89ab][\da-f]:/i;

/** X509 verification errors as node:tls names them. */
const BAD_CERTIFICATE =
  /^(CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|INVALID_|PATH_LENGTH_|HOSTNAME_|ERR_TLS_CERT_)/;
/** What OpenSSL says when it was not TLS that it heard, or no TLS that both sides take. */
const TLS_FAILED = /^(ERR_SSL_|EPROTO$)/;

/** By CONNACK return code; what they leave out has a sentence of its own. */
const REFUSALS: Readonly<Record<number, (keepaliveSeconds: number) => string>> = {
  1: () => 'it does not speak MQTT 3.1.1',
  // MQTT 3.1.1 has no code for a long keepalive: Mosquitto says this one where it has a limit.
  2: (keepaliveSeconds) =>
    'it does not take our MQTT client id, which another user may have, or our keepalive of ' +
    `${keepaliveSeconds} s, for which it may have a lower limit`,
  6: (keepaliveSeconds) =>
    `code 6, with which aedes refuses a keepalive that is too long (ours is ${keepaliveSeconds} s)`,
};
/** From here on codes are those of MQTT 5, which some brokers say to everybody. */
const FIRST_MQTT5_CODE = 128;

/** A peer has a will, which a user that only reads may not have. */
const ADVICE = 'check user name and password, and that the user may publish, not only read';

export function explain(ending: Ending, circumstances: Circumstances): Explanation {
  const { broker, wasAccepted } = circumstances;
  switch (ending.kind) {
    case 'failed':
      return explainError(ending.error, circumstances);
    case 'timed-out':
      return mending(`The broker at ${broker.text} did not answer within ${ending.ms / 1000} s.`);
    case 'denied':
      return {
        reason: `The broker at ${broker.text} denied the subscription to ${ending.filter}.`,
        fatal: new WorldError(
          `The broker at ${broker.text} does not let us subscribe to ${ending.filter}: ` +
            'its access rules must allow that.',
          { code: 'subscription-denied', facts: { url: broker.text, filter: ending.filter } },
        ),
      };
    case 'closed':
      if (wasAccepted) return mending(`The broker at ${broker.text} closed the connection.`);
      return mending(
        `${broker.text} closed the connection before a word: maybe no MQTT broker is there, ` +
          `or one that is full, or that wants ${broker.isSecure ? 'no TLS' : 'TLS'}.`,
      );
  }
}

/**
 * Whether it may have been what we asked for in the CONNECT that the broker ended an attempt over,
 * and not us: MQTT 3.1.1 has no code for it, so that most brokers say nothing.
 */
export function mayBeOverWishes(ending: Ending, wasAccepted: boolean): boolean {
  if (wasAccepted || ending.kind === 'timed-out' || ending.kind === 'denied') return false;
  if (ending.kind === 'closed') return true;
  const code: unknown = 'code' in ending.error ? ending.error.code : undefined;
  if (typeof code === 'number') return code >= FIRST_MQTT5_CODE;
  return code === 'ECONNRESET' || code === 'EPIPE';
}

/** Said after several connections that were closed as soon as the broker had accepted them. */
export function explainTakenOver(broker: BrokerUrl, clientId: string, times: number): WorldError {
  return new WorldError(
    `The broker at ${broker.text} accepted us ${times} times and closed the connection at once: ` +
      `another client has our MQTT client id ${clientId}, or the broker's rules forbid what we do.`,
    { code: 'taken-over', facts: { url: broker.text, clientId, times } },
  );
}

function explainError(error: Error, circumstances: Circumstances): Explanation {
  const { broker, wasAccepted } = circumstances;
  const code: unknown = 'code' in error ? error.code : undefined;
  if (typeof code === 'number' && !wasAccepted) return explainRefusal(code, circumstances);
  if (typeof code === 'string' && !wasAccepted) {
    const fatal = explainTls(code, error, broker);
    if (fatal) return { reason: fatal.message, fatal };
  }
  return mending(describeError(code, error, circumstances));
}

function describeError(code: unknown, error: Error, circumstances: Circumstances): string {
  const { broker, wasAccepted } = circumstances;
  switch (code) {
    case 'ECONNREFUSED':
      return `No broker is at ${broker.text}: nothing listens there.`;
    case 'ENOTFOUND':
      return `No broker is at ${broker.text}: there is no host named ${broker.host}.`;
    case 'EAI_AGAIN':
      return `The name ${broker.host} cannot be looked up at the moment: is there a network?`;
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'EHOSTDOWN':
    case 'ENETDOWN':
      return `The broker at ${broker.text} cannot be reached (${code}): is there a network?`;
    case 'ECONNRESET':
    case 'EPIPE':
      if (wasAccepted) return `The connection to the broker at ${broker.text} broke.`;
      return explain({ kind: 'closed' }, circumstances).reason;
    default:
      // MQTT.js gives this one no code.
      if (error.message === 'Keepalive timeout') {
        return `The broker at ${broker.text} fell silent, or the network to it did.`;
      }
      if (code === 'EINVAL' && LINK_LOCAL.test(broker.host)) {
        return (
          `The broker at ${broker.text} cannot be reached (EINVAL): its address needs the name ` +
          'of an interface of this machine, as in fe80::1%eth0.'
        );
      }
      return `The connection to ${broker.text} failed: ${error.message || String(code)}.`;
  }
}

/** CONNACK with a return code (MQTT 3.1.1 section 3.2.2.3). */
function explainRefusal(code: number, circumstances: Circumstances): Explanation {
  const { broker, username, keepaliveSeconds } = circumstances;
  if (code === 3) {
    return mending(`The broker at ${broker.text} is full, or not ready (server unavailable).`);
  }
  const facts = { url: broker.text, returnCode: code };
  const who = username === null ? 'clients without a user name' : `the user "${username}"`;
  const why = REFUSALS[code]?.(keepaliveSeconds) ?? `code ${code}`;
  const [name, sentence] =
    code === 4
      ? ['bad-password', `does not know the user name or password that we gave (${who}).`]
      : code === 5
        ? ['not-authorized', `does not let in ${who}: ${ADVICE}.`]
        : ['refused-by-broker', `refused the connection: ${why}.`];
  const fatal = new WorldError(`The broker at ${broker.text} ${sentence}`, { code: name, facts });
  return { reason: fatal.message, fatal };
}

function explainTls(code: string, cause: Error, broker: BrokerUrl): WorldError | null {
  const facts = { url: broker.text, tls: code };
  if (BAD_CERTIFICATE.test(code)) {
    return new WorldError(
      `The certificate of the broker at ${broker.text} cannot be trusted (${cause.message}): ` +
        'name the certificate authority that signed it, or correct the host.',
      { code: 'bad-certificate', facts, cause },
    );
  }
  if (!TLS_FAILED.test(code)) return null;
  return new WorldError(
    `${broker.text} and we could not agree on TLS (${code}): maybe the port speaks no TLS, or ` +
      'the broker wants a certificate of ours.',
    { code: 'tls-failed', facts, cause },
  );
}

function mending(reason: string): Explanation {
  return { reason, fatal: null };
}
