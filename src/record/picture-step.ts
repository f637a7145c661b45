/** One step of a picture in the making, for the files that each know a part of it. */

import type { Hasher } from '../domain/crypto.ts';
import type { UnixMs } from '../domain/names.ts';
import { keep, OCCURRENCES_KEPT, type Occurrence, type Picture } from './picture.ts';

export type Step = {
  readonly picture: Picture;
  readonly at: UnixMs;
  readonly hasher: Hasher;
  readonly retained: boolean;
};

/** Distributes over a union, which `Omit` alone does not. */
type Untimed<One> = One extends Occurrence ? Omit<One, 'at'> : never;

/** Something that people want to read about. */
export function tell({ picture, at }: Step, occurrence: Untimed<Occurrence>): void {
  keep(picture.occurrences, { at, ...occurrence } as Occurrence, OCCURRENCES_KEPT);
}
