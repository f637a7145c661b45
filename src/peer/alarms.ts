/** What a peer may be woken for, and when. */

import type { Instant } from '../domain/names.ts';

/** Each has one deadline at most. */
export const ALARMS = [
  'reconnect',
  'naming',
  'introduce',
  'present',
  'attend',
  'greet',
  'welcome',
  'beat',
  'gather',
  'elect',
  'say-again',
  'phase',
  'suspect',
  'mandate',
  'reach',
  'open',
  'propose',
  'quorum',
  'care',
  'farewell',
  'solve',
  'ask',
  'serve',
  'fetch',
  'hand-out',
  'pass-on',
  'evictions',
  'quests',
  'source',
  'refusals',
  'rewrite',
] as const;

export type Alarm = (typeof ALARMS)[number];

/** The deadline of an alarm that is not set. */
export const NEVER: Instant = Number.POSITIVE_INFINITY as Instant;

/** Always all of them, as they are looked at after each event: plain data of one shape. */
export type Alarms = Record<Alarm, Instant>;

export function noAlarms(): Alarms {
  return Object.fromEntries(ALARMS.map((alarm) => [alarm, NEVER])) as Alarms;
}

/** The next deadline; null where no alarm is set. */
export function nextOf(alarms: Alarms): Instant | null {
  let next = NEVER;
  // Measured: five times as fast as a list of the names.
  for (const alarm in alarms) next = Math.min(next, alarms[alarm as Alarm]) as Instant;
  return next === NEVER ? null : next;
}
