/** A journal that keeps nothing: for who only looks on, promises nothing and helps nobody. */

import type { Recovered } from '../domain/contract.ts';
import type { Genesis } from '../domain/genesis.ts';
import type { Founding } from '../domain/message.ts';
import type { Journal, Page } from './journal.ts';

export class ForgetfulJournal implements Journal {
  recover(): Recovered {
    return { entries: [] };
  }

  record(): void {}

  page(): Page | null {
    return null;
  }

  founding(): Founding | null {
    return null;
  }

  genesis(): Genesis | null {
    return null;
  }
}
