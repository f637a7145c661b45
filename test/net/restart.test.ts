/** True processes with data directories: killed, started again, and one with the others at once. */

import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { heightOf, openFleet, type TestFleet, winners } from './fleets.ts';
import { endPrograms, Program } from './program.ts';
import { until } from './until.ts';

let place = '';
const open: TestFleet[] = [];
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'sortition-restart-'));
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((fleet) => fleet.close()));
  await endPrograms();
  rmSync(place, { recursive: true });
});

const dataOf = (name: number): readonly string[] => ['--data', join(place, `p${name}`)];

async function startFleet(peers: number, args: readonly string[]): Promise<TestFleet> {
  const test = await openFleet(['--peers', String(peers), '--threads', '1', ...args]);
  open.push(test);
  for (let name = 1; name <= peers; name += 1) test.fleet.start(dataOf(name));
  return test;
}

describe('six of ten that are killed at once', () => {
  it('leave a network that says so, and goes on when two come back with their data', async () => {
    const test = await startFleet(10, ['--difficulty', 'fixed:14']);
    const { fleet } = test;
    await until(() => heightOf(test) >= 2, 'three results', 40_000);
    for (let dead = 1; dead <= 6; dead += 1) fleet.kill(dead);
    await until(() => [1, 2, 3, 4, 5, 6].every((dead) => !fleet.isAlive(dead)), 'their deaths');
    const missing = { present: 4, needed: 6, of: 10 };
    const saysSo = (name: number): boolean =>
      test
        .all('no-quorum')
        .some(({ place: who, said }) => who === name && said.present === missing.present);
    await until(() => [7, 8, 9, 10].some(saysSo), 'no quorum', 60_000);
    const told = test.all('no-quorum').find(({ said }) => said.present === 4);
    expect(told?.said).toMatchObject(missing);

    const before = heightOf(test);
    const first = fleet.start(dataOf(1)).place;
    fleet.start(dataOf(2));
    await until(() => heightOf(test) > before + 1, 'results again', 60_000);
    const recalled = test.all('recalled').find(({ place: who }) => who === first);
    expect(recalled?.said).toMatchObject({ isMember: true });
    const names = test.all('started').filter(({ place: who }) => who === 1 || who === first);
    expect(names[0]?.said.peer).toBe(names[1]?.said.peer);
    for (const digests of winners(test).values()) expect(digests.size).toBe(1);
  });
});

describe('a network whose peers are all killed', () => {
  it('goes on where it stood once they are started again', async () => {
    const test = await startFleet(3, ['--difficulty', 'fixed:14', '--heartbeat', '500ms']);
    const { fleet } = test;
    await until(() => heightOf(test) >= 3, 'four results', 40_000);
    for (const dead of [1, 2, 3]) fleet.kill(dead);
    await until(() => fleet.living === 0, 'their deaths');
    const before = heightOf(test);
    for (const name of [1, 2, 3]) fleet.start(dataOf(name));
    await until(() => heightOf(test) > before + 1, 'results again', 40_000);
    expect(test.all('founded').length).toBeLessThanOrEqual(3);
    const recalled = test.all('recalled');
    expect(recalled.length).toBe(3);
    const networks = new Set(recalled.map(({ said }) => said.network));
    expect(networks.size).toBe(1);
    for (const { said } of recalled) expect(said.term).toBeGreaterThanOrEqual(1);
    for (const digests of winners(test).values()) expect(digests.size).toBe(1);
  });
});

describe('a peer that is killed amid its writing, again and again', () => {
  it('has forgotten nothing that it announced', async () => {
    const test = await openFleet([
      '--peers',
      '1',
      '--threads',
      '1',
      '--difficulty',
      'fixed:1',
      '--heartbeat',
      '500ms',
    ]);
    open.push(test);
    for (let round = 0; round < 8; round += 1) {
      const announced = heightOf(test);
      const { place: who } = test.fleet.start(dataOf(1));
      const mine = () => test.said.filter((telling) => telling.place === who);
      const results = () => mine().filter(({ said }) => said.kind === 'result').length;
      await until(() => results() >= 2 + (round % 3), 'results', 20_000);
      test.fleet.kill(who);
      await until(() => !test.fleet.isAlive(who), 'its death');
      const recalled = test.all('recalled').find((telling) => telling.place === who);
      if (round > 0) expect(recalled?.said.height).toBeGreaterThan(announced);
    }
    for (const digests of winners(test).values()) expect(digests.size).toBe(1);
  });
});

