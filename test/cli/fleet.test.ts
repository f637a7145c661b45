/** A fleet of processes is heard, told what to do, and ended, whatever its processes do. */

import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { Fleet, type Place } from '../../src/cli/fleet.ts';
import type { Ending } from '../../src/cli/fleet-process.ts';
import type { Said } from '../../src/cli/fleet-said.ts';

const FAKE = fileURLToPath(new URL('./fake-client.mjs', import.meta.url));

class Watch {
  readonly said: (readonly [Place, Said])[] = [];
  readonly endings = new Map<Place, Ending>();
  readonly fleet: Fleet;
  #waiting: (() => void)[] = [];

  constructor(politeMs = 3_000) {
    const wake = (): void => {
      for (const look of this.#waiting.splice(0)) look();
    };
    this.fleet = new Fleet({
      program: FAKE,
      args: [],
      politeMs,
      onSaid: (place, said) => {
        this.said.push([place, said]);
        wake();
      },
      onEnded: (place, ending) => {
        this.endings.set(place, ending);
        wake();
      },
    });
  }

  kinds(place: Place): readonly string[] {
    return this.said.filter(([from]) => from === place).map(([, { kind }]) => kind);
  }

  codes(): readonly string[] {
    return this.said.flatMap(([, said]) => (said.kind === 'failed' ? [said.code] : []));
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}

let watch: Watch;
afterEach(async () => {
  watch.fleet.killAll();
  await watch.fleet.end();
});

const CONNECTED = 'say={"kind":"connected"}';
const LEFT = 'say={"kind":"ended","reason":"told","tried":7,"wins":1}';

test('what a process says is heard in order, under its place', async () => {
  watch = new Watch();
  expect(watch.fleet.start([CONNECTED, 'stay', LEFT]).place).toBe(1);
  expect(watch.fleet.start([CONNECTED, CONNECTED, 'stay']).place).toBe(2);
  await watch.until(() => watch.said.length === 3);
  await watch.fleet.end();
  expect(watch.kinds(1)).toEqual(['connected', 'ended']);
  expect(watch.kinds(2)).toEqual(['connected', 'connected']);
});

test('garbage, half lines and endless lines leave the other lines whole', async () => {
  watch = new Watch();
  const half = ['raw={"time":1,"ki', 'raw=nd":"connected"}\n'];
  const args = ['raw=oops\n', CONNECTED, 'fill=400000', 'raw=\n', ...half, 'raw={"time":1,"kind"'];
  watch.fleet.start([...args, 'exit=0']);
  await watch.until(() => watch.endings.has(1));
  expect(watch.kinds(1)).toEqual(['connected', 'connected']);
});

test('who leaves when asked has left', async () => {
  watch = new Watch();
  watch.fleet.start([CONNECTED, 'stay', LEFT]);
  await watch.until(() => watch.said.length === 1);
  watch.fleet.leave(1);
  await watch.until(() => watch.endings.has(1));
  expect(watch.endings.get(1)).toMatchObject({ how: 'left', code: 0 });
  expect(watch.fleet.living).toBe(0);
});

test('who dies of an error died, and its last words are kept, but not all', async () => {
  watch = new Watch();
  watch.fleet.start([`complain=${'x'.repeat(5_000)}\n`, 'complain=no luck\n', 'exit=3']);
  await watch.until(() => watch.endings.has(1));
  const ending = watch.endings.get(1);
  expect(ending).toMatchObject({ how: 'died', code: 3 });
  expect(ending?.lastWords.endsWith('\nno luck')).toBe(true);
  expect(ending?.lastWords.length).toBeLessThan(4_100);
});

test('who is killed by us was killed, and by somebody else, died', async () => {
  watch = new Watch();
  watch.fleet.start([CONNECTED, 'stay']);
  const { pid } = watch.fleet.start([CONNECTED, 'stay']);
  await watch.until(() => watch.said.length === 2);
  watch.fleet.kill(1);
  process.kill(pid, 'SIGKILL');
  await watch.until(() => watch.endings.size === 2);
  expect(watch.endings.get(1)).toMatchObject({ how: 'killed', signal: 'SIGKILL' });
  expect(watch.endings.get(2)).toMatchObject({ how: 'died', signal: 'SIGKILL' });
});

test('all are told to pause and to resume', async () => {
  watch = new Watch();
  for (const _ of [1, 2]) watch.fleet.start([CONNECTED, 'obey', CONNECTED, 'stay']);
  await watch.until(() => watch.said.length === 4);
  watch.fleet.pause();
  await watch.until(() => watch.codes().length === 2);
  watch.fleet.resume();
  await watch.until(() => watch.codes().length === 4);
  expect(watch.codes()).toEqual(['pause', 'pause', 'resume', 'resume']);
});

test('the last one leaves after all the others have gone', async () => {
  watch = new Watch();
  for (const _ of [1, 2, 3]) watch.fleet.start([CONNECTED, 'stay', LEFT]);
  await watch.until(() => watch.said.length === 3);
  await watch.fleet.end(2);
  const left = watch.said.filter(([, { kind }]) => kind === 'ended').map(([place]) => place);
  expect(left.at(-1)).toBe(2);
  expect(left).toHaveLength(3);
});

test('who does not leave in time is killed', async () => {
  watch = new Watch(200);
  watch.fleet.start([CONNECTED, 'cling']);
  watch.fleet.start([CONNECTED, 'stay']);
  await watch.until(() => watch.said.length === 2);
  await watch.fleet.end();
  expect(watch.endings.get(1)).toMatchObject({ how: 'killed' });
  expect(watch.endings.get(2)).toMatchObject({ how: 'left' });
});

test('settings of the environment are not handed on', async () => {
  watch = new Watch();
  process.env['SORTITION_IDENTITY'] = 'ours.pem';
  watch.fleet.start(['setting=SORTITION_IDENTITY', 'stay']);
  delete process.env['SORTITION_IDENTITY'];
  await watch.until(() => watch.said.length === 1);
  expect(watch.codes()).toEqual(['undefined']);
});

test('a program that is not there dies with words that say so', async () => {
  watch = new Watch();
  const endings: Ending[] = [];
  const fleet = new Fleet({
    program: `${FAKE}.missing`,
    args: [],
    onSaid: () => {},
    onEnded: (_, ending) => endings.push(ending),
  });
  fleet.start();
  await fleet.end();
  expect(endings).toHaveLength(1);
  expect(endings[0]?.how).toBe('died');
  expect(endings[0]?.lastWords).toContain('.missing');
});
