/** What users of the broker may do to one another: a peer speaks for itself, a viewer reads. */

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MqttClient } from 'mqtt';
import { expect, it } from 'vitest';
import type { Broker } from '../../broker/broker.ts';
import { cleanups, enter, opened, usersFile } from './broker-callers.ts';
import { endPrograms, Program } from './program.ts';
import { until } from './until.ts';

const NAME = '0e9a2f3c-1b2d-8c3e-9f40-5a6b7c8d9e0f';
const OTHER = '1e9a2f3c-1b2d-8c3e-9f40-5a6b7c8d9e0f';
const PRESENCE = `sd/peer/${NAME}`;
const KEPT = { qos: 1, retain: true } as const;

/** As peers choose it. */
const idOf = (name: string, process = '00000001'): string => `sortition-${name}-${process}`;

/** The user's password is `secret`, as everybody's. */
const as = (username: string, clientId: string, more = {}): object => ({
  username,
  password: 'secret',
  clientId,
  ...more,
});

async function openWithUsers(): Promise<{ broker: Broker; said: string[] }> {
  const users = await usersFile({ ann: 'peer', bob: 'peer', eve: 'viewer' });
  const said: string[] = [];
  const broker = await opened({ users, onRefused: (sentence) => said.push(sentence) });
  return { broker, said };
}

/** What is said under `sd` from now on, and what is retained there. */
async function listen(broker: Broker, options: object): Promise<string[]> {
  const heard: string[] = [];
  const reader = await enter(broker, options);
  reader.on('message', (topic, payload) => heard.push(`${topic} ${payload}`));
  await reader.subscribeAsync('sd/#', { qos: 1 });
  return heard;
}

/** Of `sd`, as a newcomer is told, in the order of its coming; `witness` adds what is the last. */
async function retainedFor(broker: Broker, witness: MqttClient, who: object): Promise<string[]> {
  await witness.publishAsync('sd/end', 'here', KEPT);
  const heard = await listen(broker, who);
  await until(() => heard.includes('sd/end here'), 'the end');
  await witness.publishAsync('sd/end', '', KEPT);
  return heard.filter((it) => !it.startsWith('sd/end'));
}

it('a user does not take the MQTT client id of another, and may take its own', async () => {
  const { broker, said } = await openWithUsers();
  const first = await enter(broker, as('ann', idOf(NAME)));
  await expect(enter(broker, as('bob', idOf(NAME)))).rejects.toMatchObject({ code: 2 });
  expect(first.connected).toBe(true);
  expect(said).toEqual([
    `The user "bob" at 127.0.0.1 with the MQTT client id "${idOf(NAME)}" was refused: ` +
      'the user "ann" has that MQTT client id.',
  ]);
  const second = await enter(broker, as('ann', idOf(NAME)));
  await until(() => !first.connected);
  await second.endAsync();
  await until(() => broker.clients() === 0);
  expect((await enter(broker, as('bob', idOf(NAME)))).connected).toBe(true);
});

it('of two users that come with one MQTT client id at once, one is in', async () => {
  const { broker } = await openWithUsers();
  const comings = ['ann', 'bob', 'ann', 'bob'].map((user) => enter(broker, as(user, idOf(NAME))));
  const comers = await Promise.allSettled(comings);
  const isIn = comers.map(({ status }) => status === 'fulfilled');
  expect([isIn[0] || isIn[2], isIn[1] || isIn[3]]).toContain(false);
  expect(isIn).toContain(true);
});

it('no user publishes on the presence of another, nor clears it; its own peer does', async () => {
  const { broker, said } = await openWithUsers();
  const ann = await enter(broker, as('ann', idOf(NAME)));
  await ann.publishAsync(PRESENCE, 'ready', KEPT);
  const heard = await listen(broker, as('eve', 'viewer'));
  await until(() => heard.length === 1);
  const named = await enter(broker, as('bob', idOf(NAME, '00000002')));
  const unnamed = await enter(broker, as('bob', idOf(OTHER)));
  for (const bob of [named, unnamed]) {
    // Each is acknowledged, for MQTT 3.1.1 has no other answer, and the connection stays.
    await bob.publishAsync(PRESENCE, '', KEPT);
    await bob.publishAsync(PRESENCE, 'lost', { qos: 0 });
    await bob.publishAsync(PRESENCE, 'lost', { ...KEPT, qos: 2 });
    await bob.publishAsync('sd/init', 'hello', { qos: 1 });
    expect(bob.connected).toBe(true);
  }
  await until(() => heard.length === 3);
  expect(heard).toEqual([`${PRESENCE} ready`, 'sd/init hello', 'sd/init hello']);
  expect(said).toEqual([
    `The user "bob" at 127.0.0.1 with the MQTT client id "${idOf(NAME, '00000002')}" ` +
      `may not publish on "${PRESENCE}": the user "ann" speaks for that peer.`,
    `The user "bob" at 127.0.0.1 with the MQTT client id "${idOf(OTHER)}" ` +
      `may not publish on "${PRESENCE}": its MQTT client id does not begin with the name of that ` +
      'peer.',
  ]);
  expect(await retainedFor(broker, ann, as('eve', 'late'))).toEqual([`${PRESENCE} ready`]);
  await ann.publishAsync(PRESENCE, '', KEPT);
  expect(await retainedFor(broker, ann, as('eve', 'later'))).toEqual([]);
});

