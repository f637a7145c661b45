/** A true process on a true disk that fills up, and has room again. */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openBroker } from '../../broker/broker.ts';
import { heightOf, openFleet } from './fleets.ts';
import { skipLoudly } from './loud-skip.ts';
import { endPrograms, Program } from './program.ts';
import { until } from './until.ts';

const undo: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  await endPrograms();
  for (const step of undo.splice(0).reverse()) await step();
});

/** A small disk of its own; null where only root may make one, and we are not. */
function mountDisk(): string | null {
  const place = mkdtempSync(join(tmpdir(), 'sortition-disk-'));
  undo.push(() => rmSync(place, { recursive: true }));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', place], { stdio: 'ignore' });
  } catch {
    return null;
  }
  undo.push(() => void execFileSync('umount', ['--lazy', place]));
  return place;
}

/** Leaves so little room that nothing more can be written. */
function fill(disk: string): string {
  const filler = join(disk, 'filler');
  const { bavail, bsize } = statfsSync(disk);
  try {
    writeFileSync(filler, Buffer.alloc(bavail * bsize));
  } catch (error) {
    // Its peer has taken some of that room meanwhile: then it is full all the more.
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
  }
  return filler;
}

describe('a peer on a disk that is full', () => {
  it('says so, lets the others go on, and takes part again when there is room', async (context) => {
    const disk = mountDisk();
    if (disk === null) skipLoudly(context, 'Only root can mount a small disk.');
    const test = await openFleet([
      '--peers',
      '3',
      '--threads',
      '1',
      '--difficulty',
      'fixed:14',
      '--heartbeat',
      '500ms',
    ]);
    undo.push(() => test.close());
    const { place } = test.fleet.start(['--data', join(disk, 'peer')]);
    test.fleet.start();
    test.fleet.start();
    await until(() => heightOf(test) >= 1, 'results', 30_000);

    const filler = fill(disk);
    const said = (kind: string) =>
      test.said.filter((telling) => telling.place === place && telling.said.kind === kind);
    await until(() => said('failed').length > 0, 'the full disk', 20_000);
    expect(said('failed')[0]?.said).toMatchObject({ effect: 'record', code: 'ENOSPC' });
    const before = heightOf(test);
    await until(() => heightOf(test) >= before + 3, 'the others going on', 20_000);
    expect(said('recorded')).toEqual([]);

    rmSync(filler);
    await until(() => said('recorded').length > 0, 'room', 20_000);
    test.fleet.kill(place);
    await until(() => !test.fleet.isAlive(place), 'its death');
    const again = test.fleet.start(['--data', join(disk, 'peer')]).place;
    const recalled = () => test.all('recalled').find((telling) => telling.place === again);
    await until(() => recalled() !== undefined, 'its memory', 20_000);
    expect(recalled()?.said.height).toBeGreaterThanOrEqual(before + 3);
  });
});

describe('a log on a disk that is full', () => {
  it('costs lines, and no peer its network; it goes on when there is room', async (context) => {
    const disk = mountDisk();
    if (disk === null) skipLoudly(context, 'Only root can mount a small disk.');
    const broker = await openBroker({ port: 0 });
    undo.push(() => broker.close());
    const place = ['-p', String(broker.port), '--peers', '2'];
    const mining = ['--json', '--threads', '1', '--difficulty', 'fixed:12'];
    const path = join(disk, 'log');
    const output = openSync(path, 'a');
    const logged = new Program(['client', ...place, ...mining], { output });
    const other = new Program(['client', ...place, ...mining]);
    await other.hear('result', 1);

    const filler = fill(disk);
    const full = 'The standard output cannot be written (ENOSPC: the disk is full): ';
    await until(() => logged.stderr.includes(full), 'the full disk', 20_000);
    const before = other.all('result').length;
    await other.hear('result', before + 3);
    expect(logged.child.exitCode).toBeNull();
    expect(other.all('left')).toEqual([]);

    rmSync(filler);
    const room = /can be written again; lost: \d+ lines?\.\n/;
    await until(() => room.test(logged.stderr), 'room', 20_000);
    expect(logged.stderr.trimEnd().split('\n')).toHaveLength(2);
    logged.child.kill('SIGTERM');
    expect(await logged.exit()).toBe(0);
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    const kinds = lines.map((line) => (JSON.parse(line) as { kind: string }).kind);
    expect(kinds[0]).toBe('started');
    expect(kinds.at(-1)).toBe('ended');
  });
});
