/** What `check` refuses, and what it says where there is nothing to check. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { writeJunit } from '../../src/cli/check-junit.ts';
import { EXIT } from '../../src/cli/exit.ts';
import { createProgram } from '../../src/cli/program.ts';
import { RULES } from '../../src/record/referee/rules.ts';
import { complaintOf } from './complaint.ts';

const folder = mkdtempSync(join(tmpdir(), 'sortition-check-'));
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

test.each([
  ['', 'Say what to check: the file of a recording, or --host or --url of a broker.'],
  ['run.ndjson -p 1883', 'Name a recording, or say where a broker is, and not both.'],
  ['run.ndjson --for 10s', '--for is for a live network: a recording ends by itself.'],
  ['run.ndjson --json --junit', '--json and --junit: leave one of them out.'],
  ['run.ndjson --peers 3', '--peers is for --dialect alone: our own peers say how many they are.'],
  ['run.ndjson --dialect klingon', '--dialect must be ufes or statement, not "klingon".'],
])('check %s', async (line, sentence) => {
  const args = line.split(' ').filter((word) => word !== '');
  expect(await complaintOf('check', ...args)).toEqual({ code: EXIT.usage, sentence });
});

test('rules that nobody knows cannot be ignored', async () => {
  const { code, sentence } = await complaintOf('check', 'run.ndjson', '--ignore', 'R27,R99');
  expect(code).toBe(EXIT.usage);
  expect(sentence).toMatch(/^--ignore must be rules with commas .*, not "R27,R99"\.$/);
});

test('a file that is not there, and one without a message, are complained of', async () => {
  const missing = join(folder, 'missing.ndjson');
  expect(await complaintOf('check', missing)).toEqual({
    code: EXIT.badFile,
    sentence: `Cannot read ${missing} (ENOENT): check its name and its permissions.`,
  });
  const empty = join(folder, 'empty.ndjson');
  const elsewhere = { time: 1, topic: 'lab/init', qos: 1, retained: false, payload: '{}' };
  writeFileSync(empty, `${JSON.stringify(elsewhere)}\n`);
  expect(await complaintOf('check', empty)).toEqual({
    code: EXIT.failed,
    sentence: `${empty} has not one message under sd: there was nothing to check.`,
  });
});

test('of a file that is no recording, not every line is told', async () => {
  const file = join(folder, 'novel.txt');
  const told: unknown[] = [];
  const line = { time: 1, topic: 'sd/init', qos: 1, retained: false, payload: '{}' };
  writeFileSync(file, `${'not a line\n'.repeat(120)}${JSON.stringify(line)}\n`);
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => told.push(text) > 0);
  await (await createProgram()).parseAsync(['node', 'sortition', 'check', file, '--json']);
  vi.restoreAllMocks();
  process.exitCode = 0;
  const remarks = told.filter((text) => String(text).includes('"remark"'));
  expect(remarks).toHaveLength(51);
  expect(remarks.at(-1)).toContain('and 70 more like these');
});

/** What `check` writes about these messages of a lab, and the exit code. */
async function checkLab(
  lines: readonly (readonly [seconds: number, word: string, said: object])[],
  ...args: readonly string[]
): Promise<{ readonly told: string; readonly code: typeof process.exitCode }> {
  const file = join(folder, 'lab.ndjson');
  const recorded = lines.map(([seconds, word, said]) => {
    const message = { time: seconds * 1_000, topic: `sd/${word}`, qos: 1, retained: false };
    return JSON.stringify({ ...message, payload: JSON.stringify(said) });
  });
  writeFileSync(file, `${recorded.join('\n')}\n`);
  let told = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    told += text;
    return true;
  });
  process.exitCode = 0;
  const command = ['check', file, '--dialect', 'ufes', ...args];
  await (await createProgram()).parseAsync(['node', 'sortition', ...command]);
  vi.restoreAllMocks();
  const code = process.exitCode;
  process.exitCode = 0;
  return { told, code };
}

const ODD = [[1, 'init', { ClientID: 'ann', Colour: 'red' }]] as const;
const SAID = 'R63 peer ann says Colour in an introduction, a field that no other client knows';

test('a remark is told and does not count', async () => {
  const people = await checkLab(ODD);
  expect(people.told).toContain(`remark: ${SAID} (PROTOCOL 10)`);
  expect(people.told).toContain('21 rules checked: no violation');
  expect(people.code).toBe(0);
  const json = await checkLab(ODD, '--json');
  const [remark, summary] = json.told.split('\n').map((line) => line && JSON.parse(line));
  expect(remark).toMatchObject({ kind: 'remark', rule: 'R63', peer: 'ann', message: 1 });
  expect(summary).toMatchObject({ kind: 'summary', violations: 0, broken: [] });
  const junit = await checkLab(ODD, '--junit');
  expect(junit.told).toContain('failures="0"');
  expect(junit.told).toContain(`<system-out>\nremark: ${SAID}`);
  expect((await checkLab(ODD, '--ignore', 'R63')).told).not.toContain('Colour');
});

test('with --peers a network that is complete, and in which nobody votes, is named', async () => {
  const lines = [
    [0, 'init', { ClientID: 'ann' }],
    [1, 'init', { clientId: 'bob' }],
    [40, 'init', { clientId: 'bob' }],
  ] as const;
  const unknown = await checkLab(lines, '--ignore', 'R66');
  expect(unknown.code).toBe(0);
  expect(unknown.told).toContain('remark: R69 peer ann cannot read the introductions of bob');
  const known = await checkLab(lines, '--ignore', 'R66', '--peers', '2');
  expect(known.code).toBe(EXIT.failed);
  expect(known.told).toContain(' R69 peer ann cannot read the introductions of bob');
  expect(known.told).toContain('2 violations of 1 rule');
});

test('JUnit has a case for each rule, and strange words are harmless in it', () => {
  const violation = {
    rule: 'R27',
    section: '4',
    peer: null,
    sentence: 'somebody says <b>"&\u0007',
    message: 3,
    time: 1,
  };
  const tally = {
    messages: 3,
    judged: 2,
    ms: 1_500,
    peers: 1,
    rules: 39,
    checked: {},
    repeated: 0,
  };
  const broken = [violation, { ...violation, time: 9e15 }];
  const xml = writeJunit(Object.values(RULES), broken, ['line 7 is <odd>'], tally);
  expect(xml.match(/<testcase /g)).toHaveLength(39);
  expect(xml).toContain('tests="39" failures="1" errors="0" skipped="0" time="1.500"');
  expect(xml).toContain(
    'message 3, 1970-01-01T00:00:00.001Z: R27 somebody says &lt;b&gt;&quot;&amp;?',
  );
  expect(xml).toContain('message 3, 9000000000000000: R27');
  expect(xml).toContain('<system-out>\nline 7 is &lt;odd&gt;\n    </system-out>');
});
