/** How messages travel: how long, with which quality, in which order, and how often they arrive. */

import { formatMs, type Result } from './finding.ts';
import { type Heard, type Probe, withinMs } from './probe.ts';
import { ECHO_MS, type Ward } from './ward.ts';

const PINGS = 20;
/** Nagle's algorithm and delayed acknowledgements together (measured: 40 to 45 ms). */
const NAGLE_MS: readonly [number, number] = [35, 60];
/** A commitment, a reveal, a vote, a mandate and a challenge, one after another. */
const STEPS = 5;
const SLOW_MS = 100;
/** Phases of an election close after 2 s. */
const TOO_SLOW_MS = 1_000;
/** PROTOCOL 1: bursts stay below this. */
const BURST = 500;
const BURST_MS = 10_000;

/** Alone, before anything else is at work: sends one message after another to itself. */
export async function examineRoundTrip(
  ward: Ward,
): Promise<{ readonly roundTrip: Result; readonly qos: Result }> {
  const topic = ward.topic('ping');
  const probe = await ward.enter();
  await probe.subscribe(topic);
  const times: number[] = [];
  const qualities = new Set<number>();
  for (let ping = 0; ping < PINGS; ping += 1) {
    const payload = ward.mark(`ping ${ping}`);
    const from = performance.now();
    void probe.publish(topic, payload, { qos: 1, retained: false });
    const heard = await probe.hear((it) => it.payload.toString() === payload, ECHO_MS);
    if (heard === null) break;
    times.push(heard.at - from);
    qualities.add(heard.qos);
  }
  return { roundTrip: describeRoundTrip(times), qos: describeQuality(times, qualities) };
}

function describeRoundTrip(times: readonly number[]): Result {
  const sorted = [...times].sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)];
  const longest = sorted.at(-1);
  if (median === undefined || longest === undefined || times.length < PINGS) {
    return {
      grade: 'bad',
      found: `of ${PINGS} messages, number ${times.length + 1} did not come back`,
      meaning: 'peers would not hear one another',
      advice: 'see the rights below, and the log of the broker',
      facts: { medianMs: median ?? null, longestMs: longest ?? null },
    };
  }
  const [low, high] = NAGLE_MS;
  const isNagle = median >= low && median <= high;
  return {
    grade: median >= TOO_SLOW_MS ? 'bad' : median >= SLOW_MS || isNagle ? 'fair' : 'good',
    found: `${formatMs(median)} there and back (median of ${PINGS}), ${formatMs(longest)} at most`,
    meaning: `the ways of an election take about ${formatMs(STEPS * median)}`,
    advice: isNagle ? "40 ms smell of Nagle's algorithm: on Mosquitto, set_tcp_nodelay true" : null,
    facts: { medianMs: median, longestMs: longest },
  };
}

function describeQuality(times: readonly number[], qualities: ReadonlySet<number>): Result {
  const isKept = times.length > 0 && !qualities.has(0);
  return {
    grade: times.length === 0 ? 'bad' : isKept ? 'good' : 'fair',
    found: isKept
      ? 'what is said with QoS 1 arrives with QoS 1'
      : times.length === 0
        ? 'nothing arrives'
        : 'what is said with QoS 1 arrives with QoS 0',
    meaning: isKept
      ? 'what a connection loses is sent again; whatever matters we repeat all the same'
      : 'what is lost on the way is lost; whatever matters we repeat',
    advice: null,
    facts: { qos1: isKept },
  };
}

