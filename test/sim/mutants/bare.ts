/** Mutants that random schedules of the bare core find. */

import type { Message } from '../../../src/domain/message.ts';
import type { Term } from '../../../src/domain/names.ts';
import { isMember } from '../../../src/domain/roster.ts';
import type { Cast } from '../../../src/sim/small/stage.ts';
import { forgetting, population, remembering } from './memories.ts';
import type { BareMutant } from './mutant.ts';
import { twist } from './twist.ts';

type Assert = typeof import('../../../src/domain/assert.ts');
type Booth = typeof import('../../../src/election/booth.ts');
type Mandates = typeof import('../../../src/election/mandate.ts');
type Electing = typeof import('../../../src/peer/electing.ts');
type Acceptor = typeof import('../../../src/finality/acceptor.ts');
type Seals = typeof import('../../../src/finality/seal.ts');
type Succession = typeof import('../../../src/controller/succession.ts');
type Memories = typeof import('../../../src/peer/memory.ts');
type Steps = typeof import('../../../src/peer/step.ts');
type Changes = typeof import('../../../src/ledger/change.ts');
type Blocks = typeof import('../../../src/ledger/block.ts');

export const settled: Cast = { seats: 3, extra: 0 };
export const changing: Cast = { seats: 3, extra: 1 };

/** What a peer that believed any term wrote down: the highest that a number can hold. */
const claimed = twist<Memories>('peer/memory', ({ recall }) => ({
  recall: (memory, { entries }, hasher) =>
    recall(
      memory,
      { entries: [...entries, { kind: 'term', term: Number.MAX_SAFE_INTEGER as Term }] },
      hasher,
    ),
}));

/** Also takes away the net under the rule: a core that notices stops, and breaks nothing. */
const restartedGovern = [
  twist<Booth>('election/booth', () => ({ tookPart: () => true })),
  twist<Assert>('domain/assert', () => ({ assert: () => undefined })),
];

/** A controller that proposes twice in a term keeps to its first yes, as its members do. */
const firstYesStands = remembering((remember) => (memory, entry, hasher) => {
  const isSecond =
    entry.kind === 'accepted' &&
    entry.term === memory.accepted?.term &&
    entry.block.transactionID === memory.accepted.block.transactionID;
  if (!isSecond) remember(memory, entry, hasher);
});

