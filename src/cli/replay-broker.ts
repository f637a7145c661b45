/** Publishes a recording again, at its own speed or another one. */

import { openMqttVoice } from '../node/mqtt-voice.ts';
import type { Connection } from './connection-settings.ts';
import { EXIT } from './exit.ts';
import { messagesOf } from './replay-recording.ts';
import { Wishes } from './wishes.ts';

export type PublishOptions = {
  readonly connection: Connection;
  /** How many times as fast as it was; infinite for as fast as the broker takes it. */
  readonly speed: number;
  readonly json: boolean;
};

/** Nobody needs to wait for less. */
const LEAST_WAIT_MS = 2;

/** Resolves when all is said. Throws as `openMqttVoice` and `messagesOf`. */
export async function publishRecording(path: string, options: PublishOptions): Promise<void> {
  const { connection, speed, json } = options;
  new Wishes(() => process.exit(EXIT.ok));
  const messages = messagesOf(path);
  // A broken file is told before anything is said.
  let next = messages.next();
  const voice = await openMqttVoice(connection);
  tell(
    { kind: 'publishing', file: path, url: voice.url },
    `publishing ${path} to ${voice.url}`,
    json,
  );
  const startedAt = performance.now();
  let first: number | null = null;
  let last = 0;
  let count = 0;
  let cut = 0;
  for (; !next.done; next = messages.next()) {
    const recorded = next.value;
    // A clock that was set back makes nobody wait, nor does it make up for it later.
    last = Math.max(last, recorded.time);
    first ??= recorded.time;
    const dueAt = startedAt + (last - first) / speed;
    const waitMs = dueAt - performance.now();
    if (waitMs > LEAST_WAIT_MS) await voice.rest(waitMs);
    // What is left of a payload is another message.
    if (recorded.bytes !== undefined) cut += 1;
    else {
      await voice.say(recorded);
      count += 1;
    }
  }
  await voice.close();
  const ms = Math.round(performance.now() - startedAt);
  const left = cut === 0 ? '' : `; ${cut} were cut off in the recording and are left out`;
  const text = `${count} message${count === 1 ? '' : 's'} in ${(ms / 1000).toFixed(1)} s${left}`;
  tell({ kind: 'published', file: path, messages: count, leftOut: cut, ms }, text, json);
}

function tell(facts: object, text: string, isJson: boolean): void {
  const line = isJson ? JSON.stringify({ time: Date.now(), ...facts }) : text;
  process.stdout.write(`${line}\n`);
}
