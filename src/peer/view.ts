/** A read-only picture of a peer, for doors, people and tests. */

import type { Hasher } from '../domain/crypto.ts';
import {
  type ClientID,
  type Digest,
  type Instant,
  type Term,
  type TransactionID,
  UNFOUNDED,
} from '../domain/names.ts';
import type { Refusal, RefusalCode } from '../domain/refusal.ts';
import type { Transaction } from '../domain/transaction.ts';
import { isInRoster, presentRoster } from './memory.ts';
import { controllerOf, heardHeight } from './presence.ts';
import type { State } from './state.ts';
import { judgeTransaction } from './taking.ts';

export type View = {
  readonly clientID: ClientID;
  readonly role: 'controller' | 'member' | 'observer' | 'unfounded';
  readonly isConnected: boolean;
  readonly term: Term;
  readonly controllerID: ClientID | null;
  readonly network: Digest | null;
  /** Digest of the roster it stands for: its network's, else the one it would found with. */
  readonly roster: Digest | null;
  readonly members: readonly ClientID[];
  readonly height: TransactionID;
  /** Digest of its last block. */
  readonly tip: Digest | null;
  /** It knows a network, and nobody says that there are more blocks. */
  readonly isCaughtUp: boolean;
  /** Transactions that wait for a block. */
  readonly waiting: number;
  /** Refused messages by the code of their refusal, since the start. */
  readonly refusals: Readonly<Partial<Record<RefusalCode, number>>>;
};

export function viewOf(state: State): View {
  const { memory, settings } = state;
  const { clientID } = settings.self;
  return {
    clientID,
    role: roleOf(state),
    isConnected: state.link.isConnected,
    term: memory.term,
    controllerID: controllerOf(state),
    network: memory.network?.digest ?? null,
    roster: presentRoster(memory)?.digest ?? state.standing?.digest ?? null,
    members: presentRoster(memory)?.members.map((member) => member.clientID) ?? [],
    height: memory.height,
    tip: memory.chain?.tip ?? null,
    isCaughtUp: isCaughtUp(state),
    waiting: state.mempool.pending.length,
    refusals: { ...state.refusals },
  };
}

function isCaughtUp(state: State): boolean {
  const heard = heardHeight(state);
  return heard !== UNFOUNDED && state.memory.height >= heard && state.behind === null;
}

function roleOf(state: State): View['role'] {
  if (state.memory.network === null) return 'unfounded';
  if (state.office !== null) return 'controller';
  return isInRoster(state.memory, state.settings.self.clientID) ? 'member' : 'observer';
}

/** What the door has to know: cheap to take, as it is taken for every message. */
export type Glimpse = {
  readonly term: Term;
  readonly height: TransactionID;
  readonly members: ReadonlySet<ClientID>;
  /** Whom it asked for a page by name, one request at a time. */
  readonly helper: ClientID | null;
  readonly judge: (transaction: Transaction, at: Instant) => 'known' | 'fresh' | Refusal | null;
};

const nobody: ReadonlySet<ClientID> = new Set();

/** Makes a function that glimpses, and builds the set of members once for each roster. */
export function createGlimpse(hasher: Hasher): (state: State) => Glimpse {
  let roster: Digest | null = null;
  let members = nobody;
  return (state) => {
    const { memory } = state;
    const present = presentRoster(memory);
    if (present !== null && present.digest !== roster) {
      roster = present.digest;
      members = new Set(present.members.map(({ clientID }) => clientID));
    }
    const { term, height } = memory;
    const judge: Glimpse['judge'] = (transaction, at) =>
      judgeTransaction(state, transaction, at, hasher);
    return { term, height, members, helper: state.behind?.helper ?? null, judge };
  };
}
