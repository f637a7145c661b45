/** Looks on at a network of ours: the door's checks, a few rules, and a picture of it all. */

import type { Hasher, Verifier } from '../domain/crypto.ts';
import type { Message } from '../domain/message.ts';
import type { ClientID, Instant, Term } from '../domain/names.ts';
import { UNFOUNDED } from '../domain/names.ts';
import { Door, type DoorView } from '../wire/door.ts';
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

const NOBODY: ReadonlySet<ClientID> = new Set();

export class OurOnlooker implements Onlooker<Sighting, Picture> {
  readonly picture: Picture = newPicture();
  readonly #prefix: string;
  readonly #hasher: Hasher;
  readonly #door: Door;
  readonly #reader = new KeepingReader();
  #at = 0;

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
    const kind = readTopic(this.#prefix, recorded.topic)?.kind ?? null;
    // Recordings may jump back in time, and doors may not.
    this.#at = Math.max(this.#at, recorded.time);
    this.#reader.forget();
    const { event } = this.#door.check(recorded, this.#view(), this.#at as Instant);
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
