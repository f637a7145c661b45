/** Findings of the doctor, for people. */

import type { Finding, Grade } from '../node/doctor/finding.ts';
import { paint, printable } from './line-format.ts';

const MARKS: Readonly<Record<Grade, { readonly mark: string; readonly style: MarkStyle }>> = {
  good: { mark: 'good', style: 'green' },
  fair: { mark: 'fair', style: 'yellow' },
  bad: { mark: 'BAD', style: 'red' },
  unknown: { mark: '?', style: 'dim' },
};

type MarkStyle = 'green' | 'yellow' | 'red' | 'dim';

const MARK_COLUMNS = 6;
const CHECK_COLUMNS = 16;

/** What was found, what it means, and what to do about it, each on a line. */
export function describeFinding(finding: Finding<string>, isColoured: boolean): string {
  const { check, grade, found, meaning, advice } = finding;
  const { mark, style } = MARKS[grade];
  const indent = ' '.repeat(MARK_COLUMNS + CHECK_COLUMNS);
  const head = paint(style, mark.padEnd(MARK_COLUMNS), isColoured);
  return [
    `${head}${check.padEnd(CHECK_COLUMNS)}${printable(found)}`,
    `${indent}${paint('dim', meaning, isColoured)}`,
    ...(advice === null ? [] : [`${indent}advice: ${printable(advice)}`]),
    '',
  ].join('\n');
}

/** The last line on what was examined. */
export function sumUp(grades: readonly Grade[], patient: 'broker' | 'service' = 'broker'): string {
  const count = (grade: Grade): number => grades.filter((it) => it === grade).length;
  const parts = (['good', 'fair', 'bad', 'unknown'] as const)
    .filter((grade) => count(grade) > 0)
    .map((grade) => `${count(grade)} ${grade}`);
  const verdict =
    count('bad') > 0
      ? `peers cannot rely on this ${patient} as it is`
      : count('fair') > 0
        ? `peers can work with this ${patient}`
        : `peers are well off with this ${patient}`;
  return `${parts.join(', ')}: ${verdict}.\n`;
}
