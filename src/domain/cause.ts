/** Why an election begins, and why an office ends. */

/** Why an election began (PROTOCOL 6.1). */
export type Suspicion =
  | 'founding'
  | 'silent'
  | 'lost'
  | 'disconnected'
  | 'stepped-down'
  | 'no-mandate'
  | 'no-controller'
  | 'removed'
  /** It lives, and does not go on with what waits for it. */
  | 'idle'
  /** It had a member removed that lives. */
  | 'unjust'
  | 'joined-others';

/** Why a controller gave up its mandate. */
export type StepDown =
  | 'no-quorum'
  | 'higher-term'
  | 'behind'
  | 'journal'
  | 'leaving'
  | 'removed'
  | 'restarted'
  /** It made way for one that goes before it. */
  | 'lower-member';
