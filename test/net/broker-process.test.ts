/** Each broker that is installed here: killed as by a crash, and back on the same port. */

import { connectAsync } from 'mqtt';
import { afterEach, describe, expect, it } from 'vitest';
import { BrokerProcess } from '../../src/cli/broker-process.ts';
import { BROKER_KINDS, describeMissing } from '../../src/cli/broker-recipes.ts';
import { PROGRAM } from './fleets.ts';
import { skipLoudly } from './loud-skip.ts';
import { isAlive, until } from './until.ts';

const open: BrokerProcess[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((broker) => broker.end()));
});

/** A message to ourselves, there and back. */
async function speak(port: number): Promise<string> {
  const client = await connectAsync(`mqtt://127.0.0.1:${port}`, {
    protocolVersion: 4,
    reconnectPeriod: 0,
  });
  let heard = '';
  client.on('message', (_topic, payload) => {
    heard = payload.toString();
  });
  await client.subscribeAsync('a/+', { qos: 1 });
  await client.publishAsync('a/b', 'hello', { qos: 1 });
  await until(() => heard !== '', 'our own word', 5_000);
  await client.endAsync(true);
  return heard;
}

describe.each(BROKER_KINDS)('the broker %s', (kind) => {
  it('is killed, started again on its port, and leaves nothing behind', async (context) => {
    const broker = await BrokerProcess.open(kind, PROGRAM);
    if (broker === null) skipLoudly(context, describeMissing(kind));
    open.push(broker);
    expect(await speak(broker.port)).toBe('hello');
    const [first] = broker.pids;
    await broker.kill();
    expect(isAlive(first ?? 0)).toBe(false);
    await expect(speak(broker.port)).rejects.toThrow();
    await broker.start();
    expect(await speak(broker.port)).toBe('hello');
    const { pids } = broker;
    expect(pids).not.toContain(first);
    await broker.end();
    expect(pids.filter(isAlive)).toEqual([]);
  });
});
