/** `sortition gateway`: a door for clients that speak frames over TCP, and not MQTT. */

import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Command } from 'commander';
import { describe } from '../client/describe.ts';
import type { Note } from '../domain/note.ts';
import { Gateway, type GatewayCounts } from '../node/gateway/gateway.ts';
import { keepOldHeapSmall } from '../node/old-heap.ts';
import { type ConnectionValues, connectionOf, connectionSettings } from './connection-settings.ts';
import { Ending } from './ending.ts';
import { GatewayTeller } from './gateway-teller.ts';
import { Observer } from './observer.ts';
import { type ObserverValues, observerSettings } from './observer-settings.ts';
import { goOnWithoutOutput } from './output.ts';
import { addSettings, readSettings, type Settings } from './setting.ts';
import { duration, place } from './values.ts';
import { Wishes } from './wishes.ts';

type Place = { readonly host: string; readonly port: number };

type Values = ConnectionValues &
  ObserverValues & {
    readonly listen: Place;
    /** Milliseconds. */
    readonly within: number;
    readonly json: boolean;
  };

const settings: Settings<Values> = {
  listen: {
    flags: '--listen <where>',
    help: 'where clients connect: a port of this machine, or host:port; 0 for any that is free',
    fallback: '7000',
    ...place,
  },
  ...connectionSettings,
  ...observerSettings,
  within: {
    flags: '--within <time>',
    help: 'how long frames wait for the network, at the start and after an outage',
    fallback: '10s',
    ...duration,
  },
  json: { flags: '--json', help: 'tell everything as JSON, an object a line' },
};

/** How often people hear how many there were. */
const TELL_MS = 10_000;

export function createGatewayCommand(): Command {
  const command = new Command('gateway').description(
    'take signed transactions from TCP clients, publish them, and say yes or no',
  );
  return addSettings(command, settings).action(() =>
    serve(command, readSettings(command, settings)),
  );
}

/** Resolves when somebody wished us to end; throws what ended it otherwise. */
async function serve(command: Command, values: Values): Promise<void> {
  goOnWithoutOutput();
  const ending = new Ending();
  const teller = new GatewayTeller(values.json);
  let readiness: Readiness | null = null;
  const observer = await Observer.open(command, values, connectionOf(command, values), {
    onNote: (note) => {
      if (note.kind === 'disconnected') readiness?.begin();
      if (isWorthALine(note)) teller.say({ kind: 'note', note, text: describe(note) });
    },
    onFatal: (error) => ending.fail(error),
    onRules: (text) => teller.say({ kind: 'rules', text }),
  });
  const ready = new Readiness(observer, values.within);
  readiness = ready;
  const gateway = new Gateway(async (text) => {
    await ready.come();
    return observer.client.send(text);
  });
  // After the start, which makes much that stays.
  keepOldHeapSmall();
  try {
    const { host, port } = values.listen;
    const opened = await gateway.listen(host, port);
    teller.say({ kind: 'listening', host, port: opened, url: observer.opened.url });
    new Wishes(() => ending.leave()).watchOutput();
    const stop = tellNowAndThen(teller, gateway.counts);
    const error = await ending.come;
    stop();
    if (error !== null) throw error;
  } finally {
    await gateway.close();
    await observer.close();
  }
}

/**
 * Whether the network is there, to its last block: before that, nothing right can be answered. What
 * waits for it is in the gateway, which takes no more frames than it judges at a time.
 */
class Readiness {
  readonly #observer: Observer;
  readonly #withinMs: number;
  #isThere = false;
  #coming: Promise<unknown> | null = null;

  constructor(observer: Observer, withinMs: number) {
    this.#observer = observer;
    this.#withinMs = withinMs;
    this.begin();
  }

  /** At the start, and when the connection is lost: from now on frames wait, for a while. */
  begin(): void {
    // Attempts in vain end no waiting, and begin none.
    if (this.#coming !== null && !this.#isThere) return;
    this.#isThere = false;
    this.#coming = this.#observer.catchUp(this.#withinMs).then(
      () => {
        this.#isThere = true;
      },
      // Its people are told of the connection by notes, its clients by their answers.
      () => undefined,
    );
  }

  /** Resolves when the network is there, or has not come in time. */
  async come(): Promise<void> {
    await this.#coming;
    this.#isThere ||= this.#observer.isCaughtUp;
  }
}

/** What a gateway's people want to hear of its peer. */
function isWorthALine(note: Note): boolean {
  return ['connected', 'disconnected', 'unheard', 'founded', 'synced', 'evicted'].includes(
    note.kind,
  );
}

/** Tells the counts when they have changed, and once at the end. */
function tellNowAndThen(teller: GatewayTeller, counts: GatewayCounts): () => void {
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  let told = '';
  const tell = (isLast: boolean): void => {
    const now = JSON.stringify(counts);
    if (now === told && !isLast) return;
    told = now;
    const delayMs = Math.round(delay.percentile(99) / 1e6);
    delay.reset();
    teller.say({ kind: isLast ? 'ended' : 'counts', counts, delayMs });
  };
  const timer = setInterval(() => tell(false), TELL_MS);
  return () => {
    clearInterval(timer);
    tell(true);
  };
}