describe('a second process on one data directory', () => {
  it('is refused in a sentence, and the first goes on', async () => {
    const args = ['client', '--json', '--port', '1', ...dataOf(1)];
    const first = new Program(args);
    await first.hear('disconnected');
    const second = new Program(args);
    expect(await second.exit()).toBe(5);
    expect(second.stderr).toMatch(/^The data directory .* is in use by another process: .*\n$/);
    expect(second.stdout).toBe('');
    first.child.kill('SIGTERM');
    expect(await first.exit()).toBe(0);
    const third = new Program(args);
    await third.hear('recalled');
    third.child.kill('SIGTERM');
    expect(await third.exit()).toBe(0);
  });

  it('may begin as another peer once the first is gone, and says where that is', async () => {
    const args = ['client', '--port', '1', ...dataOf(1)];
    const first = new Program(args);
    await first.write('we are');
    first.child.kill('SIGKILL');
    await first.exit();
    const second = new Program([...args, '--new-identity']);
    await second.write('what was there is kept in');
    second.child.kill('SIGTERM');
    expect(await second.exit()).toBe(0);
  });
});

describe('two processes with one key, in a data directory and in its copy', () => {
  /** A network of one, whose data is copied: arguments for the original, and for the copy. */
  async function copied(): Promise<readonly (readonly string[])[]> {
    const test = await openFleet([]);
    open.push(test);
    const client = ['client', '--json', '--port', String(test.port), '--peers', '1'];
    const args = [...client, '--threads', '1', '--heartbeat', '300ms', '--difficulty', 'fixed:8'];
    const original = [...args, ...dataOf(1)];
    const first = new Program(original);
    await first.hear('result');
    first.child.kill('SIGKILL');
    await first.exit();
    cpSync(join(place, 'p1'), join(place, 'p2'), { recursive: true });
    return [original, [...args, ...dataOf(2)]];
  }

  /** Now: one that has waited goes on when the other one has ended. */
  const isWaiting = ({ said }: Program): boolean => {
    const waits = said.findLastIndex(
      ({ kind, idle }) => kind === 'idle' && (idle as { reason: string }).reason === 'name-in-use',
    );
    return waits > said.findLastIndex(({ kind }) => kind === 'mandate');
  };

  it('do not end one another for ever: one waits, says so, and goes on afterwards', async () => {
    const both = await copied();
    const running: Program[] = [];
    let ends = 0;
    let isOver = false;
    /** As a supervisor that starts again whatever has ended. */
    const supervise = async (which: number): Promise<void> => {
      while (!isOver && ends < 6) {
        const program = new Program(both[which] ?? []);
        running[which] = program;
        await program.exit();
        if (!isOver) ends += 1;
      }
    };
    const supervised = [supervise(0), supervise(1)];
    const waiting = (): number => running.findIndex(isWaiting);
    const other = (): Program | undefined => running[1 - waiting()];
    const isSettled = (): boolean => waiting() >= 0 && (other()?.all('result').length ?? 0) > 0;
    await until(isSettled, 'one that waits while the other one works', 40_000);
    const [waits, works] = [running[waiting()], other()];
    if (waits === undefined || works === undefined) throw new Error('There are two.');
    // Both were started at once: one may have ended for the other before that.
    const endsBefore = ends;
    const before = works.all('result').length;
    await until(() => works.all('result').length > before + 3, 'results', 30_000);
    expect(ends).toBe(endsBefore);
    expect(waits.all('mandate')).toEqual([]);
    isOver = true;
    works.child.kill('SIGKILL');
    await until(() => waits.all('result').length > 0, 'results of the one that waited', 40_000);
    waits.child.kill('SIGKILL');
    await Promise.all(supervised);
  });

  it.skipIf(process.platform === 'win32')(
    'end with a sentence, a last line and a code where one was frozen meanwhile',
    async () => {
      const [original = [], copy = []] = await copied();
      const first = new Program(original);
      await first.hear('result');
      first.child.kill('SIGSTOP');
      const second = new Program(copy);
      await second.hear('result');
      first.child.kill('SIGCONT');
      expect(await first.exit()).toBe(6);
      expect(first.said.at(-1)).toMatchObject({ kind: 'ended', reason: 'name-taken' });
      expect(first.stderr).toMatch(
        /^Another process uses the identity [\w-]+, so this one has ended: .*\n$/,
      );
      const before = second.all('result').length;
      await second.hear('result', before + 2);
      expect(isWaiting(second)).toBe(false);
    },
    120_000,
  );
});
