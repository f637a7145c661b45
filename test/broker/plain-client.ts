/** A client that says what it is told over a plain socket, and keeps all that it hears. */

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import packets, { type IConnectPacket, type IPublishPacket, type Packet } from 'mqtt-packet';
import type { Broker } from '../../broker/broker.ts';
import { cleanups } from '../net/broker-callers.ts';

type Message = Partial<IPublishPacket> & { readonly topic: string };

export class PlainClient {
  readonly #socket: Socket;
  /** What has come and was not taken yet. */
  readonly #messages: IPublishPacket[] = [];
  readonly #answers: Packet[] = [];
  /** Whether it goes on with a QoS 2 message of its own by itself. */
  completes = true;
  #isOver = false;
  #wake: () => void = () => {};
  #lastNumber = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    const parser = packets.parser();
    parser.on('packet', (packet) => this.#hear(packet));
    socket.on('data', (chunk) => parser.parse(chunk));
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#isOver = true;
      this.#wake();
    });
  }

  /** Connected by TCP, with nothing said. */
  static async reach(broker: Broker): Promise<PlainClient> {
    const socket = connect({ port: broker.port, host: '127.0.0.1', noDelay: true });
    cleanups.push(() => socket.destroy());
    await once(socket, 'connect');
    return new PlainClient(socket);
  }

  /** Let in with this MQTT client id. */
  static async enter(
    broker: Broker,
    id: string,
    options: Partial<IConnectPacket> = {},
  ): Promise<PlainClient> {
    const client = await PlainClient.reach(broker);
    client.say(connecting(id, options));
    const { returnCode } = await client.answer('connack');
    if (returnCode !== 0) throw new Error(`CONNACK ${returnCode}`);
    return client;
  }

  get localPort(): number {
    return this.#socket.localPort ?? 0;
  }

  /** All in one segment. */
  say(...said: readonly (Packet | Buffer)[]): void {
    const bytes = said.map((it) => (Buffer.isBuffer(it) ? it : packets.generate(it)));
    this.#socket.write(Buffer.concat(bytes));
  }

  /** The next packet of this kind; those of other kinds stay. */
  async answer<Kind extends Packet['cmd']>(kind: Kind): Promise<Extract<Packet, { cmd: Kind }>> {
    const isWanted = ({ cmd }: Packet): boolean => cmd === kind;
    const packet = await this.#take(this.#answers, isWanted, `a ${kind}`);
    return packet as Extract<Packet, { cmd: Kind }>;
  }

  /** The next message: topic, payload, QoS, and which flags it has. */
  async message(): Promise<string> {
    const message = await this.#take(this.#messages, () => true, 'a message');
    const { topic, payload, qos, retain, dup } = message;
    return `${topic} ${payload} ${qos}${retain ? ' retained' : ''}${dup ? ' dup' : ''}`;
  }

  /** This many messages, in the order in which they come. */
  async messages(count: number): Promise<readonly string[]> {
    const got: string[] = [];
    while (got.length < count) got.push(await this.message());
    return got;
  }

  /** Resolves, once the broker has ended the connection, to the answers that came before. */
  async end(): Promise<readonly Packet[]> {
    while (!this.#isOver) await this.#change();
    return this.#answers.splice(0);
  }

  /** Resolves to the return codes. */
  async subscribe(...filters: readonly (readonly [string, 0 | 1 | 2])[]): Promise<unknown> {
    const subscriptions = filters.map(([topic, qos]) => ({ topic, qos }));
    this.say({ cmd: 'subscribe', messageId: this.#number(), subscriptions });
    return (await this.answer('suback')).granted;
  }

  async unsubscribe(...unsubscriptions: string[]): Promise<void> {
    this.say({ cmd: 'unsubscribe', messageId: this.#number(), unsubscriptions });
    await this.answer('unsuback');
  }

  /** Says all of them in one segment, and waits until the broker has them. */
  async publish(...messages: readonly Message[]): Promise<void> {
    const said = messages.map((message) => this.publishing(message));
    this.say(...said);
    for (const { qos } of said) {
      if (qos === 1) await this.answer('puback');
      if (qos === 2) await this.answer('pubcomp');
    }
  }

  publishing({ qos = 0, ...message }: Message): IPublishPacket {
    const number = qos === 0 ? {} : { messageId: this.#number() };
    return { cmd: 'publish', payload: '-', retain: false, dup: false, qos, ...number, ...message };
  }

  leave(): void {
    this.say({ cmd: 'disconnect' });
  }

  /** As a network that breaks. */
  vanish(): void {
    this.#socket.destroy();
  }

  #hear(packet: Packet): void {
    const { messageId = 0 } = packet;
    if (packet.cmd === 'publish') {
      this.#messages.push(packet);
      if (packet.qos === 1) this.say({ cmd: 'puback', messageId });
      if (packet.qos === 2) this.say({ cmd: 'pubrec', messageId });
    } else if (packet.cmd === 'pubrec' && this.completes) this.say({ cmd: 'pubrel', messageId });
    else if (packet.cmd === 'pubrel') this.say({ cmd: 'pubcomp', messageId });
    else this.#answers.push(packet);
    this.#wake();
  }

  async #take<Item>(queue: Item[], isWanted: (item: Item) => boolean, what: string): Promise<Item> {
    for (;;) {
      const index = queue.findIndex(isWanted);
      const [item] = index < 0 ? [] : queue.splice(index, 1);
      if (item !== undefined) return item;
      if (this.#isOver) throw new Error(`The connection ended before ${what} came.`);
      await this.#change();
    }
  }

  #number(): number {
    this.#lastNumber += 1;
    return this.#lastNumber;
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}

export function connecting(id: string, options: Partial<IConnectPacket> = {}): IConnectPacket {
  const level = { protocolId: 'MQTT', protocolVersion: 4 } as const;
  return { cmd: 'connect', ...level, clean: true, keepalive: 0, clientId: id, ...options };
}
