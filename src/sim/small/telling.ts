/** Steps of small worlds in words; peers are counted from 1. */

import type { Letter } from './making.ts';

export function describeStep(peer: number, what: Letter | string): string {
  if (typeof what === 'string') return `p${peer + 1}: ${what}`;
  const { kind, ...rest } = what.message;
  const term = 'term' in rest ? ` of term ${rest.term}` : '';
  return `p${peer + 1}: hear ${kind} ${what.id}${term} of ${what.by.slice(0, 8)}`;
}
