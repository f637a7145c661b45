/** Fleets of true client processes on a broker of their own, for tests that kill them. */

import { fileURLToPath } from 'node:url';
import { openBroker } from '../../broker/broker.ts';
import { Judge, type Violation } from '../../src/cli/chaos-judge.ts';
import { Fleet, type Place } from '../../src/cli/fleet.ts';
import type { Said } from '../../src/cli/fleet-said.ts';
import type { ClientID } from '../../src/domain/names.ts';
import { nodeHasher } from '../../src/node/crypto.ts';
import { until } from './until.ts';

export type SaidBy = { readonly place: Place; readonly said: Said };

export type TestFleet = {
  readonly fleet: Fleet;
  /** Of the broker. */
  readonly port: number;
  /** All that was said, in order. */
  readonly said: SaidBy[];
  /** What somebody said, narrowed to one kind. */
  all<Kind extends Said['kind']>(kind: Kind): readonly Telling<Kind>[];
  placeOf(peer: string): Place;
  /** Ends the processes and the broker; at once, as nobody looks at goodbyes here. */
  close(): Promise<void>;
};

export type Telling<Kind extends Said['kind']> = {
  readonly place: Place;
  readonly said: Extract<Said, { kind: Kind }>;
};

/** The built program: tests of processes run what users run. */
export const PROGRAM: string = fileURLToPath(
  new URL('../../dist/src/cli/main.js', import.meta.url),
);

/** `port`: of a broker that is there already, and stays; else one is opened and closed with it. */
export async function openFleet(args: readonly string[], port?: number): Promise<TestFleet> {
  const broker = port === undefined ? await openBroker({ port: 0 }) : null;
  const where = broker?.port ?? port ?? 0;
  const said: SaidBy[] = [];
  const fleet = new Fleet({
    program: PROGRAM,
    args: ['client', '--json', '--port', String(where), ...args],
    onSaid: (place, what) => said.push({ place, said: what }),
    onEnded: () => undefined,
  });
  const all = <Kind extends Said['kind']>(kind: Kind): readonly Telling<Kind>[] =>
    said.filter((telling): telling is Telling<Kind> => telling.said.kind === kind);
  return {
    fleet,
    port: where,
    said,
    all,
    placeOf: (peer) => {
      const started = all('started').find((telling) => telling.said.peer === peer);
      if (started === undefined) throw new Error(`No process is peer ${peer}.`);
      return started.place;
    },
    close: async () => {
      fleet.killAll();
      await fleet.end();
      await broker?.close();
    },
  };
}

/** Who governs by the highest term that anybody has told of, and in which term. */
export function lastMandate(test: TestFleet): { readonly term: number; readonly place: Place } {
  const mandates = test.all('mandate').map(({ said }) => said);
  const last = mandates.reduce((best, next) => (next.term > best.term ? next : best));
  return { term: last.term, place: test.placeOf(last.controller) };
}

/**
 * Holds all mining until the fleet is told to resume. Resolves once a challenge is open that all in
 * these places know, and that none of them has solved: from then on it stays open.
 */
export async function holdChallenge(
  test: TestFleet,
  places: readonly Place[],
): Promise<OpenTelling> {
  test.fleet.pause();
  const open = (): OpenTelling | null => {
    const last = test.all('challenge').at(-1)?.said;
    if (last === undefined) return null;
    // What one says comes in order: who has told that it rests, has told all that it found.
    const areIn = places.every((place) => {
      const said = test.said.filter((telling) => telling.place === place).map((it) => it.said);
      const knows = said.some((it) => it.kind === 'challenge' && isSame(it, last));
      return knows && said.some(({ kind }) => kind === 'paused');
    });
    const isFound = test.all('found').some(({ said }) => isSame(said, last));
    return areIn && !isFound ? last : null;
  };
  await until(() => open() !== null, 'a challenge that no peer solves', 60_000);
  const challenge = open();
  if (challenge === null) throw new Error('It stays open.');
  return challenge;
}

type OpenTelling = Extract<Said, { kind: 'challenge' }>;

type Numbered = { readonly transactionID: number };

const isSame = (one: Numbered, other: Numbered): boolean =>
  one.transactionID === other.transactionID;

/** What does not hold of S1 to S9, where the peers were started with `--facts`. */
export function violationsOf(test: TestFleet): readonly Violation[] {
  const judge = new Judge();
  const names = new Map<Place, ClientID>();
  for (const { place, said } of test.said) {
    if (said.kind === 'started') {
      if ([...names.values()].includes(said.peer)) judge.crashed(said.peer);
      names.set(place, said.peer);
    }
    const name = names.get(place);
    if (name !== undefined) judge.hear(name, said);
  }
  if (judge.facts === 0) throw new Error('Nobody told a fact.');
  return judge.judge(nodeHasher);
}

/** Blocks by their numbers, as whoever had them said. */
export function winners(test: TestFleet): Map<number, Set<string>> {
  const all = new Map<number, Set<string>>();
  for (const { said } of test.all('result')) {
    const { transactionID } = said.block;
    all.set(transactionID, (all.get(transactionID) ?? new Set()).add(said.digest));
  }
  return all;
}

/** The highest number of a mined block that anybody knows, or one of them; -1 before the first. */
export function heightOf(test: TestFleet, at?: Place): number {
  const results = test.all('result').filter(({ place }) => at === undefined || place === at);
  return Math.max(-1, ...results.map(({ said }) => said.block.transactionID));
}
