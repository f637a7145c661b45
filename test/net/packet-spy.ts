/** A relay to a broker that notes down which MQTT packets its clients send. */

import { connect, createServer, type Socket } from 'node:net';

/** MQTT 3.1.1 section 2.2.1. */
const NAMES = [
  ...['reserved', 'CONNECT', 'CONNACK', 'PUBLISH', 'PUBACK', 'PUBREC', 'PUBREL', 'PUBCOMP'],
  ...['SUBSCRIBE', 'SUBACK', 'UNSUBSCRIBE', 'UNSUBACK', 'PINGREQ', 'PINGRESP', 'DISCONNECT'],
];

/** Where CONNECT has its flags: behind "MQTT" with its length, and the level (section 3.1.2). */
const FLAGS_AT = 7;
const WILL_FLAG = 0x04;

export type PacketSpy = {
  readonly port: number;
  /** Names of the packets that clients sent, in order; a CONNECT with a will is called so. */
  readonly packets: readonly string[];
  /** Ends all connections, as a network would. */
  cut(): void;
  close(): Promise<void>;
};

export async function openPacketSpy(brokerPort: number): Promise<PacketSpy> {
  const packets: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const broker = connect(brokerPort, '127.0.0.1');
    const reader = new PacketReader((name) => packets.push(name));
    client.on('data', (piece) => reader.push(piece));
    client.pipe(broker).pipe(client);
    for (const [one, other] of [
      [client, broker],
      [broker, client],
    ] as const) {
      sockets.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    packets,
    cut,
    close: async () => {
      cut();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

class PacketReader {
  readonly #onPacket: (name: string) => void;
  #rest: Buffer = Buffer.alloc(0);

  constructor(onPacket: (name: string) => void) {
    this.#onPacket = onPacket;
  }

  push(piece: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, piece]);
    for (let bytes = this.#packetBytes(); bytes !== null; bytes = this.#packetBytes()) {
      this.#onPacket(nameOf(this.#rest.subarray(0, bytes)));
      this.#rest = this.#rest.subarray(bytes);
    }
  }

  /** Length of the first packet with its header (section 2.2.3); null while it is not whole. */
  #packetBytes(): number | null {
    let length = 0;
    for (let at = 1; at <= 4; at += 1) {
      const digit = this.#rest[at];
      if (digit === undefined) return null;
      length += (digit & 0x7f) * 128 ** (at - 1);
      if (digit < 0x80) return this.#rest.byteLength < at + 1 + length ? null : at + 1 + length;
    }
    throw new Error('No length of a packet has five digits.');
  }
}

function nameOf(packet: Buffer): string {
  const name = NAMES[(packet[0] ?? 0) >> 4] ?? 'unknown';
  const header = packet.findIndex((digit, at) => at > 0 && digit < 0x80) + 1;
  const hasWill = ((packet[header + FLAGS_AT] ?? 0) & WILL_FLAG) !== 0;
  return name === 'CONNECT' && hasWill ? 'CONNECT with a will' : name;
}
