/** What the referee found, for people, for programs, and for graders' JUnit. */

import { countOf } from '../domain/count-of.ts';
import type { Rule } from '../record/referee/rules.ts';
import { describeViolation, type Tally, type Violation } from '../record/referee/violation.ts';
import { writeJunit } from './check-junit.ts';
import { formatLine, type LineLook, printable, wantsColour } from './line-format.ts';

export type ReportForm = 'people' | 'json' | 'junit';

/** A file that is no recording has as many bad lines as it has lines. */
const MOST_REMARKS = 50;

export class CheckReport {
  readonly #rules: readonly Rule[];
  readonly #form: ReportForm;
  readonly #violations: Violation[] = [];
  readonly #remarks: string[] = [];
  #remarksLeft = 0;
  readonly #look: LineLook = { isColoured: wantsColour(process.stdout), columns: null };

  /** `ignored`: ids of rules that do not count. */
  constructor(rules: readonly Rule[], form: ReportForm, ignored: readonly string[]) {
    this.#rules = rules.filter(({ id }) => !ignored.includes(id));
    this.#form = form;
  }

  get hasFailed(): boolean {
    return this.#violations.length > 0;
  }

  /** Told as they come, but for JUnit, which has one document at the end. */
  add(violations: readonly Violation[]): void {
    for (const violation of violations) {
      if (!this.#rules.some(({ id }) => id === violation.rule)) continue;
      if (violation.isRemark === true) {
        this.#admit(() => this.#tellRemarkable(violation));
        continue;
      }
      this.#violations.push(violation);
      if (this.#form === 'json') write(JSON.stringify({ kind: 'violation', ...violation }));
      if (this.#form !== 'people') continue;
      const text = describeViolation(violation);
      write(formatLine({ text, tone: 'bad' }, violation.time, this.#look));
    }
  }

  /** Something about what is judged, and not about the judged. */
  remark(text: string): void {
    this.#admit(() => this.#tellRemark(text));
  }

  #admit(tell: () => void): void {
    if (this.#remarks.length < MOST_REMARKS) tell();
    else this.#remarksLeft += 1;
  }

  /** What is worth knowing about the judged, and does not count. */
  #tellRemarkable(violation: Violation): void {
    const { isRemark: _, ...facts } = violation;
    const text = `remark: ${describeViolation(violation)}`;
    this.#remarks.push(text);
    if (this.#form === 'json') write(JSON.stringify({ kind: 'remark', text, ...facts }));
    if (this.#form !== 'people') return;
    write(formatLine({ text, tone: 'plain' }, violation.time, this.#look));
  }

  #tellRemark(text: string): void {
    this.#remarks.push(text);
    if (this.#form === 'json') write(JSON.stringify({ kind: 'remark', text }));
    if (this.#form === 'people') write(printable(text));
  }

  end(tally: Tally): void {
    if (this.#remarksLeft > 0) this.#tellRemark(`and ${this.#remarksLeft} more like these`);
    if (this.#form === 'json') write(JSON.stringify(this.#summary(tally)));
    if (this.#form === 'junit')
      write(writeJunit(this.#rules, this.#violations, this.#remarks, tally));
    if (this.#form === 'people') write(this.#sumUp(tally));
  }

  #summary(tally: Tally): object {
    const { rules: _, ...rest } = tally;
    return {
      kind: 'summary',
      ...rest,
      rules: this.#rules.length,
      violations: this.#violations.length,
      broken: [...new Set(this.#violations.map(({ rule }) => rule))].sort(),
    };
  }

  #sumUp(tally: Tally): string {
    const { messages, judged, ms, peers, checked, repeated } = tally;
    const seconds = (ms / 1_000).toFixed(1);
    const names = countOf(peers, 'peer');
    const left = messages - judged;
    const unread = left === 0 ? '' : `, ${left} of them not believed`;
    return [
      `${countOf(messages, 'message')} of ${names} in ${seconds} s${unread}`,
      ...describeChecked(checked),
      ...(repeated === 0 ? [] : [`${countOf(repeated, 'repeat')} of violations not told again`]),
      `${countOf(this.#rules.length, 'rule')} checked: ${this.#verdict()}`,
    ].join('\n');
  }

  #verdict(): string {
    const count = this.#violations.length;
    if (count === 0) return 'no violation';
    const broken = new Set(this.#violations.map(({ rule }) => rule)).size;
    return `${countOf(count, 'violation')} of ${countOf(broken, 'rule')}`;
  }
}

/** How each number of `Checked` is told. */
const WORDS: Readonly<Record<string, string>> = {
  networks: 'network',
  mandates: 'mandate',
  draws: 'draw',
  blocks: 'block',
  seals: 'seal',
  transactions: 'transaction',
  results: 'result',
};

function describeChecked(checked: Tally['checked']): readonly string[] {
  const parts = Object.entries(WORDS).flatMap(([name, word]) => {
    const count = checked[name];
    return count === undefined ? [] : [countOf(count, word)];
  });
  const unknown = checked['drawsUnknown'] ?? 0;
  const unpaid = checked['accountsUnknown'] ?? 0;
  const unproven = checked['unproven'] ?? 0;
  return [
    `found in them and checked: ${parts.join(', ')}`,
    ...(unknown === 0
      ? []
      : [`${countOf(unknown, 'draw')} could not be computed: not all reveals were heard`]),
    ...(unpaid === 0
      ? []
      : [
          `in ${countOf(unpaid, 'network')} balances were not judged: what accounts hold was not ` +
            'heard (for a list of first balances, see --genesis)',
        ]),
    ...(unproven === 0
      ? []
      : [`${countOf(unproven, 'message')} by peers who had not told their keys`]),
  ];
}

function write(text: string): void {
  process.stdout.write(`${text}\n`);
}
