/** The embedded broker: MQTT 3.1.1 over TCP and, if asked, WebSocket; for this machine or many. */

import { createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createServer as createSecureServer } from 'node:tls';
import type { Client } from 'aedes';
import { BrokerError } from './broker-error.ts';
import { Doorkeeper } from './doorkeeper.ts';
import { openExchange } from './exchange.ts';
import { checkPort, isLoopback, listen } from './listening.ts';
import { PacketGuard } from './packet-guard.ts';
import { Reception } from './reception.ts';
import { tellSeldom } from './telling.ts';
import { readUsers } from './users-file.ts';
import { type Certificate, createWebSocketServer } from './web-socket.ts';

export type BrokerOptions = {
  /** Where to listen; anything but loopback needs `users`. 127.0.0.1 by default. */
  readonly host?: string;
  /** For TCP; 0 is any that is free. 1883 by default. */
  readonly port?: number;
  /** For WebSocket; none by default. */
  readonly wsPort?: number | null;
  /** Where a port is taken, try up to 50 ports from there. */
  readonly orNext?: boolean;
  /** Path of the users file (see users-file.ts); without one everybody may come in. */
  readonly users?: string;
  /** PEM texts; with them, both ports speak TLS. */
  readonly tls?: Certificate;
  /** Hears in sentences what was refused: few in 10 s, however much there is. */
  readonly onRefused?: (sentence: string) => void;
  /** How long the presence of a peer is retained after its connection has ended; 10 min. */
  readonly presenceMs?: number;
};

export type Broker = {
  readonly host: string;
  readonly port: number;
  readonly wsPort: number | null;
  /** How many are connected now. */
  clients(): number;
  /** Ends every connection and frees the ports; resolves in 2 s at most. May be called again. */
  close(): Promise<void>;
};

const HANDSHAKE_MS = 5_000;
const CLOSE_MS = 2_000;
const PRESENCE_MS = 600_000;
/**
 * How long a client says nothing before the system asks its machine whether it is still there; some
 * 10 s later it is given up. A client may ask for no keepalive of MQTT at all.
 */
const QUIET_MS = 60_000;

/**
 * Opens a broker. Its clients can disturb one another as little as we could manage: packets,
 * subscriptions, retained messages and sessions are bounded, and what they send never throws here.
 *
 * @throws BrokerError: `needs-users`, `bad-users-file`, `bad-certificate`, or what `listen` throws.
 */
export async function openBroker(options: BrokerOptions = {}): Promise<Broker> {
  const { host = '127.0.0.1', port = 1883, wsPort = null, orNext = false } = options;
  checkPort(port);
  if (wsPort !== null) checkPort(wsPort);
  if (options.users === undefined && !isLoopback(host)) throw needsUsers(host);
  const users = options.users === undefined ? null : await readUsers(options.users);

  const tell = tellSeldom(options.onRefused ?? (() => {}));
  const reception = new Reception(tell);
  const exchange = await openExchange({
    doorkeeper: users && new Doorkeeper(users),
    reception,
    tell,
    presenceMs: options.presenceMs ?? PRESENCE_MS,
  });
  const sockets = new Set<Socket>();
  const servers: Server[] = [];
  // Counted here, since aedes' own count drifts when clients vanish while they connect (measured).
  const clients = new Set<Client>();
  const enter = (stream: Duplex, socket: Socket): void => {
    const guard = new PacketGuard(stream);
    const visit = reception.begin(socket, guard);
    if (visit === null) {
      guard.destroy();
      return;
    }
    const client = exchange.handle(guard, visit);
    clients.add(client);
    guard.on('close', () => clients.delete(client));
  };
  const open = (server: Server, wanted: number): Promise<number> => {
    servers.push(server);
    remember(server, sockets, reception);
    return listen(server, { host, port: wanted, orNext });
  };
  const close = once(() => {
    const closings = servers.filter((server) => server.listening).map(closeServer);
    const exchangeClosed = exchange.close();
    // A client whose connection is stuck would hold the exchange up.
    const cut = setTimeout(() => destroyAll(sockets), CLOSE_MS / 2);
    const closed = exchangeClosed.then(() => destroyAll(sockets)).then(() => Promise.all(closings));
    return within(CLOSE_MS, closed).finally(() => clearTimeout(cut));
  });

  try {
    const tls = options.tls ?? null;
    const tcp = createTcpServer(tls, enter);
    const openPort = await open(tcp, port);
    const web = { tls, anyOrigin: users !== null, onConnection: enter };
    const openWsPort = wsPort === null ? null : await open(createWebSocketServer(web), wsPort);
    return {
      host,
      port: openPort,
      wsPort: openWsPort,
      clients: () => [...clients].filter((client) => client.connected).length,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

type Enter = (stream: Duplex, socket: Socket) => void;

function createTcpServer(tls: Certificate | null, enter: Enter): Server {
  const begin = (socket: Socket): void => enter(socket, socket);
  // Nagle's algorithm and delayed acknowledgements together cost 40 ms a step (measured).
  if (tls === null) return createServer({ noDelay: true }, begin);
  try {
    const options = { ...tls, handshakeTimeout: HANDSHAKE_MS, noDelay: true };
    return createSecureServer(options, begin);
  } catch (cause) {
    const sentence = 'The certificate and key for TLS are no pair of PEM texts; check both files.';
    throw new BrokerError('bad-certificate', sentence, {}, cause);
  }
}

/**
 * Keeps hold of every connection, in whatever state, so that `close` can end it. Before anything
 * else listens, so that each has come before it begins.
 */
function remember(server: Server, sockets: Set<Socket>, reception: Reception): void {
  server.prependListener('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.setKeepAlive(true, QUIET_MS);
    // Until TLS or HTTP listens itself: a client that vanishes must not end the process.
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    reception.arrive(socket);
  });
  // An error while accepting (no files left, say) concerns that one connection.
  server.on('listening', () => server.on('error', () => {}));
}

function needsUsers(host: string): BrokerError {
  return new BrokerError(
    'needs-users',
    `Listening on ${host} would let other machines in without a password: give a users file ` +
      '(make one with: sortition broker --add-user NAME), or listen on 127.0.0.1.',
    { host },
  );
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

function destroyAll(sockets: ReadonlySet<Socket>): void {
  for (const socket of sockets) socket.destroy();
}

function within(ms: number, promise: Promise<unknown>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    void promise.finally(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | null = null;
  return () => {
    done ??= work();
    return done;
  };
}