it('what another user had retained may be replaced, and not cleared', async () => {
  const { broker } = await openWithUsers();
  const ann = await enter(broker, as('ann', idOf(NAME)));
  const bob = await enter(broker, as('bob', idOf(OTHER)));
  await ann.publishAsync('sd/controller', 'ann', KEPT);
  await bob.publishAsync('sd/controller', '', KEPT);
  expect(await retainedFor(broker, ann, as('eve', 'one'))).toEqual(['sd/controller ann']);
  await bob.publishAsync('sd/controller', 'bob', KEPT);
  expect(await retainedFor(broker, ann, as('eve', 'two'))).toEqual(['sd/controller bob']);
  await bob.publishAsync('sd/controller', '', KEPT);
  expect(await retainedFor(broker, ann, as('eve', 'three'))).toEqual([]);
});

it('a will on the presence of another is never published', async () => {
  const { broker, said } = await openWithUsers();
  const will = { topic: PRESENCE, payload: Buffer.from('lost'), qos: 1, retain: true } as const;
  await expect(enter(broker, as('bob', idOf(OTHER), { will }))).rejects.toMatchObject({ code: 5 });
  const ann = await enter(broker, as('ann', idOf(NAME), { will }));
  const heard = await listen(broker, as('eve', 'viewer'));
  const bob = await enter(broker, as('bob', idOf(NAME, '00000002'), { will }));
  bob.stream.destroy();
  await until(() => broker.clients() === 2);
  await ann.publishAsync('sd/init', 'hello', { qos: 1 });
  await until(() => heard.length > 0);
  expect(heard).toEqual(['sd/init hello']);
  expect(said.some((it) => it.includes('is let in without its will'))).toBe(true);
  ann.stream.destroy();
  await until(() => heard.includes(`${PRESENCE} lost`));
});

it('a viewer hears everything, says nothing, and leaves no will', async () => {
  const { broker, said } = await openWithUsers();
  const eve = await enter(broker, as('eve', 'eve'));
  const heard = await listen(broker, as('eve', 'viewer'));
  await eve.publishAsync('sd/init', 'no', { qos: 1 });
  await eve.publishAsync('sd/controller', 'no', KEPT);
  const will = { topic: 'elsewhere', payload: Buffer.from('no'), qos: 1, retain: true } as const;
  await expect(enter(broker, as('eve', 'other', { will }))).rejects.toMatchObject({ code: 5 });
  const ann = await enter(broker, as('ann', idOf(NAME)));
  await ann.publishAsync('sd/init', 'yes', { qos: 1 });
  await until(() => heard.length > 0);
  expect(heard).toEqual(['sd/init yes']);
  expect(eve.connected).toBe(true);
  expect(said).toEqual([
    'The user "eve" at 127.0.0.1 with the MQTT client id "eve" may not publish on "sd/init": ' +
      'a viewer only reads.',
    'The user "eve" at 127.0.0.1 with the MQTT client id "other" was refused with its will on ' +
      '"elsewhere": a viewer only reads.',
  ]);
});

it('a presence is forgotten some time after its connection ended, its will too', async () => {
  const broker = await opened({ presenceMs: 200 });
  const will = { topic: PRESENCE, payload: Buffer.from('lost'), qos: 1, retain: true } as const;
  const peer = await enter(broker, { clientId: idOf(NAME), will });
  // With a reset, and subscriptions to end first, the will comes when the connection is gone.
  await peer.subscribeAsync(['sd/+', 'sd/peer/+'], { qos: 1 });
  await peer.publishAsync(PRESENCE, 'ready', KEPT);
  const other = await enter(broker, { clientId: idOf(OTHER) });
  await other.publishAsync(`sd/peer/${OTHER}`, 'ready', KEPT);
  await other.publishAsync('sd/controller', 'mandate', KEPT);
  const heard = await listen(broker, {});
  (peer.stream as Socket).resetAndDestroy();
  await until(() => heard.includes(`${PRESENCE} lost`));
  for (let left = true; left; ) {
    const retained = await retainedFor(broker, other, {});
    expect(retained).toContain(`sd/peer/${OTHER} ready`);
    expect(retained).toContain('sd/controller mandate');
    left = retained.some((it) => it.startsWith(PRESENCE));
  }
});

