/** Looks on while a peer speaks, hears of a lot and writes things down, for those who check it. */

import type { Witness } from '../client/hands.ts';
import type { Journal } from '../client/journal.ts';
import type { Entry } from '../domain/contract.ts';
import type { Message } from '../domain/message.ts';

/** A thing that happened to a peer, as a checker wants to know it. */
export type Witnessed = {
  readonly kind: 'fact';
  /** Microseconds of a clock that all processes of a machine share, and that never goes back. */
  readonly at: number;
} & (
  | { readonly what: 'said' | 'heard'; readonly message: Message }
  /** `recorded`: it is durable now; `recalled`: it was found at the start. */
  | { readonly what: 'recorded' | 'recalled'; readonly entry: Entry }
);

export type OnWitnessed = (fact: Witnessed) => void;

/** Everything that a peer says; of what it hears, the halves of the lot. */
export function witnessOf(tell: OnWitnessed): Witness {
  return {
    onTurn: (event) => {
      if (event.kind !== 'heard' || !isOfALot(event.message)) return;
      tell({ kind: 'fact', at: now(), what: 'heard', message: event.message });
    },
    onSaid: (message) => tell({ kind: 'fact', at: now(), what: 'said', message }),
  };
}

/** Those of several witnesses that are there, as one; undefined for none. */
export function together(some: readonly (Witness | undefined)[]): Witness | undefined {
  const all = some.filter((witness) => witness !== undefined);
  if (all.length < 2) return all[0];
  return {
    onTurn: (event, moment, effects) => {
      for (const witness of all) witness.onTurn(event, moment, effects);
    },
    onSaid: (message) => {
      for (const witness of all) witness.onSaid(message);
    },
  };
}

/** Tells the blocks that were found at the start, which a journal on disk does not hold in hand. */
export async function tellRecalled(blocks: AsyncIterable<Entry>, tell: OnWitnessed): Promise<void> {
  for await (const entry of blocks) tell({ kind: 'fact', at: now(), what: 'recalled', entry });
}

/** The same journal; each entry is told once it is durable, and when it is found again. */
export function witnessJournal(journal: Journal, tell: OnWitnessed): Journal {
  const told = (entries: readonly Entry[]): void => {
    for (const entry of entries) tell({ kind: 'fact', at: now(), what: 'recorded', entry });
  };
  return {
    recover: () => {
      const recovered = journal.recover();
      for (const entry of recovered.entries)
        tell({ kind: 'fact', at: now(), what: 'recalled', entry });
      return recovered;
    },
    record: (entries) => {
      const pending = journal.record(entries);
      if (pending instanceof Promise) return pending.then(() => told(entries));
      told(entries);
      return undefined;
    },
    page: (from, bytes) => journal.page(from, bytes),
    founding: () => journal.founding(),
    genesis: () => journal.genesis(),
  };
}

function isOfALot({ kind }: Message): boolean {
  return kind === 'commitment' || kind === 'reveal';
}

function now(): number {
  return Number(process.hrtime.bigint() / 1_000n);
}
