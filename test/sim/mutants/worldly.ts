/** Mutants that only whole false worlds find: of blocks that must be fetched, and of full disks. */

import type { Entry } from '../../../src/domain/contract.ts';
import type { Message } from '../../../src/domain/message.ts';
import type { UnixMs } from '../../../src/domain/names.ts';
import type { Chain } from '../../../src/domain/standing.ts';
import { isPlain } from '../../../src/domain/transaction.ts';
import type { State } from '../../../src/peer/state.ts';
import type { Wish } from '../../../src/sim/plan.ts';
import type { WorldlyMutant } from './mutant.ts';
import { twist } from './twist.ts';

type Batches = typeof import('../../../src/peer/batches.ts');
type Changes = typeof import('../../../src/ledger/change.ts');
type Chains = typeof import('../../../src/ledger/chain.ts');
type Books = typeof import('../../../src/lease/book.ts');
type Accounts = typeof import('../../../src/ledger/account.ts');
type RecentWords = typeof import('../../../src/ledger/recent.ts');
type NextBatch = typeof import('../../../src/ledger/next-batch.ts');
type Acquainting = typeof import('../../../src/peer/acquainting.ts');
type Progress = typeof import('../../../src/peer/progress.ts');
type Appending = typeof import('../../../src/peer/appending.ts');
type Syncing = typeof import('../../../src/peer/syncing.ts');
type Steps = typeof import('../../../src/peer/step.ts');
type Times = typeof import('../../../src/peer/ledger-time.ts');
type Writing = typeof import('../../../src/peer/writing.ts');

function isOld({ memory }: State, voices: readonly Message[]): boolean {
  return voices.some((voice) => voice.kind === 'acknowledgement' && voice.term < memory.term);
}

const ownClock = twist<Times>('peer/ledger-time', () => ({ timeToOpen: ({ now }) => now.unix }));

/** As if its last block had been opened just before. */
function timeless(chain: Chain, { time }: { readonly time: UnixMs }): Chain {
  return chain.time === null || chain.time < time
    ? chain
    : { ...chain, time: (time - 1) as UnixMs };
}

const patient = twist<Progress>('peer/progress', () => ({ idleSince: () => null }));

/** A stranger that repeats what it has overheard, and no other bad peer. */
const besideStranger: Wish = { hasStranger: true, insider: null };

