/** Folds states of a peer that can do nothing differently while time stands still. */

import type { Booth } from '../../election/booth.ts';
import type { State } from '../../peer/state.ts';

/** Instants, chances, what only alarms say again, and what is only told to people. */
const idle: ReadonlySet<string> = new Set([
  'settings',
  'rules',
  'dice',
  'alarms',
  'link',
  'beat',
  'saidLast',
  'isBeatSoon',
  'acquaintances',
  'boundAt',
  'termSince',
  'givenUp',
  'requests',
  'hashRate',
  'refusals',
  'untold',
  'toldIdle',
  'incarnation',
  'begunAt',
  'committedAt',
  'openedAt',
  'mandateSaidAt',
  'mandate',
  'heardAt',
  'at',
  'asked',
  'toldAt',
  'from',
  'since',
  'jitterMs',
  'named',
  'refused',
  'booths',
]);

/** What only makes a difference for who says again what it said. */
const repeated: ReadonlySet<string> = new Set(['lastVote', 'isConfirmed']);

/** Equal for states that behave alike. */
export function keyOf(state: State, crashes: number, saysAgain: boolean): string {
  const gone = Object.values(state.acquaintances).flatMap(({ clientID, gone: how }) =>
    how === null ? [] : [`${clientID} ${how}`],
  );
  const { hasLeft, isLeaving } = state.link;
  const booths = Object.values(state.booths).map((booth) => foldBooth(booth, state));
  const rest = JSON.stringify({ ...state, open: booths }, (name, value: unknown) => {
    if (idle.has(name) || (!saysAgain && repeated.has(name))) return undefined;
    return isRecord(value) ? sorted(value) : value;
  });
  return `${crashes} ${gone.sort().join()} ${hasLeft} ${isLeaving} ${rest}`;
}

/** Once we obey, nothing in a booth counts any more; once we have voted, only the votes do. */
function foldBooth(booth: Booth, state: State): Partial<Booth> | null {
  const { term, votes, hasRevealed } = booth;
  if (state.obeyed !== null && term <= state.obeyed.term) return null;
  const hasVoted = term <= state.memory.usedTerm;
  return booth.isGivenUp || hasVoted ? { term, votes, hasRevealed, isGivenUp: true } : booth;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What was heard in another order is the same. */
function sorted(record: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const names = Object.keys(record).sort();
  return Object.fromEntries(names.map((name) => [name, record[name]]));
}
