/** docs/command-line.md names everything that programs and people may meet. */

import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { EXIT } from '../../src/cli/exit.ts';
import { createProgram } from '../../src/cli/program.ts';
import { LAB_RULES } from '../../src/record/referee/lab-rules.ts';
import { RULES } from '../../src/record/referee/rules.ts';

const read = (path: string): string =>
  readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

const doc = read('docs/command-line.md');
const notes = `${read('src/domain/idle.ts')}\n${read('src/domain/note.ts')}`;
const causes = read('src/domain/cause.ts');

/** Names in a piece of TypeScript, by the pattern that stands before them. */
const quoted = (text: string): string[] =>
  [...text.matchAll(/'([a-z-]+)'/g)].map((it) => it[1] ?? '');

/** The second cell of the row of a table whose first one is `name`. */
function rowOf(name: string, from = doc): string | null {
  const row = new RegExp(`^\\| \`${name}\` \\| (.*)\\|$`, 'm').exec(from);
  return row?.[1] ?? null;
}

/** Members of the union `name` in note.ts, each as its kinds and the names of its other fields. */
function membersOf(name: string, key: string): { kinds: string[]; fields: string[] }[] {
  const text = new RegExp(
    `export type ${name} =([\\s\\S]*?);\\n\\n|export type ${name} =([\\s\\S]*);\\n$`,
  );
  const [, inside, last] = text.exec(notes) ?? [];
  const members = (inside ?? last ?? '').split(/\n {2}\| /).slice(1);
  return members.map((member) => {
    const [kinds = ''] = new RegExp(`${key}: [^;}]*`).exec(member) ?? [];
    const fields = [...member.matchAll(/readonly (\w+):/g)].map((it) => it[1] ?? '');
    return { kinds: quoted(kinds), fields: fields.filter((field) => field !== key) };
  });
}

const kinds = membersOf('Note', 'kind');

test('the kinds of notes are found where they are declared', () => {
  expect(kinds.flatMap((it) => it.kinds).length).toBeGreaterThan(20);
  expect(kinds.flatMap((it) => it.kinds)).toContain('failed');
});

test.each(kinds.flatMap((it) => it.kinds.map((kind) => [kind, it.fields] as const)))(
  'the note "%s" is documented with its fields',
  (kind, fields) => {
    const row = rowOf(kind);
    expect(row, `docs/command-line.md has no row for "${kind}".`).not.toBeNull();
    // In the envelope, `peer` is who writes the line.
    const isAboutPeer = kind === 'joined' || kind === 'left';
    const names = fields.map((field) => (isAboutPeer && field === 'peer' ? 'who' : field));
    for (const name of names) expect(row).toMatch(new RegExp(`\`${name}\`|\\b${name}\\b`));
  },
);

test('each reason to be idle is documented with its fields', () => {
  const table = doc.slice(doc.indexOf('### Idle'), doc.indexOf('### Words'));
  for (const { kinds: reasons, fields } of membersOf('Idle', 'reason')) {
    for (const reason of reasons) {
      const row = rowOf(reason, table);
      expect(
        row,
        `docs/command-line.md has no row for the idle reason "${reason}".`,
      ).not.toBeNull();
      for (const field of fields) expect(row).toContain(`\`${field}\``);
    }
  }
});

test('each suspicion and each reason to step down is documented', () => {
  const words = doc.slice(doc.indexOf('### Words'));
  for (const name of ['Suspicion', 'StepDown']) {
    const [text = ''] = new RegExp(`export type ${name} =[^;]*`).exec(causes) ?? [];
    expect(quoted(text).length).toBeGreaterThan(3);
    for (const word of quoted(text)) expect(words).toContain(`\`${word}\``);
  }
});

test.each(Object.entries(EXIT))('exit code %s, %d, is documented', (_, code) => {
  expect(doc).toMatch(new RegExp(`^\\| ${code} \\|`, 'm'));
});

const documented = [
  'search',
  'worker',
  'gateway',
  'chaos',
  ...['client', 'broker', 'mine', 'verify-result', 'explore', 'doctor', 'check'],
  ...['record', 'replay', 'watch', 'wallet', 'ledger'],
];
const all = (await createProgram()).commands;
const commands = all
  .filter((it) => documented.includes(it.name()))
  .flatMap((it) => (it.commands.length === 0 ? [it] : it.commands));

test.each(commands.map((command) => [command.name(), command] as const))(
  'every option of %s is documented, and has a word of help',
  (_, command: Command) => {
    expect(command.options.length).toBeGreaterThan(1);
    for (const { long, description } of command.options) {
      expect(doc).toContain(`\`${long}\``);
      expect(description).not.toBe('');
    }
  },
);

test.each([
  ['ours', RULES],
  ["the labs'", LAB_RULES],
])('every rule of the referee is documented as it is: %s', (_, rules) => {
  const page = read('docs/check.md');
  for (const { id, states, section } of Object.values(rules))
    expect(page).toContain(`| ${id} | ${states} | ${section} |`);
});

test('every command is documented', () => {
  for (const command of all) expect(rowOf(command.name())).not.toBeNull();
});

/** The tests that a text names by their paths. */
const testsIn = (text: string): string[] =>
  [...text.matchAll(/`(test\/[\w/-]+\.(?:test\.ts|txt))`/g)].map((it) => it[1] ?? '');

test('each step of a course names a test, and all of them are there', () => {
  const courses = read('docs/courses.md');
  const steps = courses.split('\n').filter((line) => /^\| (?!---|Step )/.test(line));
  expect(steps.length).toBeGreaterThan(30);
  for (const step of steps) expect(testsIn(step), step).not.toEqual([]);
  for (const path of testsIn(courses)) expect(read(path).length, path).toBeGreaterThan(0);
});

test('each promise of SECURITY.md names a test, and all that it names are there', () => {
  const security = read('SECURITY.md');
  const table = security.slice(security.indexOf('| Promise |')).split('\n\n')[0] ?? '';
  const promises = table.split('\n').slice(2);
  expect(promises.length).toBeGreaterThan(10);
  for (const promise of promises) expect(testsIn(promise), promise).not.toEqual([]);
  for (const path of testsIn(security)) expect(read(path).length, path).toBeGreaterThan(0);
});
