/** Where chaos takes place: a broker, a relay before each peer, processes, and their files. */

import type { ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inUrl } from '../node/host.ts';
import { LineFile } from '../node/line-file.ts';
import type { BrokerProcess } from './broker-process.ts';
import { type ChaosPeer, Company } from './chaos-company.ts';
import { confinesOf, type Machine, poorMachines } from './chaos-machine.ts';
import { Fleet, type Place } from './fleet.ts';
import type { Ending } from './fleet-process.ts';
import type { Said } from './fleet-said.ts';
import { startHelper } from './helper-process.ts';
import { Relay, type Way } from './relay.ts';
import { makeScratchFolder } from './scratch-folder.ts';

/** Somebody else's broker cannot be killed. */
export type StageBroker = {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly process: BrokerProcess | null;
  /** What clients are told of their login, as settings in their environment. */
  readonly login: Readonly<Record<string, string>>;
};

export type StageOptions = {
  readonly broker: StageBroker;
  /** N, the seats. */
  readonly seats: number;
  readonly prefix: string;
  /** Arguments of each client besides those that name broker, prefix, peers and data. */
  readonly clientArgs: readonly string[];
  /** Path of the program whose command `client` is a peer. */
  readonly program?: string;
};

export type StageEvents = {
  readonly onSaid: (peer: ChaosPeer, said: Said) => void;
  /** Its process has ended; its life is what it was before that. */
  readonly onEnded: (peer: ChaosPeer, ending: Ending) => void;
  /** Something could not be done, such as to write down what was said. */
  readonly onFailed: (error: unknown) => void;
};

/** The program that this file is a part of. */
const PROGRAM = fileURLToPath(new URL('./main.js', import.meta.url));

const GARBAGE_PER_SECOND = 1_000;

export class Stage {
  readonly company: Company;
  /** Of all files of the run. */
  readonly folder: string = makeScratchFolder('chaos');
  readonly log: string = join(this.folder, 'said.ndjson');
  readonly #options: StageOptions;
  readonly #events: StageEvents;
  readonly #fleet: Fleet;
  readonly #written = new LineFile(this.log);
  readonly #guard: ChildProcess;
  /** Poor ones that can be made here. */
  readonly machines: readonly Machine[];
  #flooder: ChildProcess | null = null;
  #count = 0;
  #broker: 'up' | 'refusing' | 'dead' = 'up';

