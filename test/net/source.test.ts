/** Work from a true service: the example, as a process of its own, and clients that know it. */

import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { Place } from '../../src/cli/fleet.ts';
import type { Range } from '../../src/domain/quest.ts';
import { SOURCE_CHECKS } from '../../src/node/doctor/finding.ts';
import { lastMandate, openFleet, type TestFleet } from './fleets.ts';
import { endPrograms, Program } from './program.ts';
import { until } from './until.ts';

const open: TestFleet[] = [];
const servers: Server[] = [];

afterEach(async () => {
  await endPrograms();
  await Promise.all(open.splice(0).map((fleet) => fleet.close()));
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
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

/** A service that calls its fields otherwise, and takes finds at another address. */
async function startForeign(): Promise<{ url: string; finds: Record<string, unknown>[] }> {
  const finds: Record<string, unknown>[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const piece of request.setEncoding('utf8')) body += piece;
    const call = `${request.method} ${request.url}`;
    if (call === 'POST /take') finds.push(JSON.parse(body));
    const task = { previous_block: finds.at(-1)?.['hash'] ?? 'begin', bits: 8 };
    if (call === 'GET /work') response.end(JSON.stringify(task));
    else response.writeHead(call === 'POST /take' ? 200 : 404, { allow: 'GET, POST' }).end();
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, finds };
}

const FIELDS = 'previous=previous_block,zeroes=bits,timestamp=time,digest=hash';

describe('a service in its own words', () => {
  it('is worked for, find after find', async () => {
    const { url, finds } = await startForeign();
    const source = ['--source', `${url}/work`, '--source-submit', `${url}/take`];
    const options = ['--peers', '1', '--threads', '1', ...source, '--source-fields', FIELDS];
    const test = await openFleet(options);
    open.push(test);
    test.fleet.start();
    await until(() => finds.length >= 3, 'three finds', 60_000);
    let previous = 'begin';
    for (const find of finds) {
      expect(Object.keys(find)).toEqual(['time', 'nonce', 'hash']);
      expect(twice(`${previous}${find['time']}${find['nonce']}`)).toBe(find['hash']);
      previous = String(find['hash']);
    }
    expect(test.all('source-failed')).toEqual([]);
  });

  it('is examined by the doctor, which hands nothing in', async () => {
    const { url, finds } = await startForeign();
    const source = ['doctor', '--source', `${url}/work`, '--json'];
    const blind = new Program(source);
    expect(await blind.exit()).toBe(1);
    expect(blind.said.at(-1)).toMatchObject({ kind: 'summary', bad: 2 });
    const env = { SORTITION_SOURCE_FIELDS: FIELDS, SORTITION_SOURCE_SUBMIT: `${url}/take` };
    const told = new Program(source, { env });
    expect(await told.exit()).toBe(0);
    expect(told.said.at(-1)).toMatchObject({ kind: 'summary', good: 6, bad: 0 });
    const shown = new Program(source.slice(0, -1), { env });
    expect(await shown.exit()).toBe(0);
    expect(shown.stdout).toContain('good  source-zeroes   zeroes is "bits": 8 bits');
    expect(shown.stdout).toMatch(/^6 good: peers are well off with this service\.$/m);
    expect(finds).toEqual([]);

    // In the environment, it is one thing more that peers need.
    const all = { ...env, SORTITION_SOURCE: `${url}/work` };
    const both = new Program(['doctor', '--url', 'mqtt://127.0.0.1:1', '--json'], { env: all });
    expect(await both.exit()).toBe(1);
    const checks = both.all('finding').map(({ check }) => check);
    expect(checks).toEqual(['reachable', ...SOURCE_CHECKS]);
  });
});
