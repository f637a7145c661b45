/** Looks on at a network of ours: the door's checks, a few rules, and a picture of it all. */

import type { Hasher, Verifier } from '../domain/crypto.ts';
import type { Message } from '../domain/message.ts';
import type { ClientID, Instant, Term } from '../domain/names.ts';
import { UNFOUNDED } from '../domain/names.ts';
import { Door, type DoorView, type Verdict } from '../wire/door.ts';
import { plainReader, type Reader } from '../wire/reader.ts';
import { readTopic } from '../wire/topics.ts';
import { newPicture, type Picture } from './picture.ts';
import { advance } from './picture-advance.ts';
import { judge } from './picture-judge.ts';
import type { Recorded } from './recording.ts';
import { checkOf, type Onlooker, type Sighting, speakerOf } from './sighting.ts';

export type OnlookerOptions = {
  readonly prefix: string;
  readonly hasher: Hasher;
  readonly verifier: Verifier;
};

/** How many presences that a broker kept are looked at at once; a network has no more peers. */
const LOOKED_AT_MOST = 200;
/** How many others are put aside until their owners speak. */
const ASIDE_MOST = 20_000;

const NOBODY: ReadonlySet<ClientID> = new Set();

export class OurOnlooker implements Onlooker<Sighting, Picture> {
  readonly picture: Picture = newPicture();
  readonly #prefix: string;
  readonly #hasher: Hasher;
  readonly #door: Door;
  readonly #reader = new KeepingReader();
  #at = 0;
  #presences = 0;
  /** Presences of peers that may be long gone: each costs a signature check. */
  readonly #aside = new Map<ClientID, Recorded>();

  constructor({ prefix, hasher, verifier }: OnlookerOptions) {
    this.#prefix = prefix;
    this.#hasher = hasher;
    this.#door = new Door({ prefix, self: null, hasher, verifier, reader: this.#reader });
  }

  hear(recorded: Recorded): Sighting {
    const sighting = this.#look(recorded);
    advance(this.picture, sighting, this.#hasher);
    return sighting;
  }

  #look(recorded: Recorded): Sighting {
    const place = readTopic(this.#prefix, recorded.topic);
    const kind = place?.kind ?? null;
    // It clears what a broker keeps, and is no message of a peer.
    if (kind !== null && recorded.payload.length === 0) return unread(recorded, kind, null);
    if (place?.kind === 'presence' && recorded.retained && place.owner !== null) {
      this.#presences += 1;
      if (this.#presences > LOOKED_AT_MOST) return this.#putAside(recorded, place.owner);
    }
    // Recordings may jump back in time, and doors may not.
    this.#at = Math.max(this.#at, recorded.time);
    this.#reader.forget();
    const event = this.#check(recorded);
    const about = { recorded, kind };
    if (event.kind === 'refused') {
      const { from, refusal } = event;
      const fault = { check: checkOf(refusal), refusal };
      return { ...about, from, message: this.#reader.kept, evidence: [], fault };
    }
    const { message, evidence, retained } = event;
    const refusal = judge(this.picture, { message, evidence, retained }, this.#hasher);
    const fault = refusal === null ? null : { check: checkOf(refusal), refusal };
    return { ...about, from: speakerOf(message), message, evidence, fault };
  }

  #putAside(recorded: Recorded, owner: ClientID): Sighting {
    this.#aside.set(owner, recorded);
    const [oldest] = this.#aside.keys();
    if (this.#aside.size > ASIDE_MOST && oldest !== undefined) this.#aside.delete(oldest);
    return unread(recorded, 'presence', owner);
  }

  /** A peer that speaks is there after all: its presence tells its key. */
  #check(recorded: Recorded): Verdict['event'] {
    const at = this.#at as Instant;
    const { event } = this.#door.check(recorded, this.#view(), at);
    const isUnknown = event.kind === 'refused' && event.refusal.code === 'unknown-sender';
    const aside = isUnknown && event.from !== null ? this.#aside.get(event.from) : undefined;
    if (aside === undefined || !isUnknown || event.from === null) return event;
    this.#aside.delete(event.from);
    this.#door.check(aside, this.#view(), at);
    this.#reader.forget();
    return this.#door.check(recorded, this.#view(), at).event;
  }

  /** What is late is judged by the picture: the door is to look at everything. */
  #view(): DoorView {
    const members = this.picture.roster?.members;
    if (members !== this.#members.of) {
      const names = new Set(members?.map(({ clientID }) => clientID));
      this.#members = { of: members, names: members === undefined ? NOBODY : names };
    }
    return {
      term: 0 as Term,
      height: UNFOUNDED,
      members: this.#members.names,
      // Whether a transaction is timely only a ledger knows.
      judge: () => null,
    };
  }

  #members: { of: unknown; names: ReadonlySet<ClientID> } = { of: undefined, names: NOBODY };
}

/** Nothing is known of it but where it was said. */
function unread(recorded: Recorded, kind: Sighting['kind'], from: ClientID | null): Sighting {
  return { recorded, kind, from, message: null, evidence: [], fault: null };
}

/** Keeps what was read last, so that it can be shown although the door refused it. */
class KeepingReader implements Reader {
  #kept: Message | null = null;

  readonly text: Reader['text'] = (payload) => plainReader.text(payload);
  readonly exhibit: Reader['exhibit'] = (kind, text) => plainReader.exhibit(kind, text);

  readonly letter: Reader['letter'] = (place, topic, payload) => {
    const reading = plainReader.letter(place, topic, payload);
    this.#kept = reading.ok ? reading.letter.message : null;
    return reading;
  };

  readonly passed: Reader['passed'] = (payload) => {
    const reading = plainReader.passed(payload);
    this.#kept = reading.ok ? reading.message : null;
    return reading;
  };

  get kept(): Message | null {
    return this.#kept;
  }

  forget(): void {
    this.#kept = null;
  }
}
