/** Who may say what: a peer speaks for itself alone, and a viewer only reads. */

import { quote } from './telling.ts';

export const ROLES = ['peer', 'viewer'] as const;

export type Role = (typeof ROLES)[number];

/** A client that has logged in. */
export type Party = {
  /** Null where the broker asks for no users. */
  readonly user: string | null;
  readonly role: Role;
  /** As in its CONNECT. */
  readonly clientId: string;
  readonly network: string;
};

/** What a client publishes, or leaves as a will. */
export type Words = {
  readonly topic: string;
  readonly retain: boolean;
  readonly payload: { readonly length: number };
};

/** Why a client may not publish something; `reason` completes "… may not publish on …:". */
export type Objection = {
  /** `others`: only because another user was there first. */
  readonly kind: 'viewer' | 'not-its-name' | 'others';
  readonly reason: string;
};

/** `PREFIX/peer/ClientID`: the name is a UUID, or a small number in one of the labs' dialects. */
const PRESENCE = /^.+\/peer\/([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}|\d{1,5})$/i;

/** The most names that are remembered of one user; of more, the oldest are forgotten. */
const MOST_CLAIMS = 5_000;

/** The ClientID on whose presence topic this is; null for any other topic. */
export function presenceNameOf(topic: string): string | null {
  return PRESENCE.exec(topic)?.[1] ?? null;
}

/** Whether a client speaks for the peer: its MQTT client id is `[sortition-]ClientID[-…]`. */
function isOf(clientId: string, name: string): boolean {
  const rest = clientId.replace(/^sortition-/, '');
  return rest === name || rest.startsWith(`${name}-`);
}

/**
 * Remembers as long as the broker runs which user speaks for which peer.
 *
 * Where the broker asks for no users, everybody may publish everything: anybody can take any MQTT
 * client id there, and a rule would only look like a protection.
 */
export class Rights {
  /** By topic. */
  readonly #owners = new Map<string, string>();
  /** By user, the oldest first. */
  readonly #claims = new Map<string, Set<string>>();
  readonly #setterOf: (topic: string) => string | null;

  /** `setterOf`: the user who had a topic retained; null where there is none. */
  constructor(setterOf: (topic: string) => string | null) {
    this.#setterOf = setterOf;
  }

  /** Null if it may publish this; a presence is its user's from then on. */
  objectionTo({ user, role, clientId }: Party, words: Words): Objection | null {
    if (user === null) return null;
    if (role === 'viewer') return { kind: 'viewer', reason: 'a viewer only reads' };
    const { topic, retain, payload } = words;
    const name = presenceNameOf(topic);
    if (name !== null) return this.#objectionToPresence(user, topic, isOf(clientId, name));
    if (!retain || payload.length > 0) return null;
    const setter = this.#setterOf(topic);
    if (setter === null || setter === user) return null;
    return { kind: 'others', reason: `the user ${quote(setter)} said what is retained there` };
  }

  #objectionToPresence(user: string, topic: string, isItsName: boolean): Objection | null {
    if (!isItsName) {
      const reason = 'its MQTT client id does not begin with the name of that peer';
      return { kind: 'not-its-name', reason };
    }
    const owner = this.#owners.get(topic) ?? user;
    if (owner !== user) {
      return { kind: 'others', reason: `the user ${quote(owner)} speaks for that peer` };
    }
    this.#claim(topic, user);
    return null;
  }

  #claim(topic: string, user: string): void {
    const claims = this.#claims.get(user) ?? new Set();
    this.#claims.set(user, claims);
    claims.delete(topic);
    claims.add(topic);
    this.#owners.set(topic, user);
    if (claims.size <= MOST_CLAIMS) return;
    const [oldest = ''] = claims;
    claims.delete(oldest);
    this.#owners.delete(oldest);
  }
}
