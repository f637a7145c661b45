/** One run: a broker, a fleet of peers, and what becomes of them, up to the closing tables. */

import { fileURLToPath } from 'node:url';
import type { UnixMs } from '../domain/names.ts';
import { WorldError } from '../node/world-error.ts';
import { EXIT } from './exit.ts';
import { Fleet, type Place } from './fleet.ts';
import { type Fact, lastLineOf, type Ports } from './start-fact.ts';
import type { Show } from './start-show.ts';
import { type Hopeless, Story } from './start-story.ts';
import { wasStarved } from './starved.ts';
import { Wishes } from './wishes.ts';

export type RunOptions = {
  /** 0 is any that is free; where one is taken, the next that is free. */
  readonly wanted: Ports;
  readonly peers: number;
  /** How many results end the run; 0: none do. */
  readonly challenges: number;
  /** Arguments of each client besides those that name the broker and the two above. */
  readonly clientArgs: readonly string[];
  /** Where the peer at a place writes its trace; null for nowhere. */
  readonly traceFileOf: ((place: Place) => string) | null;
  /** Whether each peer gets a Name: its place. */
  readonly hasNames?: boolean;
  /** Path of the program whose command `client` is a peer. */
  readonly program?: string;
};

/** What somebody at the keyboard may ask for. */
export type Keys = {
  readonly killController: () => void;
  readonly addPeer: () => void;
  readonly pauseOrResume: () => void;
  readonly quit: () => void;
  /** Ctrl-C, which is a key like any other on a live screen. */
  readonly interrupt: () => void;
  readonly isPaused: () => boolean;
};

/** Makes the show once the story can be looked at; with keys, somebody may mend a founding. */
export type OpenShow = (story: Story, keys: Keys) => Show & { readonly hasKeys: boolean };

/** The program that this file is a part of. */
const PROGRAM = fileURLToPath(new URL('./main.js', import.meta.url));

/** The last result may take so long from the first peer that has it to the others. */
const LAST_RESULT_MS = 1_000;

type End =
  | { readonly kind: 'done' | 'asked' }
  | { readonly kind: 'hopeless'; readonly why: Hopeless };

/**
 * Runs to the end, and calls `close` with the whole story before it says how it went.
 *
 * @throws BrokerError as `openBroker`; WorldError `too-few-peers` or `wrong-result`.
 */
export async function runPeers(
  options: RunOptions,
  openShow: OpenShow,
  close: (story: Story) => void,
): Promise<void> {
  const { wanted } = options;
  // Only here: other commands start sooner without it.
  const { openBroker } = await import('../../broker/broker.ts');
  const broker = await openBroker({ port: wanted.port, wsPort: wanted.wsPort, orNext: true });
  const run = new Run(options, broker.port, openShow);
  const url = `mqtt://${broker.host}:${broker.port}`;
  const ports = { port: broker.port, wsPort: broker.wsPort };
  try {
    const end = await run.toItsEnd({ kind: 'broker', url, ports, wanted });
    close(run.story);
    judge(end, run.story);
  } finally {
    await broker.close();
  }
}

class Run {
  readonly story: Story;
  readonly #options: RunOptions;
  readonly #fleet: Fleet;
  readonly #show: ReturnType<OpenShow>;
  readonly #end: Promise<End>;
  // Who asks twice ends us at once, and the fleet with us.
  readonly #wishes = new Wishes(() => this.#finish({ kind: 'asked' }));
  #finish: (end: End) => void = () => {};
  #patience: NodeJS.Timeout | undefined;
  #isOver = false;
  #isPaused = false;

