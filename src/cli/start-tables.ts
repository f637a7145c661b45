/** The closing tables of a run, as lines of plain text. */

import {
  formatCount,
  formatRate,
  formatSeconds,
  type NameOf,
  shortName,
} from '../client/describe.ts';
import { nameWithNumber } from '../client/name-book.ts';
import { countOf } from '../domain/count-of.ts';
import type { UnixMs } from '../domain/names.ts';
import { describeEnding, type Outcome } from './start-fact.ts';
import { type PeerRow, triedBy } from './start-peers.ts';

export type Column = { readonly title: string; readonly isNumber?: boolean };

/** Digits of a digest in a narrow place. */
const SHORT_DIGEST = 20;
/** So wide is the table of challenges with whole digests. */
const WHOLE_DIGESTS_FROM = 101;

/** Lines of a table: numbers to the right, two spaces between columns, none at a line's end. */
export function formatTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  const titles = columns.map(({ title }) => title);
  const widths = columns.map((_, index) =>
    Math.max(...[titles, ...rows].map((row) => row[index]?.length ?? 0)),
  );
  return [titles, ...rows].map((row) =>
    columns
      .map(({ isNumber }, index) => {
        const [cell = '', width = 0] = [row[index], widths[index]];
        return isNumber ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd(),
  );
}

/** `since`: when the first challenge was opened; null if none was. Rates are means over the run. */
export function peersTable(
  rows: readonly PeerRow[],
  since: UnixMs | null,
  now: UnixMs,
): readonly string[] {
  const columns = [
    { title: 'peer' },
    { title: 'process', isNumber: true },
    { title: 'wins', isNumber: true },
    { title: 'tried', isNumber: true },
    { title: 'rate', isNumber: true },
    { title: '' },
  ];
  return formatTable(
    columns,
    rows.map((row) => [
      row.name === null ? '-' : nameWithNumber(row.name, row.called),
      String(row.pid),
      String(row.wins),
      formatCount(triedBy(row)),
      formatRate(meanRate(row, since, now)),
      remarkOn(row),
    ]),
  );
}

/** Hashes a second while it could have mined, pauses and all. */
export function meanRate(row: PeerRow, since: UnixMs | null, now: UnixMs): number {
  if (since === null) return 0;
  const ms = (row.endedAt ?? now) - Math.max(row.startedAt, since);
  return ms > 0 ? (triedBy(row) * 1000) / ms : 0;
}

/** `outcomes`: the last of `count`. `columns`: the width there is; null where any will do. */
export function challengesTable(
  outcomes: readonly Outcome[],
  count: number,
  columns: number | null,
  nameOf: NameOf = shortName,
): readonly string[] {
  const isNarrow = columns !== null && columns < WHOLE_DIGESTS_FROM;
  const table = formatTable(
    [
      { title: 'challenge', isNumber: true },
      { title: 'bits', isNumber: true },
      { title: 'winner' },
      { title: 'time', isNumber: true },
      { title: 'digest' },
    ],
    outcomes.map(({ transactionID, bits, winner, elapsedMs, digest, problem }) => [
      String(transactionID),
      String(bits),
      nameOf(winner),
      formatSeconds(elapsedMs),
      `${isNarrow ? digest.slice(0, SHORT_DIGEST) : digest}${problem === null ? '' : ' WRONG'}`,
    ]),
  );
  const isWhole = outcomes.length === count;
  return isWhole ? table : [...table, `these are the last ${outcomes.length} of ${count} results`];
}

/** How a run went: "5 results in 1 term, 14.2 s"; `wanted` is 0 where no number was. */
export function summaryLine(
  run: { readonly results: number; readonly wanted: number; readonly terms: number },
  elapsedMs: number,
): string {
  const { results, wanted, terms } = run;
  const of = results < wanted ? ` of ${wanted}` : '';
  const noun = (of === '' ? results : wanted) === 1 ? 'result' : 'results';
  const inTerms = countOf(terms, 'term');
  return `${results}${of} ${noun} in ${inTerms}, ${formatSeconds(elapsedMs)}`;
}

function remarkOn({ wasController, ending }: PeerRow): string {
  const remarks = [];
  if (wasController) remarks.push('was controller');
  if (ending !== null && ending.how !== 'left') remarks.push(describeEnding(ending));
  return remarks.join(', ');
}