/** One sender's burst: is all of it there, once, and in order? */
export async function examineOrder(ward: Ward): Promise<Result> {
  const topic = ward.topic('burst');
  const reader = await ward.enter();
  await reader.subscribe(topic);
  const writer = await ward.enter();
  const from = performance.now();
  const last = await burst(writer, topic, BURST, 'one');
  await reader.hear(last, BURST_MS);
  const ms = performance.now() - from;
  const order = numbersIn(reader.heard);
  const arrived = new Set(order).size;
  const isInOrder = isRising(firsts(order));
  const isWhole = arrived === BURST;
  const perSecond = Math.round((1_000 * arrived) / ms);
  const count = isWhole ? `all ${BURST}` : `${arrived} of ${BURST}`;
  return {
    grade: !isInOrder ? 'bad' : isWhole ? 'good' : 'fair',
    found:
      `${count} messages of a burst arrived, ${isInOrder ? 'in order' : 'NOT in order'}, ` +
      `within ${formatMs(ms)}`,
    meaning: isInOrder
      ? isWhole
        ? 'what all peers say at once gets through'
        : 'what is lost is said again, which takes its time'
      : 'we rely on the order of what one peer says on one topic, and on no other',
    advice: isWhole ? null : 'let the broker queue 1,000 messages for each subscriber at least',
    facts: { sent: BURST, arrived, inOrder: isInOrder, perSecond },
  };
}

/** Two senders, two readers: do both read the same order? We rely on it nowhere. */
export async function examineSameOrder(ward: Ward): Promise<Result> {
  const topic = ward.topic('order');
  const readers = [await ward.enter(), await ward.enter()];
  for (const reader of readers) await reader.subscribe(topic);
  const writers = [await ward.enter(), await ward.enter()];
  const lasts = await Promise.all(
    writers.map((writer, index) => burst(writer, topic, BURST / 2, `writer ${index}`)),
  );
  await Promise.all(readers.flatMap((reader) => lasts.map((last) => reader.hear(last, BURST_MS))));
  const [one = [], other = []] = readers.map(({ heard }) =>
    firsts(heard.map(({ payload }) => payload.toString())),
  );
  const isSame = one.length === other.length && one.every((text, index) => text === other[index]);
  return {
    grade: 'good',
    found: `two readers of two senders read ${isSame ? 'the same order' : 'different orders'}`,
    meaning: 'either is fine: the broker is no sequencer for us',
    advice: null,
    facts: { sameOrder: isSame },
  };
}

/** One message, two filters that it matches: how many copies arrive? */
export async function examineOverlap(ward: Ward): Promise<Result> {
  const topic = ward.topic('overlap');
  const reader = await ward.enter();
  await reader.subscribe(topic, topic.replace(/[^/]+$/, '+'));
  await reader.publish(topic, ward.mark('overlap'), { qos: 1, retained: false });
  await reader.hear((it) => it.topic === topic, ECHO_MS);
  // A second copy would be right behind the first.
  await withinMs(new Promise(() => {}), 100);
  const copies = reader.heard.filter((it) => it.topic === topic).length;
  return {
    grade: 'good',
    found: `filters that overlap bring ${copies === 1 ? '1 copy' : `${copies} copies`}`,
    meaning: 'the filters of peers do not overlap',
    advice: copies > 1 ? 'to read along, subscribe to PREFIX/# and to nothing else' : null,
    facts: { copies },
  };
}

/** Says so many at once; resolves to what the last one looks like. */
async function burst(
  writer: Probe,
  topic: string,
  count: number,
  name: string,
): Promise<(heard: Heard) => boolean> {
  const payload = (index: number): string => `${name} ${String(index).padStart(6, '0')}`;
  for (let index = 0; index < count; index += 1) {
    void writer.publish(topic, payload(index), { qos: 1, retained: false });
  }
  const last = payload(count - 1);
  return (heard) => heard.payload.toString() === last;
}

function numbersIn(heard: readonly Heard[]): readonly number[] {
  return heard.map(({ payload }) => Number(payload.toString().slice(-6)));
}

/** Without repeats: QoS 1 allows them. */
function firsts<Item>(items: readonly Item[]): readonly Item[] {
  return [...new Set(items)];
}

function isRising(numbers: readonly number[]): boolean {
  return numbers.every((number, index) => index === 0 || number > (numbers[index - 1] ?? 0));
}
