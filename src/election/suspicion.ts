/** When a member may call an election: the controller is gone, or there is none (PROTOCOL 6.1). */

import type { Suspicion } from '../domain/cause.ts';
import type { Instant } from '../domain/names.ts';

/** What a member knows about the controller it obeys; times in milliseconds. */
export type Watch = {
  readonly now: Instant;
  readonly heartbeatMs: number;
  /** Up to one heartbeat, drawn anew for each mandate, so that not all suspect at once. */
  readonly jitterMs: number;
  /** Since when the present term stands without a controller; null if it has one. */
  readonly termWithoutSince: Instant | null;
  readonly heardAt: Instant;
  readonly gone: null | 'lost' | 'disconnected' | 'leaving';
  readonly goneAt: Instant;
  /** It said that it is controller no more. */
  readonly hasSteppedDown: boolean;
  /** It is no member any more. */
  readonly isRemoved: boolean;
  /** It had a member removed that was heard a moment before. */
  readonly isUnjust: boolean;
  /** Since when something waits for it in vain, and nothing goes on; null if nothing does. */
  readonly idleSince: Instant | null;
  /** Since when we obey it, and whether it has shown that it knows. */
  readonly obeyedAt: Instant;
  readonly isConfirmed: boolean;
};

export type Verdict =
  | { readonly kind: 'suspect'; readonly why: Suspicion }
  | { readonly kind: 'wait'; readonly until: Instant };

/** A mandate is given so long to be made, or to be shown by its controller. */
export const mandateMs = 3_000;

/** A will is given so long to be taken back by a sign of life. */
const willMs = 500;

/** Silence of so many heartbeats makes a controller suspect. */
export const silentHeartbeats = 3;

/** Heartbeats that a controller is given to go on with what waits for it. */
export const idleHeartbeats = 4;

/** The verdict on a controller: whether it lives, and whether it does its work. */
export function judge(watch: Watch): Verdict {
  const verdict = judgeLife(watch);
  if (verdict.kind === 'suspect') return verdict;
  if (watch.isUnjust) return { kind: 'suspect', why: 'unjust' };
  if (watch.idleSince === null) return verdict;
  const patienceMs = idleHeartbeats * watch.heartbeatMs + watch.jitterMs;
  const idle = from(watch.idleSince + patienceMs, watch.now, 'idle');
  return idle.kind === 'suspect' || idle.until < verdict.until ? idle : verdict;
}

/** Whether it lives and is in office, whatever it does. */
export function judgeLife(watch: Watch): Verdict {
  const { now } = watch;
  if (watch.termWithoutSince !== null) {
    return from(watch.termWithoutSince + mandateMs + watch.jitterMs / 4, now, 'no-controller');
  }
  if (watch.isRemoved) return { kind: 'suspect', why: 'removed' };
  if (watch.hasSteppedDown) return { kind: 'suspect', why: 'stepped-down' };
  // One that is leaving still seals its own removal; it says goodbye when it is done.
  if (watch.gone === 'disconnected') return { kind: 'suspect', why: 'disconnected' };
  const silent = from(
    watch.heardAt + silentHeartbeats * watch.heartbeatMs + watch.jitterMs,
    now,
    'silent',
  );
  const earlier = watch.gone === 'lost' ? from(watch.goneAt + willMs, now, 'lost') : silent;
  if (watch.isConfirmed || earlier.kind === 'suspect') return earlier;
  const unconfirmed = from(watch.obeyedAt + mandateMs + watch.jitterMs / 4, now, 'no-mandate');
  if (unconfirmed.kind === 'suspect') return unconfirmed;
  return earlier.until < unconfirmed.until ? earlier : unconfirmed;
}

function from(time: number, now: Instant, why: Suspicion): Verdict {
  return now >= time ? { kind: 'suspect', why } : { kind: 'wait', until: time as Instant };
}
