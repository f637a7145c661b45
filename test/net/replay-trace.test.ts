/** Ten real processes write traces, and their heads decide the same when driven again. */

import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { endPrograms, killController, Program } from './program.ts';
import { until } from './until.ts';

let folder: string;
let traces: string;
/** The last controller: all of its peers go after it, and it goes in order. */
let heir: { readonly peer: string; readonly path: string; readonly term: number };

const replay = (...args: readonly string[]): Program => new Program(['replay', ...args]);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sortition-traces-'));
  traces = join(folder, 'traces');
  const run = new Program([
    ...['start', '--json', '--port', '0', '--peers', '10', '--threads', '1'],
    ...['--difficulty', 'fixed:18', '--challenges', '0', '--trace', traces],
  ]);
  await until(() => run.all('challenge').length > 0, 'a challenge is open', 40_000);
  await killController((kind) => run.all(kind));
  run.child.kill('SIGTERM');
  expect(await run.exit()).toBe(0);
  expect(run.all('gone')).toMatchObject([{ wasController: true }]);
  const last = run.all('mandate').at(-1);
  const peer = String(last?.['controller']);
  const place = run.all('peer').findIndex(({ name }) => name === peer) + 1;
  heir = { peer, path: join(traces, `peer-${place}.ndjson`), term: Number(last?.['term']) };
});

afterEach(endPrograms);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('ten peers, one of them a killed controller, decide the same byte for byte', async () => {
  const replayed = replay(traces, '--json');
  expect(await replayed.exit()).toBe(0);
  const outcomes = replayed.all('replayed');
  expect(outcomes).toHaveLength(10);
  for (const outcome of outcomes) {
    expect(outcome).toMatchObject({ problem: null });
    const lines = readFileSync(String(outcome['path']), 'utf8').split('\n').length - 2;
    expect(outcome['turns']).toBe(lines);
    // The controller is killed early, and has heard least.
    expect(lines).toBeGreaterThan(30);
  }
  expect(new Set(outcomes.map(({ peer }) => peer)).size).toBe(10);
});

test('a trace is for its owner alone, and holds no private key', () => {
  const [name = ''] = readdirSync(traces);
  const path = join(traces, name);
  if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readFileSync(path, 'utf8')).not.toMatch(/PRIVATE|"d":/);
});

test('one peer is chosen by how its name begins, and each of its turns is shown', async () => {
  const { peer, term } = heir;
  const one = replay(traces, '--peer', peer.slice(0, 8));
  expect(await one.exit()).toBe(0);
  expect(one.stdout).toContain('starts, with 0 entries from its journal');
  expect(one.stdout).toContain(`hears: ${peer.slice(0, 8)} is controller of term ${term}, by `);
  expect(one.stdout.trimEnd().split('\n').at(-1)).toContain(`${peer}, `);
  const nobody = replay(traces, '--peer', 'ffffffff');
  expect(await nobody.exit()).toBe(5);
  expect(nobody.stderr).toBe(`${traces} holds no trace of a peer ffffffff.\n`);
});

test('a changed trace is told by its turn, a torn one replays, others are refused', async () => {
  const whole = readFileSync(heir.path, 'utf8');
  const changed = join(folder, 'changed.ndjson');
  writeFileSync(changed, whole.replace(/"seed":"[0-9a-f]{64}"/, `"seed":"${'7'.repeat(64)}"`));
  const differs = replay(changed);
  expect(await differs.exit()).toBe(1);
  expect(differs.stderr).toMatch(/^The trace .* does not replay: turn \d+ decides otherwise\.\n$/);
  expect(differs.stdout).toContain('then:');
  const torn = join(folder, 'torn.ndjson');
  // Its last line lacks its last character, and the end of the line.
  writeFileSync(torn, whole.slice(0, -2));
  const stopped = replay(torn, '--json');
  expect(await stopped.exit()).toBe(0);
  expect(stopped.all('replayed')).toMatchObject([{ problem: null, isTorn: true }]);
  const garbage = join(folder, 'garbage.ndjson');
  writeFileSync(garbage, `${whole.split('\n')[0]}\n`);
  appendFileSync(garbage, '{"at":1,"unix":1,"event":{"kind":"heard","message":{}},"effects":[]}\n');
  const impossible = replay(garbage);
  expect(await impossible.exit()).toBe(1);
  expect(impossible.stderr).toMatch(/turn 1 is impossible \(/);
  for (const [text, why] of [
    ['no JSON\n', 'is no recording and no trace: line 1 is no JSON'],
    ['{"time":1}\n', 'is no recording and no trace: line 1 is malformed: topic is missing'],
    ['{"trace":2,"version":"1","dialect":null,"settings":{}}\n', 'trace must be 1'],
    ['{"trace":1,"version":"1","dialect":"odd","settings":{}}\n', 'dialect must be null'],
    ['{"trace":1,"version":"1","dialect":null,"settings":{}}\n', 'no head can be made'],
  ] as const) {
    writeFileSync(garbage, text);
    const refused = replay(garbage);
    expect(await refused.exit(), text).toBe(5);
    expect(refused.stderr).toContain(why);
  }
});