export const bareMutants: readonly BareMutant[] = [
  {
    section: '1',
    rule: 'a peer whose disk is lost is a new peer',
    instead: 'comes back under its name, with the founding alone',
    cast: settled,
    twists: [forgetting(({ kind }) => kind === 'founded' || kind === 'incarnation')],
    found: { S2: 1, S9: 1 },
    marks: ['is a new peer with a new key.', 'must come back with a new key'],
  },
  {
    section: '4',
    rule: 'acknowledgements of different terms never add up',
    instead: 'adds them up',
    cast: settled,
    twists: [
      twist<Seals>('finality/seal', ({ isVoiceOf, problemOfSeal }) => ({
        isVoiceOf: (voice, proposed) => isVoiceOf({ ...voice, term: proposed.term }, proposed),
        problemOfSeal(voices, about, roster) {
          const [first] = voices;
          const alike = voices.map((voice) => ({ ...voice, term: first?.term ?? voice.term }));
          return problemOfSeal(alike, about, roster);
        },
      })),
    ],
    isRare: true,
    found: { S3: 1122 },
    marks: ['Acknowledgements of different terms never add up.'],
  },
  {
    section: '6',
    rule: 'the term is durable and never falls',
    instead: 'forgets in a restart which terms it has heard of',
    cast: settled,
    twists: [forgetting(({ kind }) => kind !== 'term')],
    found: { S2: 2 },
    marks: ['It is durable and never falls'],
  },
  {
    section: '6',
    rule: 'a far term that was only claimed gives way to the highest that a peer took part in',
    instead: 'goes back below it',
    cast: settled,
    twists: [
      twist<Memories>('peer/memory', ({ recall }) => ({
        recall(memory, { entries }, hasher) {
          recall(memory, { entries }, hasher);
          memory.term = 0 as Term;
          return Number.MAX_SAFE_INTEGER as Term;
        },
      })),
    ],
    behind: [claimed],
    found: { S2: 1 },
    marks: ['accepted a mandate, and never below it'],
  },
  {
    section: '6.6',
    rule: 'one vote a term, ever',
    instead: 'forgets in a restart that it has voted',
    cast: settled,
    twists: [forgetting(({ kind }) => kind !== 'voted')],
    found: { S9: 4 },
    marks: ['uses it up'],
  },
  {
    section: '6.6',
    rule: 'accepting a mandate uses the vote up',
    instead: 'does not keep in mind whom it obeys',
    cast: settled,
    twists: [
      remembering((remember) => (memory, entry, hasher) => {
        if (entry.kind !== 'obeyed') remember(memory, entry, hasher);
      }),
    ],
    found: { S9: 23 },
  },
  {
    section: '6.6',
    rule: 'recorded durably, then published',
    instead: 'speaks before it writes',
    cast: settled,
    twists: [
      twist<Steps>('peer/step', ({ Step }) => ({
        Step: class extends Step {
          override say(message: Message, retained = false): void {
            const first = this.effects.findIndex(({ kind }) => kind === 'record');
            const before = this.effects.length;
            super.say(message, retained);
            const said = this.effects.splice(before);
            this.effects.splice(first < 0 ? before : first, 0, ...said);
          }
        },
      })),
    ],
    found: { S9: 28 },
  },
  {
    section: '6.7',
    rule: 'peers obey a controller only after checking the mandate',
    instead: 'takes a single vote for one',
    cast: settled,
    twists: [
      twist<Mandates>('election/mandate', () => ({
        problemOf: () => null,
        countVotes: ({ votes }, { digest }) =>
          Object.values(votes)
            .filter(({ vote }) => vote.roster === digest)
            .slice(0, 1),
      })),
    ],
    found: { S1: 1 },
    marks: ['Peers obey a controller only after checking the mandate'],
  },
  {
    section: '6.8',
    rule: 'a new controller proposes what its voters accepted',
    instead: 'opens a challenge instead',
    cast: settled,
    twists: [twist<Succession>('controller/succession', () => ({ blockToPropose: () => null }))],
    found: { S5: 4, S3: 4, S4: 21 },
    marks: ['unchanged, under its own term'],
  },
  {
    section: '6.8',
    rule: 'of those the one of the highest term',
    instead: 'proposes the one of the lowest',
    cast: settled,
    twists: [
      twist<Succession>('controller/succession', ({ blockToPropose }) => ({
        blockToPropose(votes, height) {
          const turned = votes.map(({ accepted, ...vote }) => {
            if (accepted === undefined) return vote;
            const term = -accepted.term as typeof accepted.term;
            return { ...vote, accepted: { ...accepted, term } };
          });
          return blockToPropose(turned, height);
        },
      })),
    ],
    found: { S5: 35, S3: 35 },
  },
  {
    section: '6.8',
    rule: 'a new controller first fetches the ledger of its voters',
    instead: 'governs with what it has',
    cast: settled,
    twists: [
      twist<Succession>('controller/succession', ({ heightToReach }) => ({
        heightToReach: () => heightToReach([]),
      })),
    ],
    found: { S5: 14 },
  },
  {
    section: '6.9',
    rule: 'a controller that restarts is one no more',
    instead: 'governs again when it hears its votes again',
    cast: settled,
    twists: restartedGovern,
    found: { S3: 158 },
    marks: ['and waits for a higher term.'],
  },
  {
    section: '7',
    rule: 'a member acknowledges what the controller of its own term proposes',
    instead: 'acknowledges proposals of any term',
    cast: settled,
    twists: [
      twist<Acceptor>('finality/acceptor', ({ answer }) => ({
        answer(stand, proposal, digest) {
          const { term, clientID: controllerID } = proposal;
          return answer({ ...stand, term, controllerID }, proposal, digest);
        },
      })),
    ],
    found: { S7: 1, S3: 1 },
    marks: ["is the member's own and its sender the controller of it"],
  },
  {
    section: '7',
    rule: 'and no second digest for a number in a term',
    instead: 'acknowledges what a restarted controller proposes in the same term, too',
    cast: settled,
    twists: [
      ...restartedGovern,
      firstYesStands,
      twist<Acceptor>('finality/acceptor', ({ answer }) => ({
        answer: (stand, proposal, digest) => answer({ ...stand, accepted: null }, proposal, digest),
      })),
    ],
    behind: [...restartedGovern, firstYesStands],
    found: { S3: 109 },
    marks: ['it has acknowledged no other digest for that TransactionID in that term'],
  },
  {
    section: '8',
    rule: 'one member at a time, never an exchange',
    instead: 'admits another one when it removes one',
    cast: changing,
    twists: [
      twist<Changes>('ledger/change', ({ applyChange }) => ({
        applyChange(roster, change, rules, hasher) {
          const after = applyChange(roster, change, rules, hasher);
          const member = population.find(({ clientID }) => !isMember(roster, clientID));
          return change.kind === 'admit' || member === undefined
            ? after
            : applyChange(after, { kind: 'admit', member }, rules, hasher);
        },
      })),
    ],
    found: { S5: 86, S3: 86 },
    marks: ['One member at a time, never an exchange'],
  },
  {
    section: '6.3',
    rule: 'what counts in a draw was heard before the own reveal',
    instead: 'counts commitments that come after it',
    cast: settled,
    twists: [
      twist<Electing>('peer/electing', ({ keepCommitment }) => ({
        keepCommitment(step, commitment) {
          keepCommitment(step, commitment);
          const { election } = step.state;
          if (election?.phase === 'reveal' && election.term === commitment.term)
            election.counted[commitment.clientID] = commitment;
        },
      })),
    ],
    found: { S8: 3 },
  },
  {
    section: '7',
    rule: 'members compute the digest themselves',
    instead: 'takes any digits for a solution',
    cast: settled,
    twists: [twist<Blocks>('ledger/block', () => ({ zeroBits: () => 256 }))],
    found: { S6: 1 },
  },
];
