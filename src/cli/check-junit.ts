/** The referee's report as JUnit XML: a test case for each rule, failed where it was broken. */

import type { Rule } from '../record/referee/rules.ts';
import { describeViolation, type Tally, type Violation } from '../record/referee/violation.ts';

export function writeJunit(
  rules: readonly Rule[],
  violations: readonly Violation[],
  remarks: readonly string[],
  tally: Tally,
): string {
  const broken = new Set(violations.map(({ rule }) => rule)).size;
  const counts = `tests="${rules.length}" failures="${broken}" errors="0" skipped="0"`;
  const time = `time="${(tally.ms / 1_000).toFixed(3)}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="sortition check" ${counts} ${time}>`,
    `  <testsuite name="sortition check" ${counts} ${time}>`,
    '    <properties>',
    ...propertiesOf(tally).map(
      ([name, value]) => `      <property name="${name}" value="${value}"/>`,
    ),
    '    </properties>',
    ...rules.flatMap((rule) => caseOf(rule, violations)),
    ...(remarks.length === 0
      ? []
      : ['    <system-out>', ...remarks.map(inXml), '    </system-out>']),
    '  </testsuite>',
    '</testsuites>',
  ].join('\n');
}

function propertiesOf({ messages, judged, peers, checked }: Tally): readonly [string, number][] {
  return Object.entries({ messages, judged, peers, ...checked });
}

function caseOf(
  { id, states, section }: Rule,
  violations: readonly Violation[],
): readonly string[] {
  const head = `    <testcase classname="PROTOCOL ${inXml(section)}" name="${id} ${inXml(states)}"`;
  const broken = violations.filter(({ rule }) => rule === id);
  const [first] = broken;
  if (first === undefined) return [`${head}/>`];
  const told = broken.map((it) => `message ${it.message}, ${timeOf(it)}: ${describeViolation(it)}`);
  return [
    `${head}>`,
    `      <failure message="${inXml(describeViolation(first))}">`,
    ...told.map((line) => inXml(line)),
    '      </failure>',
    '    </testcase>',
  ];
}

/** A recording may say any number. */
function timeOf({ time }: Violation): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? String(time) : date.toISOString();
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

/** XML 1.0 section 2.2 has no place for most control characters, not even escaped. */
function inXml(text: string): string {
  return text
    .replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character)
    .replace(/\p{C}/gu, '?');
}
