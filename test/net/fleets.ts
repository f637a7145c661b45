/** Fleets of true client processes on a broker of their own, for tests that kill them. */

import { fileURLToPath } from 'node:url';
import { type Broker, openBroker } from '../../broker/broker.ts';
import { Fleet, type Place } from '../../src/cli/fleet.ts';
import type { Said } from '../../src/cli/fleet-said.ts';

export type SaidBy = { readonly place: Place; readonly said: Said };

export type TestFleet = {
  readonly fleet: Fleet;
  readonly broker: Broker;
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

export async function openFleet(args: readonly string[]): Promise<TestFleet> {
  const broker = await openBroker({ port: 0 });
  const said: SaidBy[] = [];
  const fleet = new Fleet({
    program: PROGRAM,
    args: ['client', '--json', '--port', String(broker.port), ...args],
    onSaid: (place, what) => said.push({ place, said: what }),
    onEnded: () => undefined,
  });
  const all = <Kind extends Said['kind']>(kind: Kind): readonly Telling<Kind>[] =>
    said.filter((telling): telling is Telling<Kind> => telling.said.kind === kind);
  return {
    fleet,
    broker,
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
      await broker.close();
    },
  };
}
