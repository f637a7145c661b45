/** Walks through a recording, forward and back, with the picture that one had at each message. */

import { assert } from '../domain/assert.ts';
import type { Recorded } from './recording.ts';
import type { AnySighting, Onlooker } from './sighting.ts';

/** How a picture moves on by a sighting; see `advance` and `advanceLab`. */
export type Advance<Seen, Shown> = (picture: Shown, sighting: Seen) => void;

/** A copy of the picture is kept every so many messages: so far one walks again to go back. */
const KEPT_EVERY = 250;

export class Walk<Seen extends AnySighting, Shown> {
  readonly #recording: readonly Recorded[];
  readonly #onlooker: Onlooker<Seen, Shown>;
  readonly #advance: Advance<Seen, Shown>;
  /** What the onlooker has judged so far: each message once, as doors remember. */
  readonly #sightings: Seen[] = [];
  /** The picture before message 0, `KEPT_EVERY`, twice that … */
  readonly #kept: Shown[];
  #picture: Shown;
  #at = 0;

  /** `onlooker` has not heard anything yet. */
  constructor(
    recording: readonly Recorded[],
    onlooker: Onlooker<Seen, Shown>,
    advance: Advance<Seen, Shown>,
  ) {
    this.#recording = recording;
    this.#onlooker = onlooker;
    this.#advance = advance;
    this.#picture = structuredClone(onlooker.picture);
    this.#kept = [structuredClone(onlooker.picture)];
  }

  /** How many messages have been heard at this place. */
  get at(): number {
    return this.#at;
  }

  get length(): number {
    return this.#recording.length;
  }

  /** The picture after them. */
  get picture(): Shown {
    return this.#picture;
  }

  /** The last of them; null at the beginning. */
  get sighting(): Seen | null {
    return this.#sightings[this.#at - 1] ?? null;
  }

  /** Goes to the place where so many messages have been heard, or as near as there are any. */
  goTo(wanted: number): void {
    const to = Math.max(0, Math.min(this.length, Math.trunc(wanted)));
    if (to < this.#at) this.#goBack(to);
    while (this.#at < to) {
      this.#advance(this.#picture, this.#sightingAt(this.#at));
      this.#at += 1;
    }
  }

  #goBack(to: number): void {
    const nearest = Math.min(this.#kept.length - 1, Math.floor(to / KEPT_EVERY));
    this.#picture = structuredClone(this.#keptAt(nearest));
    this.#at = nearest * KEPT_EVERY;
  }

  #keptAt(index: number): Shown {
    const kept = this.#kept[index];
    assert(kept !== undefined, 'There is a picture of each place that was passed.');
    return kept;
  }

  #sightingAt(index: number): Seen {
    const known = this.#sightings[index];
    if (known !== undefined) return known;
    const recorded = this.#recording[index];
    assert(recorded !== undefined, 'Nobody walks beyond the end.');
    const sighting = this.#onlooker.hear(recorded);
    this.#sightings.push(sighting);
    if (this.#sightings.length % KEPT_EVERY === 0) {
      this.#kept.push(structuredClone(this.#onlooker.picture));
    }
    return sighting;
  }
}
