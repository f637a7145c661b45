import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { openBroker } from '../../broker/broker.ts';
import { skipLoudly } from './loud-skip.ts';
import { endPrograms, Program, type Said } from './program.ts';
import { until } from './until.ts';

/** The first of them that has paho: one that stands beside the system's may not. */
const PYTHON = ['python3', '/usr/bin/python3'].find(
  (python) => spawnSync(python, ['-c', 'import paho.mqtt.client']).status === 0,
);
const PROGRAM = fileURLToPath(new URL('student.py', import.meta.url));

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  await endPrograms();
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A client in Python, and what it has said. */
class Student {
  readonly said: Said[] = [];
  complaints = '';
  readonly #child: ChildProcess;

  constructor(python: string, args: readonly string[]) {
    this.#child = spawn(python, [PROGRAM, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let rest = '';
    this.#child.stdout?.setEncoding('utf8').on('data', (piece: string) => {
      const lines = `${rest}${piece}`.split('\n');
      rest = lines.pop() ?? '';
      this.said.push(...lines.map((line) => JSON.parse(line) as Said));
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (piece: string) => {
      this.complaints += piece;
    });
  }

  /** Null before its election. */
  get controller(): unknown {
    return this.said.find(({ kind }) => kind === 'elected')?.['controller'] ?? null;
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGKILL');
    await once(this.#child, 'exit');
  }
}

type Case = {
  readonly dialect: 'ufes' | 'statement';
  readonly ours: number;
  /** How each of them goes about it. */
  readonly students: readonly ('callback' | 'phases')[];
  /** The first student's; the others are below all that is drawn. */
  readonly vote: string;
  readonly govern: 'ours' | 'theirs';
};

const CASES: readonly Case[] = [
  { dialect: 'ufes', ours: 4, students: ['phases'], vote: '!', govern: 'ours' },
  {
    dialect: 'statement',
    ours: 2,
    students: ['callback', 'callback', 'callback'],
    vote: '65535',
    govern: 'theirs',
  },
];

test.for(CASES)(
  'in $dialect, $ours of ours and students in Python agree, and $govern govern',
  async ({ dialect, ours, students: manners, vote, govern }, context) => {
    if (PYTHON === undefined) skipLoudly(context, 'no Python here has paho (python3-paho-mqtt).');
    const broker = await openBroker({ port: 0 });
    cleanups.push(() => broker.close());
    const count = String(ours + manners.length);
    const isText = dialect === 'ufes';
    const students = manners.map((manner, index) => {
      const own = index === 0 ? vote : isText ? '!' : '0';
      const student = new Student(PYTHON, [String(broker.port), dialect, count, own, manner]);
      cleanups.push(() => student.end());
      return student;
    });
    const listen = (): boolean => students.every(({ said }) => said.length > 0);
    await until(listen, 'that all students listen', 20_000);
    const options = ['--peers', count, '--threads', '1', '-p', String(broker.port), '--json'];
    const difficulty = isText ? 'fixed:8' : 'fixed:2';
    const peers = Array.from(
      { length: ours },
      () => new Program(['client', '--dialect', dialect, '--difficulty', difficulty, ...options]),
    );
    const chosen = (): readonly unknown[] => [
      ...students.map(({ controller }) => controller),
      ...peers.map((peer) => peer.all('elected')[0]?.['controller'] ?? null),
    ];
    await until(() => !chosen().includes(null), 'that all are elected', 40_000);
    expect(new Set(chosen()).size).toBe(1);
    const names = peers.map(({ said }) => said[0]?.['peer']);
    expect(names.includes(chosen()[0])).toBe(govern === 'ours');
    await Promise.all(peers.map((peer) => peer.hear('result', 2)));
    expect(students.map(({ complaints }) => complaints).join('')).toBe('');
  },
);
