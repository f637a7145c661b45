/** What came out of a run of chaos, as lines for people and as an object for programs. */

import { formatSeconds } from '../client/describe.ts';
import { countOf } from '../domain/count-of.ts';
import { medianOf, worstOf } from './bench-report.ts';
import type { Loss } from './chaos-failovers.ts';
import type { Outcome } from './chaos-run.ts';
import { inMB } from './resident-size.ts';

/** A process may grow so much between its first minute and the end. */
export const MOST_GROWTH = 1.1;

/** Whether anything did not hold: an invariant, or the size of a process. */
export function hasFailed({ violations, sizes }: Pick<Outcome, 'violations' | 'sizes'>): boolean {
  return violations.length > 0 || sizes.some(({ ratio }) => ratio > MOST_GROWTH);
}

const LOSSES: readonly Loss[] = ['killed', 'frozen', 'cut off'];

/** The last line sums up. */
export function describeOutcome(outcome: Outcome, seed: number): readonly string[] {
  const { violations, keptIn, deeds } = outcome;
  const befell = Object.entries(deeds).map(([kind, count]) => `${kind} ${count}`);
  const kept = keptIn === null ? [] : [`what everybody said and wrote down is in ${keptIn}`];
  const held = hasFailed(outcome) ? 'all held but the size of a process' : 'everything held';
  const verdict = violations.length === 0 ? held : countOf(violations.length, 'violation');
  return [
    `befell: ${befell.length === 0 ? 'nothing' : befell.join(', ')}`,
    ...LOSSES.flatMap((loss) => describeFailovers(outcome, loss)),
    ...(outcome.disturbed === 0
      ? []
      : [`  ${outcome.disturbed} more in whose midst the broker was killed, not timed`]),
    ...describeGoodbyes(outcome),
    `longest time without a block: ${formatSeconds(outcome.pauseMs)}`,
    ...describeSizes(outcome),
    ...violations.map(({ name, sentence }) => `${name} does not hold: ${sentence}`),
    ...kept,
    `seed ${seed}: ${outcome.blocks} blocks in ${outcome.terms} terms, ` +
      `${outcome.facts} facts checked by S1 to S9: ${verdict}`,
  ];
}

export function outcomeAsJson(outcome: Outcome, seed: number): string {
  return JSON.stringify({ kind: 'summary', seed, ...outcome });
}

function describeFailovers({ failovers }: Outcome, loss: Loss): readonly string[] {
  const times = failovers.filter((each) => each.loss === loss).map(({ ms }) => ms);
  if (times.length === 0) return [];
  const figures = `median ${Math.round(medianOf(times))} ms, worst ${worstOf(times)} ms`;
  return [`controller ${loss} ${times.length} times: all know the next one after ${figures}`];
}

function describeGoodbyes({ goodbyesMs }: Outcome): readonly string[] {
  if (goodbyesMs.length === 0) return [];
  return [
    `${goodbyesMs.length} left as they were told, within ${formatSeconds(worstOf(goodbyesMs))}`,
  ];
}

function describeSizes({ sizes }: Outcome): readonly string[] {
  if (sizes.length === 0) return ['resident size: nobody lived long enough after the first minute'];
  const worst = sizes.reduce((a, b) => (b.ratio > a.ratio ? b : a));
  const verdict = worst.ratio <= MOST_GROWTH ? 'met' : 'MISSED';
  const each = sizes.map(
    ({ label, first, last, ratio }) =>
      `  ${label} ${inMB(first)}, ${inMB(last)}, ${ratio.toFixed(3)} times`,
  );
  return [
    `resident size of survivors, after the first minute and at the end: ` +
      `${worst.ratio.toFixed(3)} times at the most (target ${MOST_GROWTH}: ${verdict})`,
    ...each,
  ];
}
