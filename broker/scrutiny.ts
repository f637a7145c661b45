/** What MQTT 3.1.1 asks of a client's packets, where neither mqtt-packet nor aedes looks. */

import type { EventEmitter } from 'node:events';
import type { Client } from 'aedes';
import type { IConnectPacket, Packet } from 'mqtt-packet';
import { isTopicFilter, isTopicName } from '../src/domain/topic-filter.ts';

/** CONNACK with return code 1, unacceptable protocol level. */
const OTHER_LEVEL = Uint8Array.of(0x20, 2, 0, 1);
/** mqtt-packet's words for a level that it cannot read; aedes itself answers level 5. */
const UNREADABLE_LEVEL = 'Invalid protocol version';

/** What aedes' typings lack. */
type Inside = { readonly _parser: EventEmitter };

/**
 * Looks at each packet before aedes does, which ends the connection at one that it doesn't know.
 * `onPacket` hears the others.
 */
export function scrutinize(client: Client, onPacket: (packet: Packet) => void): void {
  const { _parser: parser } = client as unknown as Inside;
  parser.prependListener('packet', (packet: Packet) => {
    if (isLawful(packet)) onPacket(packet);
    else Object.assign(packet, { cmd: 'forbidden' });
  });
  client.prependListener('error', ({ message }: Error) => {
    const isFirst = !client.connecting && !client.connected;
    // MQTT-3.1.2-2: the client shall know why its connection ends.
    if (isFirst && message === UNREADABLE_LEVEL) client.conn.write(OTHER_LEVEL);
  });
}

/** Whether the connection may go on after this packet of a client (MQTT-4.8.0-1). */
function isLawful(packet: Packet): boolean {
  switch (packet.cmd) {
    case 'connect':
      return isLawfulConnect(packet);
    case 'publish':
      return isTopicName(packet.topic) && (packet.qos === 0 || isNumber(packet.messageId));
    case 'subscribe':
      return (
        isNumber(packet.messageId) &&
        packet.subscriptions.length > 0 &&
        packet.subscriptions.every(({ topic }) => isTopicFilter(topic))
      );
    case 'unsubscribe':
      return (
        isNumber(packet.messageId) &&
        packet.unsubscriptions.length > 0 &&
        packet.unsubscriptions.every(isTopicFilter)
      );
    default:
      return true;
  }
}

function isLawfulConnect(packet: IConnectPacket): boolean {
  const { protocolVersion, will, username, password } = packet;
  // Later versions have other rules, and are told that they are not spoken here.
  if (protocolVersion === 5) return true;
  // MQTT-3.1.2-22.
  if (username === undefined && password !== undefined) return false;
  // Two bits have room for a QoS of 3 (MQTT-3.1.2-14).
  return will === undefined || (isTopicName(will.topic) && (will.qos ?? 0) <= 2);
}

/** A packet identifier is not zero (MQTT-2.3.1-1). */
function isNumber(messageId: number | undefined): boolean {
  return messageId !== undefined && messageId > 0;
}