it('beside 10,100 presences of the gone, a mandate is retained and shown', async () => {
  const broker = await opened();
  const gone = await enter(broker);
  for (let index = 0; index < 10_100; index += 1) {
    const name = `00000000-0000-8000-8000-${String(index).padStart(12, '0')}`;
    gone.publish(`sd/peer/${name}`, 'ready', { retain: true, qos: 0 });
  }
  await gone.publishAsync('sd/init', 'last', { qos: 1 });
  await gone.endAsync();
  const peer = await enter(broker, { clientId: idOf(NAME) });
  await peer.publishAsync('sd/controller', 'mandate', KEPT);
  const heard: string[] = [];
  cleanups.push(() => heard.splice(0));
  const reader = await enter(broker);
  reader.on('message', (_topic, payload) => heard.push(payload.toString()));
  await reader.subscribeAsync('sd/controller', { qos: 1 });
  await until(() => heard.length > 0, 'the mandate');
  expect(heard).toEqual(['mandate']);
});

/** Of `eve`, who is a viewer. */
const env = { SORTITION_USERNAME: 'eve', SORTITION_PASSWORD: 'secret' };

it('our tools look on as a viewer, and a client says why it cannot take part', async () => {
  const { broker, said } = await openWithUsers();
  const folder = await mkdtemp(join(tmpdir(), 'sortition-viewer-'));
  cleanups.push(
    () => rm(folder, { recursive: true }),
    () => endPrograms(),
  );
  const recording = join(folder, 'run.ndjson');
  const at = ['-p', String(broker.port)];
  const watch = new Program(['watch', '--json', ...at], { env });
  const record = new Program(['record', recording, '--json', ...at], { env });
  const check = new Program(['check', '--json', '--host', '127.0.0.1', ...at], { env });
  await until(() => broker.clients() === 3, 'all three', 20_000);
  await record.hear('recording');
  const peer = new Program(['client', '--json', '--peers', '1', '--difficulty', 'fixed:8', ...at], {
    env: { SORTITION_USERNAME: 'ann', SORTITION_PASSWORD: 'secret' },
  });
  await peer.hear('result');
  await until(() => watch.stdout.includes('sd/result'), 'a result on the screen', 20_000);
  for (const program of [peer, watch, record, check]) program.child.kill('SIGTERM');
  expect(await Promise.all([peer, watch, record, check].map((it) => it.exit()))).toEqual([
    ...[0, 0, 0, 0],
  ]);
  expect(await readFile(recording, 'utf8')).toContain('sd/result');
  expect(said).toEqual([]);

  const viewer = new Program(['client', '--json', '--patience', '0', ...at], { env });
  expect(await viewer.exit()).toBe(3);
  expect(viewer.stderr).toBe(
    `The broker at mqtt://127.0.0.1:${broker.port} does not let in the user "eve": check user ` +
      'name and password, and that the user may publish, not only read.\n',
  );
});

it('the command line gives a user a role, and the broker tells what it refuses', async () => {
  const users = await usersFile({ ann: 'peer' });
  const input = 'secret\n';
  const args = ['broker', '--users', users, '--add-user', 'eve', '--role'];
  cleanups.push(() => endPrograms());
  expect(await new Program([...args, 'boss'], { input }).exit()).toBe(2);
  expect(await new Program([...args, 'viewer'], { input }).exit()).toBe(0);
  expect(await new Program(['broker', '--role', 'viewer']).exit()).toBe(2);
  const broker = new Program(['broker', '--port', '0', '--users', users]);
  await broker.write('npx sortition client');
  const [, port = ''] = /mqtt:\/\/127\.0\.0\.1:(\d+)/.exec(broker.stdout) ?? [];
  const place = { port: Number(port) } as Broker;
  const eve = await enter(place, as('eve', 'e\u009b2J'));
  await eve.publishAsync('sd/init', 'no', { qos: 1 });
  await broker.write('client id "e?2J" may not publish on "sd/init": a viewer only reads.');
  expect(broker.stderr).toBe('');
});
