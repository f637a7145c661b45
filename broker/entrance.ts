/** Lets clients in: password, MQTT client id, the right to their will, and a place. */

import type { AedesOptions, AuthenticateError, Client, ConnectPacket } from 'aedes';
import {
  ACCEPTED,
  type Doorkeeper,
  IDENTIFIER_REJECTED,
  NOT_AUTHORIZED,
  type ReturnCode,
  SERVER_UNAVAILABLE,
} from './doorkeeper.ts';
import type { Reception, Visit } from './reception.ts';
import type { Party, Rights } from './rights.ts';
import { quote, type Tell } from './telling.ts';

export type EntranceOptions = {
  /** Null where the broker asks for no users. */
  readonly doorkeeper: Doorkeeper | null;
  readonly rights: Rights;
  readonly reception: Reception;
  readonly tell: Tell;
};

type Will = NonNullable<ConnectPacket['will']>;

/** A client that has logged in. */
type Resident = { readonly client: Client; readonly party: Party; readonly visit: Visit };

export class Entrance {
  readonly #options: EntranceOptions;
  readonly #visits = new WeakMap<Client, Visit>();
  readonly #wills = new WeakMap<Client, Will>();
  readonly #residents = new WeakMap<Client, Resident>();
  /** Clients that asked for a lasting session, without an MQTT client id. */
  readonly #nameless = new WeakSet<Client>();
  /** By MQTT client id. */
  readonly #named = new Map<string, Resident>();

  constructor(options: EntranceOptions) {
    this.#options = options;
  }

  /** The client that begins on this connection. */
  expect(client: Client, visit: Visit): void {
    this.#visits.set(client, visit);
  }

  /** Undefined for a client that has not logged in. */
  resident(client: Client): Resident | undefined {
    return this.#residents.get(client);
  }

  /** Its connection has ended. */
  left(client: Client): void {
    const { clientId = '' } = this.#residents.get(client)?.party ?? {};
    if (this.#named.get(clientId)?.client === client) this.#named.delete(clientId);
  }

  readonly preConnect: NonNullable<AedesOptions['preConnect']> = (client, packet, done) => {
    // MQTT-3.1.3-8: what could never be found again cannot be asked to be kept.
    if (packet.clientId === '' && !packet.clean) this.#nameless.add(client);
    // A session that outlives its connection would gather messages without end. Refusing to keep
    // one is a broker's right: the client is told so (CONNACK with session present 0).
    packet.clean = true;
    if (packet.will) this.#wills.set(client, packet.will);
    done(null, true);
  };

  readonly authenticate: NonNullable<AedesOptions['authenticate']> = (
    client,
    user,
    password,
    done,
  ) => {
    if (this.#nameless.has(client)) return done(refusal(IDENTIFIER_REJECTED), false);
    return void this.#check(user, password).then((checked) => {
      const returnCode = checked === ACCEPTED ? this.#enter(client, user ?? null) : checked;
      if (returnCode === ACCEPTED) done(null, true);
      else done(refusal(returnCode), false);
    });
  };

  async #check(user: string | undefined, password: Buffer | undefined): Promise<ReturnCode> {
    return (await this.#options.doorkeeper?.admit(user, password)) ?? ACCEPTED;
  }

  /** All in one step, so that of two with one MQTT client id the second finds the first. */
  #enter(client: Client, name: string | null): ReturnCode {
    const { doorkeeper, reception } = this.#options;
    const visit = this.#visits.get(client);
    if (visit === undefined || client.closed) return SERVER_UNAVAILABLE;
    const user = doorkeeper === null ? null : name;
    const role = doorkeeper?.roleOf(user ?? '') ?? 'peer';
    const party: Party = { user, role, clientId: client.id, network: visit.network };
    const predecessor = this.#named.get(client.id);
    const returnCode = this.#objectionTo(client, party, predecessor);
    if (returnCode !== ACCEPTED) return returnCode;
    if (!reception.enter(visit, predecessor?.visit ?? null)) return SERVER_UNAVAILABLE;
    const resident = { client, party, visit };
    this.#named.set(client.id, resident);
    this.#residents.set(client, resident);
    return ACCEPTED;
  }

  #objectionTo(client: Client, party: Party, predecessor: Resident | undefined): ReturnCode {
    const { rights, tell } = this.#options;
    const { user } = party;
    if (predecessor !== undefined && predecessor.party.user !== user) {
      const other = quote(predecessor.party.user ?? '');
      const sentence = `${describe(party)} was refused: the user ${other} has that MQTT client id.`;
      tell(`client id ${user}`, sentence);
      return IDENTIFIER_REJECTED;
    }
    const will = this.#wills.get(client);
    if (will === undefined) return ACCEPTED;
    const words = { topic: will.topic, retain: will.retain ?? false, payload: will.payload };
    const objection = rights.objectionTo(party, words);
    if (objection === null) return ACCEPTED;
    const { kind, reason } = objection;
    // Such a will is never published. To refuse the client would let another user keep it out, by
    // being the first to speak for its peer.
    const isIn = kind === 'others';
    const outcome = isIn ? 'is let in without its will' : 'was refused with its will';
    tell(
      `will ${kind} ${user}`,
      `${describe(party)} ${outcome} on ${quote(will.topic)}: ${reason}.`,
    );
    return isIn ? ACCEPTED : NOT_AUTHORIZED;
  }
}

/** For the sentences that people read. */
export function describe({ user, clientId, network }: Party): string {
  const who = user === null ? 'A client' : `The user ${quote(user)}`;
  return `${who} at ${network} with the MQTT client id ${quote(clientId)}`;
}

function refusal(returnCode: number): AuthenticateError {
  return Object.assign(new Error('The client was not let in.'), { returnCode });
}