  constructor(options: RunOptions, port: number, openShow: OpenShow) {
    this.#options = options;
    this.story = new Story(options.peers);
    this.#end = new Promise((resolve) => {
      this.#finish = resolve;
    });
    this.#fleet = new Fleet({
      program: options.program ?? PROGRAM,
      args: [
        ...['client', '--json', '--host', '127.0.0.1', '--port', String(port)],
        ...['--peers', String(options.peers), '--challenges', String(options.challenges)],
        ...options.clientArgs,
      ],
      onSaid: (place, said) => this.#hear(this.story.hear(place, said)),
      onEnded: (place, ending) => this.#hear(this.story.end(place, ending, now())),
    });
    this.#show = openShow(this.story, {
      killController: () => this.#killController(),
      addPeer: () => this.#addPeer(),
      pauseOrResume: () => this.#pauseOrResume(),
      quit: () => this.#wishes.end(),
      interrupt: () => this.#wishes.signal('SIGINT'),
      isPaused: () => this.#isPaused,
    });
  }

  /** Starts the peers and ends them; resolves when none is left. */
  async toItsEnd(first: Fact): Promise<End> {
    this.#wishes.watchOutput();
    this.#show.tell(first);
    this.#show.tell({ kind: 'starting', peers: this.#options.peers });
    for (let peer = 0; peer < this.#options.peers; peer += 1) this.#start();
    const end = await this.#end;
    this.#isOver = true;
    clearTimeout(this.#patience);
    this.story.close();
    this.#show.tell({ kind: 'ending' });
    // The others first: no election, and no second term, for the sake of a goodbye.
    await this.#fleet.end(this.story.controllerPlace);
    this.#show.close();
    return end;
  }

  #hear(facts: readonly Fact[]): void {
    for (const fact of facts) this.#show.tell(fact);
    if (this.#isOver) return;
    const why = this.story.hopeless();
    const isMendable = why?.kind === 'no-founding' && this.#show.hasKeys;
    if (why !== null && !isMendable) this.#finish({ kind: 'hopeless', why });
    else this.#lookForTheLast();
  }

  /** The run is done when everybody has the last result, or in a moment. */
  #lookForTheLast(): void {
    const { challenges } = this.#options;
    const last = this.story.results.outcomes.at(-1);
    if (challenges === 0 || last === undefined) return;
    if (this.story.results.count < challenges) return;
    const done = (): void => this.#finish({ kind: 'done' });
    if (this.story.isKnownToAll(last.transactionID)) done();
    else this.#patience ??= setTimeout(done, LAST_RESULT_MS);
  }

  #start(): void {
    const { traceFileOf, hasNames } = this.#options;
    const next = this.story.rows.length + 1;
    const trace = traceFileOf === null ? [] : ['--trace', traceFileOf(next)];
    const name = hasNames === true ? ['--name', String(next)] : [];
    const { place, pid } = this.#fleet.start([...trace, ...name]);
    this.story.add(place, pid, now(), hasNames === true ? next : null);
    if (this.#isPaused) this.#fleet.pause();
  }

  #addPeer(): void {
    if (!this.#isOver) this.#start();
  }

  #killController(): void {
    const place = this.story.controllerPlace;
    if (place === null) this.#show.tell({ kind: 'nobody' });
    else this.#fleet.kill(place);
  }

  #pauseOrResume(): void {
    this.#isPaused = !this.#isPaused;
    if (this.#isPaused) this.#fleet.pause();
    else this.#fleet.resume();
    this.#show.tell({ kind: this.#isPaused ? 'paused' : 'resumed' });
  }
}

function judge(end: End, story: Story): void {
  if (story.hasFailed) {
    throw new WorldError(
      'A result does not hold, or peers contradict one another: see above, and please report it.',
      { code: 'wrong-result', facts: {}, exitCode: EXIT.failed },
    );
  }
  if (end.kind === 'hopeless') throw tooFew(end.why, story);
  const unwritten = story.rows.find(({ ending }) => ending?.code === EXIT.badFile)?.ending;
  if (unwritten !== undefined && unwritten !== null) {
    throw new WorldError(lastLineOf(unwritten), { code: 'file-unwritable', facts: {} });
  }
}

/** Counted at the end: where one peer was refused a thread, others were a moment later. */
function tooFew({ kind, living: before, needed }: Hopeless, story: Story): WorldError {
  const endings = story.rows.map(({ ending }) => ending);
  const living = Math.min(before, endings.filter((ending) => ending?.how === 'left').length);
  const isStarved = endings.some((ending) => ending !== null && wasStarved(ending));
  const advice = isStarved
    ? 'start fewer (--peers), or raise the limit for threads and processes (ulimit -u).'
    : 'start again.';
  const sentence =
    kind === 'no-founding'
      ? `Only ${living} of the ${needed} peers that found the network ${are(living)}: ${advice}`
      : `Only ${living} ${living === 1 ? 'member' : 'members'} ${are(living)} where a majority ` +
        `is ${needed}: nothing can be decided any more.`;
  const facts = { living, needed };
  return new WorldError(sentence, { code: 'too-few-peers', facts, exitCode: EXIT.failed });
}

function are(living: number): string {
  return living === 1 ? 'is alive' : 'are alive';
}

function now(): UnixMs {
  return Date.now() as UnixMs;
}
