/** A miner that counts what it tries, over all works, whoever listens to it. */

import type { Miner, MinerEvents } from '../client/miner.ts';
import type { Work } from '../domain/contract.ts';
import type { WorkID } from '../domain/names.ts';

export class CountingMiner implements Miner {
  readonly #miner: Miner;
  #current: WorkID | null = null;
  /** For the current work, and for all before it. */
  #tried = 0;
  #triedBefore = 0;

  constructor(miner: Miner) {
    this.#miner = miner;
  }

  /** Hashes tried in all. */
  get tried(): number {
    return this.#triedBefore + this.#tried;
  }

  listen(events: MinerEvents): void {
    this.#miner.listen({
      onFound: events.onFound,
      onSearched: (report) => {
        this.#count(report.work, report.tried);
        events.onSearched(report);
      },
    });
  }

  mine(work: Work): void {
    this.#miner.mine(work);
  }

  rest(): void {
    this.#miner.rest();
  }

  close(): Promise<void> {
    return this.#miner.close();
  }

  /** A work that comes back after another one begins at nothing again. */
  #count(work: WorkID, tried: number): void {
    if (work !== this.#current || tried < this.#tried) this.#triedBefore += this.#tried;
    this.#current = work;
    this.#tried = tried;
  }
}
