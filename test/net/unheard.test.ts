/** A peer whose own words never come back is told so, once; and who is heard is not. */

import { afterEach, expect, it, vi } from 'vitest';
import { openCrookedProxy } from './crooked-proxy.ts';
import { skipLoudly } from './loud-skip.ts';
import { NO_MOSQUITTO, startMosquitto } from './mosquitto.ts';
import { endPrograms, Program } from './program.ts';
import { cleanups, opened, type ToldLink, tell } from './told-link.ts';

const SAID = { qos: 1, retained: false } as const;

afterEach(async () => {
  vi.useRealTimers();
  await endPrograms();
});

/** Time goes on only where a test says so. */
async function connected(denies: string): Promise<ToldLink> {
  vi.useFakeTimers({ toFake: ['performance'] });
  const broker = await opened();
  const proxy = await openCrookedProxy(broker.port, { denies });
  cleanups.push(() => proxy.close());
  const told = tell(`mqtt://127.0.0.1:${proxy.port}`);
  told.connect();
  await arrived(told, 'connected', 1);
  return told;
}

/** `until` waits by the clock that stands still here. */
async function arrived({ log }: ToldLink, what: string, count: number): Promise<void> {
  await vi.waitUntil(() => log.filter((it) => it === what).length >= count, { timeout: 60_000 });
}

it('a topic on which nothing comes back is told once', async () => {
  const told = await connected('a/forbidden');
  told.link.publish('a/free', 'heard', SAID);
  await arrived(told, 'heard', 1);
  for (let second = 0; second < 60; second += 1) {
    told.link.publish('a/forbidden', `word ${second}`, SAID);
    told.link.publish('a/free', `word ${second}`, SAID);
    vi.advanceTimersByTime(1_000);
  }
  await arrived(told, 'heard', 61);
  expect(told.unheard).toEqual(['a/forbidden']);
});

it('where nothing at all comes back, all topics are told at once', async () => {
  const told = await connected('a/forbidden');
  for (let second = 0; second < 60; second += 1) {
    told.link.publish('a/forbidden', 'again and again', SAID);
    // Nothing is expected back where we do not subscribe.
    told.link.publish('b/elsewhere', 'word', SAID);
    vi.advanceTimersByTime(1_000);
  }
  expect(told.unheard).toEqual(['a/forbidden']);
});

it('words that are slow to come back are not taken for words that never do', async () => {
  const told = await connected('none');
  for (let second = 0; second < 5; second += 1) {
    told.link.publish('a/slow', `word ${second}`, SAID);
    vi.advanceTimersByTime(900);
  }
  await arrived(told, 'heard', 5);
  vi.advanceTimersByTime(60_000);
  told.link.publish('a/slow', 'word', SAID);
  expect(told.unheard).toEqual([]);
});

it('a peer that Mosquitto lets read alone says so in one sentence', async (context) => {
  const mosquitto = await startMosquitto([], ['topic read sd/#']);
  if (mosquitto === null) return skipLoudly(context, NO_MOSQUITTO);
  cleanups.push(() => mosquitto.stop());
  const at = ['-h', '127.0.0.1', '-p', String(mosquitto.port), '--heartbeat', '1s'];
  const peer = new Program(['client', '--json', '--peers', '2', '--no-mine', ...at]);
  const forPeople = new Program(['client', '--peers', '2', '--no-mine', ...at]);
  await peer.hear('unheard');
  expect(peer.all('unheard')[0]?.['topics']).toContain('sd/heartbeat');
  await forPeople.write('sd/heartbeat does not come back from the broker, so other peers do not');
  expect(peer.all('unheard')).toHaveLength(1);
});
