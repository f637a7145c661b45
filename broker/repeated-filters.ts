/** Answers a SUBSCRIBE that names a filter twice, of which aedes would answer only one. */

import type { Client } from 'aedes';
import packets, { type ISubscribePacket, type ISubscription } from 'mqtt-packet';

const FAILURE = 0x80;

type Request = { readonly messageId: number; readonly filters: readonly string[] };

/** A SUBACK has one return code for each filter, in their order (MQTT-3.8.4-5). */
export class RepeatedFilters {
  /** By the last subscription of the packet, which is the one that counts for its filter. */
  readonly #requests = new WeakMap<ISubscription, Request>();

  /** Takes the packet's number out of it where aedes shall not answer it. */
  take(packet: ISubscribePacket): void {
    const { messageId, subscriptions } = packet;
    const last = subscriptions.at(-1);
    const filters = subscriptions.map(({ topic }) => topic);
    const isRepeated = new Set(filters).size < filters.length;
    if (!isRepeated || last === undefined || messageId === undefined) return;
    this.#requests.set(last, { messageId, filters });
    delete packet.messageId;
  }

  /** `subscriptions`: each with what was granted. */
  answer(subscriptions: readonly ISubscription[], client: Client): void {
    const request = subscriptions.map((it) => this.#requests.get(it)).find((it) => it);
    if (request === undefined || client.closed) return;
    const codes = new Map(subscriptions.map(({ topic, qos }) => [topic, qos]));
    const granted = request.filters.map((filter) => codes.get(filter) ?? FAILURE);
    packets.writeToStream({ cmd: 'suback', messageId: request.messageId, granted }, client.conn);
  }
}
