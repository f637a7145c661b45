/** Asks who connects, without letting a crowd of guessers keep the broker busy. */

import { checkPassword, type HashedPassword, nobodysHash } from './password.ts';
import type { Role } from './rights.ts';
import type { User } from './users-file.ts';

/** CONNACK return codes (MQTT 3.1.1 table 3.1). */
export const IDENTIFIER_REJECTED = 2;
export const SERVER_UNAVAILABLE = 3;
export const BAD_USER_OR_PASSWORD = 4;
export const NOT_AUTHORIZED = 5;
export const ACCEPTED = 0;

export type ReturnCode =
  | typeof ACCEPTED
  | typeof IDENTIFIER_REJECTED
  | typeof SERVER_UNAVAILABLE
  | typeof BAD_USER_OR_PASSWORD
  | typeof NOT_AUTHORIZED;

/** Node has four threads for such work by default; two stay free for files and names. */
const MAX_CHECKS = 2;
/** Some 2 s of work. Whoever comes when so many wait is told to come back. */
const MAX_WAITING = 100;

export class Doorkeeper {
  readonly #users: ReadonlyMap<string, User>;
  readonly #nobody: HashedPassword;
  readonly #waiting: (() => void)[] = [];
  #checks = 0;

  constructor(users: ReadonlyMap<string, User>) {
    this.#users = users;
    // At the cost of a known user, so that time does not tell which names exist.
    this.#nobody = nobodysHash(users.values().next().value);
  }

  /** A name that is not known has no rights to lose. */
  roleOf(user: string): Role {
    return this.#users.get(user)?.role ?? 'viewer';
  }

  /** What to answer a CONNECT with. Never throws. */
  async admit(user: string | undefined, password: Buffer | undefined): Promise<ReturnCode> {
    if (user === undefined || user === '') return NOT_AUTHORIZED;
    if (this.#waiting.length >= MAX_WAITING) return SERVER_UNAVAILABLE;
    if (this.#checks >= MAX_CHECKS) await new Promise<void>((go) => this.#waiting.push(go));
    else this.#checks += 1;
    try {
      const hashed = this.#users.get(user);
      const isRight = await checkPassword(hashed ?? this.#nobody, password ?? '');
      return isRight && hashed !== undefined ? ACCEPTED : BAD_USER_OR_PASSWORD;
    } catch {
      return SERVER_UNAVAILABLE; // scrypt found no memory.
    } finally {
      // The place passes on to whoever waits longest, or is given up.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#checks -= 1;
    }
  }
}
