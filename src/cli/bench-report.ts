/** What a bench found: values, their middle and their worst, and the machine they are of. */

import { cpus, platform, release } from 'node:os';

/** Milliseconds; null where a median or a worst is not promised. */
export type Target = { readonly medianMs: number | null; readonly worstMs: number | null };

export type Findings = {
  readonly bench: string;
  readonly broker: string;
  readonly scenario: string;
  /** What is timed. */
  readonly what: string;
  /** Milliseconds, in the order in which they were measured. */
  readonly values: readonly number[];
  /** How often nothing could be measured, and why. */
  readonly failures: readonly string[];
  readonly target: Target;
};

export type Machine = {
  readonly processor: string;
  readonly cores: number;
  readonly system: string;
  readonly node: string;
};

export function thisMachine(): Machine {
  const [first] = cpus();
  return {
    processor: first?.model.trim() ?? 'unknown',
    cores: cpus().length,
    system: `${platform()} ${release()}`,
    node: process.version,
  };
}

export function describeMachine({ processor, cores, system, node }: Machine): string {
  return `${processor}, ${cores} cores, ${system}, Node ${node}`;
}

/** The middle value, or the mean of the two in the middle; NaN for none. */
export function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return ((low ?? Number.NaN) + (high ?? Number.NaN)) / 2;
}

/** The least value that so many percent of all do not exceed (nearest rank); NaN for none. */
export function percentileOf(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(1, Math.ceil((percent / 100) * sorted.length)) - 1] ?? Number.NaN;
}

/** NaN for none. */
export function worstOf(values: readonly number[]): number {
  return values.length === 0 ? Number.NaN : Math.max(...values);
}

/** Findings as lines: what was measured, what was found and promised, each value. */
export function describeFindings(findings: Findings): readonly string[] {
  const { broker, scenario, what, values, failures, target } = findings;
  const verdict = meetsTarget(findings) ? 'met' : 'MISSED';
  const promises = [
    ...(target.medianMs === null ? [] : [`median ${target.medianMs} ms`]),
    ...(target.worstMs === null ? [] : [`worst ${target.worstMs} ms`]),
  ];
  return [
    `${broker}, ${scenario} (${what}):`,
    `  median ${rounded(medianOf(values))} ms, ` +
      `worst ${rounded(worstOf(values))} ms, of ${values.length} ` +
      `(target ${promises.join(', ')}: ${verdict})`,
    `  ${values.join(' ')}`,
    ...failures.map((failure) => `  failed: ${failure}`),
  ];
}

export function meetsTarget({ values, failures, target }: Findings): boolean {
  return (
    failures.length === 0 &&
    medianOf(values) <= (target.medianMs ?? Number.POSITIVE_INFINITY) &&
    worstOf(values) <= (target.worstMs ?? Number.POSITIVE_INFINITY)
  );
}

/** Findings for programs. */
export function findingsAsJson(findings: Findings, machine: Machine): string {
  const { values } = findings;
  const [medianMs, worstMs] = [medianOf(values), worstOf(values)];
  const isMet = meetsTarget(findings);
  return JSON.stringify({ ...findings, medianMs, worstMs, isMet, machine });
}

function rounded(ms: number): string {
  return Number.isNaN(ms) ? '-' : String(Math.round(ms));
}
