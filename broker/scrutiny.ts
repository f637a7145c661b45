/** What MQTT 3.1.1 asks of a client's packets, where neither mqtt-packet nor aedes looks. */

import type { EventEmitter } from 'node:events';
import type { Client } from 'aedes';
import type { IConnectPacket, Packet } from 'mqtt-packet';
import { isTopicFilter, isTopicName } from '../src/domain/topic-filter.ts';

/** CONNACK with return code 1, unacceptable protocol level. */
const OTHER_LEVEL = Uint8Array.of(0x20, 2, 0, 1);
/** mqtt-packet's words for a level that it cannot read; aedes itself answers level 5. */
const UNREADABLE_LEVEL = 'Invalid protocol version';

/** Each protocol name has one level here; level 5 is answered by aedes. */
const LEVELS: Readonly<Record<string, number>> = { MQTT: 4, MQIsdp: 3 };

/** What aedes' typings lack. */
type Inside = { readonly _parser: EventEmitter };

/**
 * Looks at each packet before aedes does, which ends the connection at one that it doesn't know.
 * `onPacket` hears the others.
 */
export function scrutinize(client: Client, onPacket: (packet: Packet) => void): void {
  const { _parser: parser } = client as unknown as Inside;
  parser.prependListener('packet', (packet: Packet) => {
    const isOther = packet.cmd === 'connect' && isOtherLevel(packet);
    if (isOther) client.conn.write(OTHER_LEVEL);
    if (!isOther && isLawful(packet)) onPacket(packet);
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
      return (
        isText(packet.topic) &&
        isTopicName(packet.topic) &&
        (packet.qos === 0 || isNumber(packet.messageId))
      );
    case 'subscribe':
      return (
        isNumber(packet.messageId) && areFilters(packet.subscriptions.map(({ topic }) => topic))
      );
    case 'unsubscribe':
      return isNumber(packet.messageId) && areFilters(packet.unsubscriptions);
    default:
      return true;
  }
}

function areFilters(filters: readonly string[]): boolean {
  return filters.length > 0 && filters.every((filter) => isText(filter) && isTopicFilter(filter));
}

function isOtherLevel({ protocolId, protocolVersion }: IConnectPacket): boolean {
  return protocolVersion !== 5 && LEVELS[protocolId ?? ''] !== protocolVersion;
}

function isLawfulConnect(packet: IConnectPacket): boolean {
  const { protocolVersion, clientId, will, username, password } = packet;
  // Later versions have other rules, and are told that they are not spoken here.
  if (protocolVersion === 5) return true;
  const texts = [clientId, username ?? '', will?.topic ?? ''];
  if (!texts.every(isText) || packet.length !== lengthOf(packet)) return false;
  // MQTT-3.1.2-22.
  if (username === undefined && password !== undefined) return false;
  // Two bits have room for a QoS of 3 (MQTT-3.1.2-14).
  return will === undefined || (isTopicName(will.topic) && (will.qos ?? 0) <= 2);
}

/** A packet identifier is not zero (MQTT-2.3.1-1). */
function isNumber(messageId: number | undefined): boolean {
  return messageId !== undefined && messageId > 0;
}

/**
 * Whether a text came as UTF-8 without NUL (MQTT-1.5.3-1 and -2). mqtt-packet puts U+FFFD where it
 * did not; a client that means this character itself is refused like the others.
 */
function isText(text: string): boolean {
  return !/[\0\ufffd]/.test(text);
}

/** The bytes that the fields of a CONNECT take; a client may not send others behind them. */
function lengthOf({ protocolId, clientId, will, username, password }: IConnectPacket): number {
  const fields = [protocolId, clientId, will?.topic, will?.payload, username, password];
  const sizeOf = (field: string | Buffer | undefined): number =>
    field === undefined ? 0 : 2 + Buffer.byteLength(field);
  // Level, flags and keepalive come between the name and the rest.
  return fields.reduce<number>((sum, field) => sum + sizeOf(field), 4);
}
