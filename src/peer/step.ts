/** One step of the head in the making: the state, the moment, and the effects gathered so far. */

import { assert } from '../domain/assert.ts';
import type { Effect, Entry, Moment } from '../domain/contract.ts';
import type { Hasher } from '../domain/crypto.ts';
import { drawMs } from '../domain/dice.ts';
import type { Message } from '../domain/message.ts';
import type { ClientID, Instant } from '../domain/names.ts';
import type { Note } from '../domain/note.ts';
import type { Refusal, RefusalCode } from '../domain/refusal.ts';
import { type Alarm, NEVER } from './alarms.ts';
import { remember } from './memory.ts';
import type { State } from './state.ts';

/** What any network that delays and repeats brings about; nobody's fault. */
const ordinary: ReadonlySet<RefusalCode> = new Set([
  'stale-transaction',
  'stale-incarnation',
  'stale-beat',
  'stale-request',
  'untimely-transaction',
]);

/** All that somebody says who is nobody in the network. */
const quietWords: ReadonlySet<Message['kind']> = new Set(['request', 'transaction', 'quest']);

/** What is sooner may be lost when an instant is rounded, and its alarm would ring for ever. */
const soonestMs = 0.001;

export class Step {
  readonly state: State;
  readonly now: Moment;
  readonly hasher: Hasher;
  readonly effects: Effect[] = [];

  constructor(state: State, now: Moment, hasher: Hasher) {
    this.state = state;
    this.now = now;
    this.hasher = hasher;
  }

  get self(): ClientID {
    return this.state.settings.self.clientID;
  }

  /** Whether we only observe: something is not written down, or our name may be in use. */
  get isSilent(): boolean {
    return this.state.backlog !== null || this.state.naming !== null;
  }

  act(effect: Effect): void {
    this.effects.push(effect);
  }

  /** Before all else in this turn: for what neither shows others anything nor needs a record. */
  actFirst(effect: Effect): void {
    this.effects.unshift(effect);
  }

  /**
   * Says something that nobody keeps; lost while disconnected, so not even begun then. Nor while
   * something waits to be written down: almost all that we say shows our memory [safety].
   */
  say(message: Message, retained = false): void {
    const { link, settings } = this.state;
    if (!link.isConnected || this.isSilent) return;
    if (settings.isQuiet !== true || quietWords.has(message.kind))
      this.act({ kind: 'say', message, retained });
  }

  note(note: Note): void {
    this.act({ kind: 'note', note });
  }

  /** Remembers, and has it made durable before any effect that follows. */
  record(entry: Entry): void {
    // Behind what waits already: the journal gets all entries in their order.
    if (this.state.backlog === null) this.act({ kind: 'record', entry });
    else this.state.backlog.entries.push(entry);
    remember(this.state.memory, entry, this.hasher);
  }

  /** Sets the one deadline of this alarm, `afterMs` from now. */
  alarm(alarm: Alarm, afterMs: number): void {
    assert(Number.isFinite(afterMs), 'A deadline is a number of milliseconds.');
    const waitMs = afterMs > 0 ? Math.max(afterMs, soonestMs) : afterMs;
    this.state.alarms[alarm] = (this.now.at + waitMs) as Instant;
  }

  /** Like `alarm`, but an earlier deadline stands. */
  alarmBy(alarm: Alarm, afterMs: number): void {
    if (this.state.alarms[alarm] > this.now.at + afterMs) this.alarm(alarm, afterMs);
  }

  cancel(...alarms: Alarm[]): void {
    for (const alarm of alarms) this.state.alarms[alarm] = NEVER;
  }

  isSet(alarm: Alarm): boolean {
    return this.state.alarms[alarm] !== NEVER;
  }

  jitter(lowMs: number, highMs: number): number {
    return drawMs(this.state.dice, this.hasher, lowMs, highMs);
  }

  /** How long ago that was, in milliseconds. */
  since(instant: Instant): number {
    return this.now.at - instant;
  }

  /** How long until then, in milliseconds; 1 at least. */
  until(instant: Instant): number {
    return Math.max(1, instant - this.now.at);
  }

  /** Counts a refusal; people are told once a second for each code that is worth a word. */
  refuse(from: ClientID | null, refusal: Refusal): void {
    const { refusals, untold } = this.state;
    refusals[refusal.code] = (refusals[refusal.code] ?? 0) + 1;
    if (ordinary.has(refusal.code)) return;
    const waiting = untold[refusal.code];
    if (waiting === undefined) untold[refusal.code] = { count: 1, from, refusal };
    else waiting.count += 1;
    this.alarmBy('refusals', 1_000);
  }
}
