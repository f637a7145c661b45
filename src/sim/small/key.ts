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
  'lastAsked',
  'budgets',
  'asks',
  'hashRate',
  'refusals',
  'untold',
  'toldIdle',
  'incarnation',
  'begunAt',
  'committedAt',
  'openedAt',
  'tipOpenedAt',
  'mandateSaidAt',
  'mandate',
  'heardAt',
  'beatAt',
  'votedAt',
  'answers',
  'at',
  'asked',
  'told',
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
  const open = Object.values(state.booths).map((booth) => foldBooth(booth, state));
  const isLeftOut = (name: string): boolean => idle.has(name) || (!saysAgain && repeated.has(name));
  const rest = textOf({ ...state, open }, isLeftOut);
  return `${crashes} ${gone.sort().join()} ${hasLeft} ${isLeaving} ${rest}`;
}

/** What was heard in another order is the same. */
function textOf(value: unknown, isLeftOut: (name: string) => boolean): string {
  if (typeof value === 'string') return `${value.length}:${value}`;
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return `[${value.map((each) => textOf(each, isLeftOut)).join()}]`;
  let text = '';
  for (const name of Object.keys(value).sort())
    if (!isLeftOut(name))
      text += `${name} ${textOf(value[name as keyof typeof value], isLeftOut)},`;
  return `{${text}}`;
}

/** Once we obey, nothing in a booth counts any more; once we have voted, only the votes do. */
function foldBooth(booth: Booth, state: State): Partial<Booth> | null {
  const { term, votes, hasRevealed } = booth;
  if (state.obeyed !== null && term <= state.obeyed.term) return null;
  const hasVoted = term <= state.memory.usedTerm;
  return booth.isGivenUp || hasVoted ? { term, votes, hasRevealed, isGivenUp: true } : booth;
}
