/** Who is at work under the prefix already, and how their clocks differ from ours. */

import type { Message } from '../../domain/message.ts';
import { senderOf } from '../../domain/message.ts';
import { plainReader } from '../../wire/reader.ts';
import { everythingUnder, readTopic } from '../../wire/topics.ts';
import { formatMs, type Result } from './finding.ts';
import type { Heard, Probe } from './probe.ts';
import type { Ward } from './ward.ts';

/** A difficulty rule by interval sees a clock that is off by so much. */
const OFF_MS = 1_000;

/** Listens to everything under the prefix from now on. */
export class Company {
  readonly #ward: Ward;
  readonly #probe: Probe;
  readonly #openedAt = performance.now();

  private constructor(ward: Ward, probe: Probe) {
    this.#ward = ward;
    this.#probe = probe;
  }

  static async open(ward: Ward): Promise<Company> {
    const probe = await ward.enter();
    await probe.subscribe(everythingUnder(ward.prefix));
    return new Company(ward, probe);
  }

  /** What others said while we listened; what was retained, or is a will, does not count. */
  get live(): readonly Heard[] {
    const { prefix } = this.#ward;
    return this.#probe.heard.filter(
      (it) => !it.retained && !this.#ward.isOurs(it) && !isFarewell(prefix, it),
    );
  }

  describe(): Result {
    const { prefix } = this.#ward;
    const peers = new Set(this.live.flatMap((heard) => nameIn(heard) ?? []));
    const listenedMs = Math.round(performance.now() - this.#openedAt);
    const count = peers.size === 1 ? '1 peer speaks' : `${peers.size} peers speak`;
    const isQuiet = this.live.length === 0;
    return {
      grade: 'good',
      found: isQuiet
        ? `nobody said a word under ${prefix} for ${formatMs(listenedMs)}`
        : peers.size === 0
          ? `somebody speaks under ${prefix}`
          : `${count} under ${prefix}`,
      meaning: isQuiet
        ? 'the prefix is free'
        : 'whoever starts a peer here joins them, or another network altogether with --prefix',
      advice: null,
      facts: { peers: peers.size, messages: this.live.length, listenedMs },
    };
  }

  /** MQTT tells no time: what peers say of theirs is all there is to compare with. */
  describeClocks(): Result {
    const skews = skewsIn(this.#ward.prefix, this.live);
    const meaning = 'block times alone depend on clocks, and the difficulty of blocks on those';
    if (skews.size === 0) {
      return {
        grade: 'unknown',
        found: 'there was no clock to compare ours with: MQTT tells no time',
        meaning,
        advice: null,
        facts: { peers: 0, mostMs: null },
      };
    }
    const most = [...skews.values()].reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a));
    const isOff = Math.abs(most) > OFF_MS;
    const which = skews.size === 1 ? 'the clock of a peer is' : `of ${skews.size} clocks, one is`;
    return {
      grade: isOff ? 'fair' : 'good',
      found: isOff
        ? `${which} ${formatMs(Math.abs(most))} ${most > 0 ? 'ahead of' : 'behind'} ours`
        : `the clocks of ${skews.size} peers agree with ours within ${formatMs(Math.abs(most))}`,
      meaning,
      advice: isOff ? 'set the clocks by NTP' : null,
      facts: { peers: skews.size, mostMs: Math.round(most) },
    };
  }
}

/** A goodbye, a will, or the clearing of what was kept: its peer is gone. */
function isFarewell(prefix: string, { topic, payload }: Heard): boolean {
  if (payload.length === 0) return true;
  const isPresence = readTopic(prefix, topic)?.kind === 'presence';
  return isPresence && /"State":\s*"(lost|disconnected)"/.test(payload.toString());
}

function nameIn({ payload }: Heard): string | null {
  const [, name = null] = /"ClientID":\s*"?([^",}]{1,64})/.exec(payload.toString()) ?? [];
  return name;
}

/** Milliseconds by which each clock is ahead, as far as somebody said a time just then. */
function skewsIn(prefix: string, live: readonly Heard[]): ReadonlyMap<string, number> {
  const skews = new Map<string, number>();
  const opened = new Set<string>();
  for (const { topic, payload, at } of live) {
    const place = readTopic(prefix, topic);
    if (place === null || place.kind === 'transaction') continue;
    const read = plainReader.letter(place, topic, payload);
    if (!read.ok) continue;
    const { message } = read.letter;
    const time = freshTimeIn(message, opened);
    const heardAt = Date.now() - (performance.now() - at);
    if (time !== null) skews.set(senderOf(message), time - heardAt);
  }
  return skews;
}

/** When it was said, by the clock of its sender. The first challenge that we hear may be old. */
function freshTimeIn(message: Message, opened: Set<string>): number | null {
  if (message.kind !== 'challenge') return null;
  const isFirst = opened.size === 0;
  const key = `${message.transactionID} ${message.time}`;
  if (opened.has(key)) return null;
  opened.add(key);
  return isFirst ? null : message.time;
}