export const worldlyMutants: readonly WorldlyMutant[] = [
  {
    section: '6.1',
    rule: 'a repeated message is no sign of life',
    instead: 'takes any live message for one, and waits for a controller as long as it lives',
    beside: besideStranger,
    twists: [
      // Else a dead controller is suspected all the same, as no work goes on under it.
      patient,
      twist<Acquainting>('peer/acquainting', ({ hearAlive }) => ({
        hearSign(step, clientID) {
          hearAlive(step, clientID);
          return true;
        },
      })),
    ],
    found: { liveness: 2 },
  },
  {
    section: '6.1',
    rule: 'a controller under which no work goes on is suspected',
    instead: 'waits for it as long as it lives',
    beside: { hasStranger: false, insider: 'stuck' },
    twists: [patient],
    found: { liveness: 2 },
  },

  {
    section: '7',
    rule: 'a sealed block counts whatever its term and whoever brings it',
    instead: 'takes none of a lower term',
    twists: [
      twist<Appending>('peer/appending', ({ appendSealed }) => ({
        appendSealed: (step, block, seal, voices) =>
          isOld(step.state, voices)
            ? 'it is of a lower term'
            : appendSealed(step, block, seal, voices),
      })),
      twist<Syncing>('peer/syncing', ({ hearAnswer }) => ({
        hearAnswer: (step, answer, evidence) =>
          isOld(step.state, evidence)
            ? { code: 'not-a-seal', problem: 'it is of a lower term' }
            : hearAnswer(step, answer, evidence),
      })),
    ],
    found: { liveness: 9 },
    marks: ['whatever the term and whoever brings it.'],
  },
  {
    section: '12',
    rule: 'a batch is on the disk in one piece with the proposal',
    instead: 'writes the proposal alone',
    twists: [
      twist<Steps>('peer/step', ({ Step }) => ({
        Step: class extends Step {
          override record(entry: Entry): void {
            if (entry.kind === 'accepted') {
              const { batch: _, ...bare } = entry;
              super.record(bare);
            } else super.record(entry);
          }
        },
      })),
    ],
    found: { L2: 1 },
    marks: ['in one piece with the proposal.'],
  },
  {
    section: '12',
    rule: 'a member acknowledges only a block whose batch it has',
    instead: 'acknowledges without it, too',
    twists: [
      twist<Batches>('peer/batches', ({ batchOf }) => ({
        batchOf: (step, block) => batchOf(step, block) ?? [],
      })),
      twist<Chains>('ledger/chain', ({ problemOfBareBlock }) => ({
        problemOfBlock: problemOfBareBlock,
      })),
    ],
    found: { L2: 5 },
    marks: ['in one piece with the proposal.'],
  },
  {
    section: '12',
    rule: 'the nonces of a sender come one after another',
    instead: 'applies whatever nonce',
    twists: [
      twist<Accounts>('ledger/account', ({ apply, accountIn, accountOf }) => ({
        apply(draft, transaction, hasher) {
          if (isPlain(transaction)) return apply(draft, transaction, hasher);
          const { nonce } = accountIn(draft.accounts, accountOf(transaction.sender, hasher));
          return apply(draft, { ...transaction, nonce }, hasher);
        },
      })),
      // Else a controller would keep to the order, whatever its members take.
      twist<NextBatch>('ledger/next-batch', ({ nextBatch }) => ({
        nextBatch(mempool, accounts, hasher) {
          const pending = mempool.pending.map((each) => ({ ...each, ahead: 0 }));
          return nextBatch({ ...mempool, pending }, accounts, hasher);
        },
      })),
    ],
    found: { L1: 1 },
  },
  {
    section: '12',
    rule: 'no nonce is ever forgotten',
    instead: 'forgets an account that has nothing left',
    twists: [
      twist<Accounts>('ledger/account', ({ apply, accountIn, accountOf }) => ({
        apply(draft, transaction, hasher) {
          const fault = apply(draft, transaction, hasher);
          const name = accountOf(transaction.sender, hasher);
          if (fault === null && accountIn(draft.accounts, name).balance === 0)
            for (const drawer of draft.own.values()) delete drawer[name];
          return fault;
        },
      })),
    ],
    found: { L1: 2 },
  },
  {
    section: '12',
    rule: 'what has no nonce is said once in a thousand blocks',
    instead: 'applies it again in the next one',
    twists: [twist<RecentWords>('ledger/recent', () => ({ faultOfRepeat: () => null }))],
    found: { L1: 8 },
  },
  {
    section: '13',
    rule: 'a quest is answered when all of it is searched',
    instead: 'answers with the first report',
    twists: [
      twist<Books>('lease/book', ({ missingIn }) => ({
        missingIn: (book) => (book.claims.length > 0 ? [] : missingIn(book)),
      })),
    ],
    found: { L3: 14 },
  },
  {
    section: '8',
    rule: 'a free seat is only for a peer that the Rules let in',
    instead: 'admits every observer',
    twists: [
      twist<Changes>('ledger/change', ({ problemOfChange }) => ({
        problemOfChange: (change, electorate) =>
          problemOfChange(change, { ...electorate, admit: 'waiting' }),
      })),
    ],
    found: { L5: 10 },
  },
  {
    section: '7',
    rule: 'a controller opens with a Time that is after that of the last block',
    instead: 'takes its own clock for it',
    twists: [ownClock],
    found: { liveness: 28 },
  },
  {
    section: '7',
    rule: 'members refuse a Time that is not after that of the last block',
    instead: 'takes any, from a controller that goes by its own clock',
    twists: [
      ownClock,
      twist<Chains>('ledger/chain', ({ problemOfBareBlock, problemOfBlock, problemOfOpening }) => ({
        problemOfOpening: (opening, chain, rules) =>
          problemOfOpening(opening, timeless(chain, opening), rules),
        problemOfBlock: (block, chain, ...rest) =>
          problemOfBlock(block, timeless(chain, block), ...rest),
        problemOfBareBlock: (block, chain, ...rest) =>
          problemOfBareBlock(block, timeless(chain, block), ...rest),
      })),
    ],
    found: { L6: 28 },
  },
  {
    section: '9',
    rule: 'what a message shows is durable before it',
    instead: 'goes on when its disk is full',
    twists: [twist<Writing>('peer/writing', () => ({ hearFailed: () => undefined }))],
    found: { L2: 3 },
  },
];
