/** MQTT over WebSocket (MQTT 3.1.1 section 6), for browsers and for networks that allow no more. */

import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createWebSocketStream, type WebSocket, WebSocketServer } from 'ws';
import { isLoopback } from './listening.ts';

export type Certificate = { readonly cert: string | Buffer; readonly key: string | Buffer };

export type WebSocketOptions = {
  readonly tls: Certificate | null;
  /** Whether pages of any site may connect; else only those that this machine serves. */
  readonly anyOrigin: boolean;
  /** `socket`: beneath the WebSocket. */
  readonly onConnection: (stream: Duplex, socket: Socket) => void;
};

/** Absent where the client is no browser. */
type Origin = { readonly origin: string | undefined };

/** One frame may hold several packets, whose sizes are looked at later. */
const MAX_FRAME_BYTES = 1024 * 1024;
/** How long a client may take for TLS, and again to ask for its WebSocket. */
const HANDSHAKE_MS = 5_000;

/** Makes an HTTP server, not yet listening, that speaks MQTT to whoever upgrades. */
export function createWebSocketServer(options: WebSocketOptions): Server {
  const limits = {
    headersTimeout: HANDSHAKE_MS,
    requestTimeout: HANDSHAKE_MS,
    connectionsCheckingInterval: HANDSHAKE_MS / 5,
    noDelay: true,
  };
  const server = options.tls
    ? createSecureServer(
        { ...limits, ...options.tls, handshakeTimeout: HANDSHAKE_MS },
        answerPlainly,
      )
    : createServer(limits, answerPlainly);
  const webSockets = new WebSocketServer({
    server,
    maxPayload: MAX_FRAME_BYTES,
    handleProtocols: (protocols) => (protocols.has('mqtt') ? 'mqtt' : false),
    verifyClient: ({ origin }: Origin) => options.anyOrigin || isOfThisMachine(origin),
  });
  webSockets.on('connection', (webSocket, { socket }) =>
    options.onConnection(streamOf(webSocket), socket),
  );
  // ws hands on the errors of the server, which whoever makes it listen already hears.
  webSockets.on('error', () => {});
  return server;
}

/**
 * Without passwords, a page of any web site that somebody opens here could otherwise reach through
 * the browser into a broker that listens on loopback alone. What is no browser sends no origin.
 */
function isOfThisMachine(origin: string | undefined): boolean {
  if (origin === undefined) return true;
  return URL.canParse(origin) && isLoopback(new URL(origin).hostname);
}

function streamOf(socket: WebSocket): Duplex {
  // A second error, after the one that the stream has heard, must not end the process.
  socket.on('error', () => {});
  socket.on('message', (_data, isBinary) => {
    if (!isBinary) socket.terminate(); // MQTT-6.0.0-1
  });
  return createWebSocketStream(socket);
}

const answerPlainly: RequestListener = (_request, response) => {
  response.writeHead(426, { 'Content-Type': 'text/plain', Connection: 'close' });
  response.end('This is an MQTT broker: connect by WebSocket, with the subprotocol mqtt.\n');
};