  constructor(options: StageOptions, events: StageEvents) {
    this.#options = options;
    this.#events = events;
    this.company = new Company(options.seats);
    const folders = [this.folder, options.broker.process?.folder ?? null];
    this.#guard = startHelper(
      'guard',
      folders.filter((folder) => folder !== null),
      events.onFailed,
    );
    const { program = PROGRAM } = options;
    this.machines = poorMachines(program);
    this.#fleet = new Fleet({
      program,
      args: [
        ...['client', '--json', '--facts', '--host', '127.0.0.1', '--prefix', options.prefix],
        ...['--peers', String(options.seats), ...options.clientArgs],
      ],
      // A SIGHUP is one of the deeds, also where the run itself is under nohup.
      env: { ...options.broker.login, SORTITION_NOHUP: '0' },
      onSaid: (place, said) => this.#hear(place, said),
      onEnded: (place, ending) => this.#bury(place, ending),
    });
  }

  /** It is there, and lets peers in. */
  get isBrokerUp(): boolean {
    return this.#broker === 'up';
  }

  get isBrokerOurs(): boolean {
    return this.#options.broker.process !== null;
  }

  get isFlooding(): boolean {
    return this.#flooder !== null;
  }

  /** Starts a peer that was not there before. One that cannot be heard has data, which speak. */
  async come(hasData: boolean, isSpared: boolean, machine: Machine): Promise<ChaosPeer> {
    this.#count += 1;
    const label = `p${this.#count}`;
    const { port, host } = this.#options.broker;
    const relay = await Relay.open(port, host);
    relay.isRefusing = this.#broker === 'refusing';
    const isHeard = machine !== 'full-log';
    const data = hasData || !isHeard ? join(this.folder, label) : null;
    const peer = this.company.add({ label, relay, data, isSpared, machine });
    this.comeBack(peer);
    return peer;
  }

  /** Starts a peer again that is gone. */
  comeBack(peer: ChaosPeer): void {
    const data = peer.data === null ? [] : ['--data', peer.data];
    // Of a peer that is not heard the checkers would miss each solution.
    const mining = peer.machine === 'full-log' ? ['--no-mine'] : [];
    const { place, pid } = this.#fleet.start(
      ['--port', String(peer.relay.port), ...data, ...mining],
      confinesOf(peer.machine),
    );
    this.company.begin(peer, place, pid);
    this.#tellGuard();
  }

  kill(peer: ChaosPeer): void {
    peer.life = 'dead';
    this.#fleet.kill(peer.place);
  }

  freeze(peer: ChaosPeer): void {
    peer.life = 'frozen';
    this.#fleet.signal(peer.place, 'SIGSTOP');
  }

  thaw(peer: ChaosPeer): void {
    if (peer.life !== 'frozen') return;
    peer.life = 'alive';
    this.#fleet.signal(peer.place, 'SIGCONT');
  }

  leave(peer: ChaosPeer, by: 'SIGTERM' | 'SIGHUP' | 'parent'): void {
    peer.life = 'leaving';
    if (by === 'parent') this.#fleet.leave(peer.place);
    else this.#fleet.signal(peer.place, by);
  }

  /** Ends one that was told to leave and does not; its end shows that. */
  giveUp(peer: ChaosPeer): void {
    this.#fleet.kill(peer.place);
  }

  set(peer: ChaosPeer, way: Way): void {
    peer.relay.set(way);
  }

  async killBroker(): Promise<void> {
    this.#broker = 'dead';
    await this.#options.broker.process?.kill();
    this.#tellGuard();
  }

  /** Starts it again if it is dead; whether it refuses everybody until `admit`. */
  async startBroker(isRefusing: boolean): Promise<void> {
    if (this.#broker !== 'dead') return;
    this.#refuse(isRefusing);
    await this.#options.broker.process?.start();
    this.#broker = isRefusing ? 'refusing' : 'up';
    this.#tellGuard();
  }

  /** It refuses peers no more. */
  admit(): void {
    this.#refuse(false);
    if (this.#broker === 'refusing') this.#broker = 'up';
  }

  #refuse(isRefusing: boolean): void {
    for (const { relay } of this.company.peers) relay.isRefusing = isRefusing;
  }

  flood(): void {
    const { host, port } = this.#options.broker;
    const { SORTITION_USERNAME: name, SORTITION_PASSWORD: password } = this.#options.broker.login;
    const login =
      name === undefined
        ? ''
        : `${encodeURIComponent(name)}:${encodeURIComponent(password ?? '')}@`;
    const url = `mqtt://${login}${inUrl(host)}:${port}`;
    const args = [url, this.#options.prefix, String(GARBAGE_PER_SECOND)];
    this.#flooder = startHelper('flooder', args, this.#events.onFailed);
    this.#tellGuard();
  }

  dry(): void {
    this.#flooder?.kill('SIGKILL');
    this.#flooder = null;
    this.#tellGuard();
  }

  /** Asks all peers to leave, the controller last; resolves when none is left. */
  async endPeers(): Promise<void> {
    this.dry();
    for (const peer of this.company.living) this.thaw(peer);
    await this.#fleet.end(this.company.controller?.place ?? null);
    await Promise.all(this.company.peers.map(({ relay }) => relay.close()));
  }

  /** Ends what is left; with the files, unless somebody may want to look at them. */
  async end(keepsFiles: boolean): Promise<void> {
    this.dry();
    this.#fleet.killAll();
    await this.#options.broker.process?.end();
    this.#written.close();
    if (this.#guard.connected) this.#guard.send([], () => this.#guard.disconnect());
    if (!keepsFiles) rmSync(this.folder, { recursive: true, force: true });
  }

  #hear(place: Place, said: Said): void {
    const peer = this.company.at(place);
    if (peer === null) return;
    this.#write(`${JSON.stringify({ label: peer.label, ...said })}\n`);
    this.company.hear(peer, said);
    this.#events.onSaid(peer, said);
  }

  #write(line: string): void {
    try {
      this.#written.append(line);
    } catch (error) {
      this.#events.onFailed(error);
    }
  }

  #bury(place: Place, ending: Ending): void {
    const peer = this.company.at(place);
    if (peer === null) return;
    this.#tellGuard();
    this.#events.onEnded(peer, ending);
    peer.life = 'dead';
    peer.isGone = true;
  }

  /** Who would have to be ended if we could not do it ourselves. */
  #tellGuard(): void {
    const peers = this.company.living.map(({ pid }) => pid);
    const broker = this.#options.broker.process?.pids ?? [];
    const pids = [...peers, ...broker, this.#flooder?.pid ?? 0].filter((pid) => pid > 0);
    if (this.#guard.connected) this.#guard.send(pids, () => {});
  }
}
