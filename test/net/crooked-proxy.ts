/** Stands between client and broker, reads every MQTT packet, and does to some what it is told. */

import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { generate, type IPublishPacket, type Packet, parser } from 'mqtt-packet';

/** What a crooked broker does wrong; whoever keeps the object may change that at any time. */
export type Crime = {
  /** Answers a CONNECT with this return code. */
  refuses?: number | null;
  /** Ends the connection over such a packet of a client, without an answer. */
  readonly minds?: (packet: Packet) => boolean;
  /** Nobody is shown what is retained. */
  readonly dropsRetained?: boolean;
  readonly delaysWillsMs?: number;
  /** Swallows what is published on this topic, or ends the connection over it. */
  readonly denies?: string;
  readonly endsOverDenied?: boolean;
  /** Answers a subscription to this filter with 128. */
  deniesFilter?: string;
};

export type CrookedProxy = { readonly port: number; close(): Promise<void> };

/** Passes connections on to `port` of 127.0.0.1, and commits the crime on the way. */
export async function openCrookedProxy(port: number, crime: Crime): Promise<CrookedProxy> {
  const wills = new Set<string>();
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.setNoDelay();
      one.on('error', () => {});
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
    }
    pass(near, far, (packet) => fromClient(packet, crime, wills, near));
    pass(far, near, (packet) => fromBroker(packet, crime, wills, far, near));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** Hands each packet of `from` to `judge`, and to `to` if it answers true. */
function pass(from: Socket, to: Socket, judge: (packet: Packet) => boolean): void {
  const reading = parser({ protocolVersion: 4 });
  reading.on('packet', (packet: Packet) => {
    if (judge(packet) && !to.destroyed) to.write(generate(packet));
  });
  from.on('data', (bytes: Buffer) => reading.parse(bytes));
}

function fromClient(packet: Packet, crime: Crime, wills: Set<string>, near: Socket): boolean {
  if (crime.minds?.(packet)) {
    near.destroy();
    return false;
  }
  const { refuses = null } = crime;
  if (packet.cmd === 'connect' && refuses !== null) {
    near.end(generate({ cmd: 'connack', returnCode: refuses, sessionPresent: false }));
    return false;
  }
  if (packet.cmd === 'connect' && packet.will !== undefined) wills.add(textOf(packet.will));
  if (packet.cmd === 'subscribe' && packet.subscriptions[0]?.topic === crime.deniesFilter) {
    const messageId = packet.messageId ?? 0;
    near.write(generate({ cmd: 'suback', messageId, granted: [128] }));
    return false;
  }
  if (packet.cmd !== 'publish' || packet.topic !== crime.denies) return true;
  if (crime.endsOverDenied) near.destroy();
  else if (packet.qos === 1)
    near.write(generate({ cmd: 'puback', messageId: packet.messageId ?? 0 }));
  return false;
}

function fromBroker(
  packet: Packet,
  crime: Crime,
  wills: ReadonlySet<string>,
  far: Socket,
  near: Socket,
): boolean {
  if (packet.cmd !== 'publish') return true;
  if (crime.dropsRetained && packet.retain) {
    if (packet.qos === 1) far.write(generate({ cmd: 'puback', messageId: packet.messageId ?? 0 }));
    return false;
  }
  if (crime.delaysWillsMs === undefined || !wills.has(textOf(packet))) return true;
  setTimeout(() => {
    if (!near.destroyed) near.write(generate(packet));
  }, crime.delaysWillsMs).unref();
  return false;
}

/** Other things may be said on the topic of a will. */
function textOf({
  topic,
  payload,
}: Pick<IPublishPacket, 'topic'> & { readonly payload?: string | Buffer }): string {
  return `${topic} ${payload}`;
}
