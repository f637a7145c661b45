/** Work from a true service: the example, as a process of its own, and clients that know it. */

import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import type { Place } from '../../src/cli/fleet.ts';
import type { Range } from '../../src/domain/quest.ts';
import { lastMandate, openFleet, type TestFleet } from './fleets.ts';
import { endPrograms, Program } from './program.ts';
import { until } from './until.ts';

const open: TestFleet[] = [];

afterEach(async () => {
  await endPrograms();
  await Promise.all(open.splice(0).map((fleet) => fleet.close()));
});

/** The service, on a port of its own, and where it is. */
async function startService(bits: number): Promise<{ service: Program; url: string }> {
  const service = new Program(['0', String(bits)], { file: '../../examples/work-service.js' });
  await service.write('/work\n');
  const [url] = /http:\S+/.exec(service.stdout) ?? [''];
  return { service, url };
}

async function startThree(url: string): Promise<TestFleet> {
  const test = await openFleet(['--peers', '3', '--threads', '1', '--source', url]);
  open.push(test);
  for (let count = 0; count < 3; count += 1) test.fleet.start();
  await until(() => test.all('mandate').length >= 3, 'a mandate that all three know', 30_000);
  return test;
}

/** Kills the controller, and waits for another one. */
async function killController(test: TestFleet): Promise<Place> {
  const { term, place } = lastMandate(test);
  test.fleet.kill(place);
  await until(() => lastMandate(test).term > term, 'another controller', 60_000);
  return place;
}

const doOverlap = (one: Range, other: Range): boolean => one.from < other.to && other.from < one.to;

/** The SHA-256 of the 32 bytes of a SHA-256. */
function twice(text: string): string {
  const once = createHash('sha256').update(text).digest();
  return createHash('sha256').update(once).digest('hex');
}

describe('client --source', () => {
  it('hands in find after find, each once, though service and controller fail', async () => {
    const { service, url } = await startService(19);
    const test = await startThree(url);
    const taken = (): readonly string[] => service.stdout.match(/^header .*$/gm) ?? [];
    await until(() => taken().length >= 2, 'two headers', 60_000);

    // Frozen, it answers nobody; what is found meanwhile is handed in afterwards.
    service.child.kill('SIGSTOP');
    const failed = (): boolean =>
      test.all('source-failed').some(({ said }) => said.code === 'slow');
    await until(failed, 'word of the service that is silent', 60_000);
    service.child.kill('SIGCONT');
    const before = taken().length;
    await until(() => taken().length >= before + 2, 'two more headers', 60_000);

    const killed = await killController(test);
    const later = taken().length;
    await until(() => taken().length >= later + 2, 'headers under another controller', 60_000);
    expect(lastMandate(test).place).not.toBe(killed);
    // All that they say is heard once they have ended.
    test.fleet.killAll();
    await test.fleet.end();
    service.child.kill('SIGKILL');
    await service.exit();

    const finds = test.all('submitted').map(({ said }) => said);
    const digests = finds.map(({ digest }) => digest);
    expect(finds.every(({ rejected }) => rejected === null)).toBe(true);
    expect(new Set(digests).size).toBe(digests.length);
    // All that were taken, in their order: each is the previous text of the next one.
    const lines = taken().map((line) => line.split('digest ')[1]);
    for (const [index, { timestamp, nonce, digest }] of finds.entries()) {
      const at = lines.indexOf(digest);
      // The last find of each that was killed may be taken without its word.
      expect(at).toBeGreaterThanOrEqual(index);
      const previous = at === 0 ? '0'.repeat(64) : lines[at - 1];
      expect(twice(`${previous}${timestamp}${nonce}`)).toBe(digest);
    }
    expect(finds.length).toBeGreaterThanOrEqual(lines.length - 2);
    // Nobody mines for nothing meanwhile.
    expect(test.all('challenge')).toEqual([]);
  });

  it('goes on under another controller with what was not searched yet', async () => {
    const { url } = await startService(45);
    const test = await startThree(url);
    const covers = () => test.all('covered').map(({ said }) => said);
    await until(() => covers().length >= 12, 'some ranges covered', 60_000);
    const quest = test.all('task')[0]?.said.quest;
    const killed = await killController(test);
    const heir = lastMandate(test).place;
    const known = test
      .all('covered')
      .filter(({ place }) => place === heir)
      .map(({ said }) => said as Range);
    expect(known.length).toBeGreaterThan(0);
    const told = test.said.length;
    const leases = () =>
      test.said.slice(told).flatMap(({ said }) => (said.kind === 'lease' ? [said] : []));
    await until(() => leases().length >= 2, 'leases by the other controller', 60_000);
    for (const lease of leases()) {
      expect(lease.quest).toBe(quest);
      expect(known.filter((range) => doOverlap(range, lease))).toEqual([]);
    }
    const tasks = test.all('task');
    expect(tasks.at(-1)?.said).toMatchObject({ quest });
    expect(tasks.map(({ place }) => place)).toEqual([killed, heir]);
  });
});
