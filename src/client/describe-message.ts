/** What a message says, in one plain line for people. */

import { countOf } from '../domain/count-of.ts';
import type { Message } from '../domain/message.ts';
import { UNFOUNDED } from '../domain/names.ts';
import { outcomeOf } from '../domain/quest.ts';
import type { LabMessage } from '../lab/message.ts';
import { formatRate, type NameOf, shortName, shortSolution } from './describe.ts';
import { shortLabName } from './describe-lab.ts';
import { describeOutcome, describeQuest, describeRange, nearMisses } from './describe-quest.ts';
import { shortKey } from './short-key.ts';

type MessageOf<Kind extends Message['kind']> = Message & { readonly kind: Kind };

type Sentences = {
  readonly [Kind in Message['kind']]: (message: MessageOf<Kind>, nameOf: NameOf) => string;
};

/** Goes on behind the name of its sender; without a full stop. */
export function describeMessage(message: Message, nameOf: NameOf = shortName): string {
  // The table has a function for each kind; only the compiler cannot follow which one it gives.
  const sentence = SENTENCES[message.kind] as (message: Message, nameOf: NameOf) => string;
  return sentence(message, nameOf);
}

const SENTENCES: Sentences = {
  introduction: (message) => `introduces itself: ${standing(message)}`,
  presence: (message) => {
    if (message.state === 'lost') return 'is lost, says the broker';
    return message.state === 'ready' ? `is ready: ${standing(message)}` : 'says goodbye';
  },
  heartbeat: ({ controllerID, term, transactionID, state, hashRate }, nameOf) => {
    const whom = controllerID === null ? 'nobody' : nameOf(controllerID);
    const height = transactionID === UNFOUNDED ? 'no network yet' : `height ${transactionID}`;
    const leaving = state === 'leaving' ? ', leaving' : '';
    return `obeys ${whom} in term ${term}, ${height}, ${formatRate(hashRate)}${leaving}`;
  },
  commitment: ({ term }) => `commits to a nonce for term ${term}`,
  reveal: ({ term }) => `reveals its nonce for term ${term}`,
  vote: ({ term, voteID, controllerID, accepted }, nameOf) => {
    const held = accepted === undefined ? '' : `, holding block ${accepted.block.transactionID}`;
    return `drew ${voteID} and votes for ${nameOf(controllerID)} in term ${term}${held}`;
  },
  mandate: ({ term, votes }) =>
    `is controller of term ${term}, by ${countOf(votes.length, 'vote')}`,
  challenge: ({ transactionID, challenge, term }) =>
    `opens challenge ${transactionID}: ${challenge} zero bits, term ${term}`,
  solution: ({ transactionID, solution }) =>
    `solves challenge ${transactionID} with ${shortSolution(solution)}`,
  proposal: ({ term, block }, nameOf) => `proposes ${blockOf(block, nameOf)}, term ${term}`,
  acknowledgement: ({ term, transactionID, digest }) =>
    `acknowledges block ${transactionID}, ${digest.slice(0, 16)}, term ${term}`,
  result: (message, nameOf) =>
    message.result === 1
      ? `announces ${blockOf(message.block, nameOf)}, sealed by ${message.seal.length}`
      : `refuses the solution ${shortSolution(message.solution)} of ${nameOf(message.clientID)} ` +
        `for challenge ${message.transactionID}: ${message.reason}`,
  request: ({ from, helper }, nameOf) => {
    const whom = helper === undefined ? '' : ` ${nameOf(helper)}`;
    return from === UNFOUNDED
      ? `asks${whom} for the founding`
      : `asks${whom} for blocks from ${from} on`;
  },
  answer: (message, nameOf) => {
    if ('founding' in message) return `tells ${nameOf(message.to)} the founding`;
    if ('genesis' in message)
      return `tells ${nameOf(message.to)} what ${countOf(message.genesis.length, 'key')} own`;
    const [first, last] = [message.blocks[0], message.blocks.at(-1)];
    if (first === undefined || last === undefined) return `tells ${nameOf(message.to)} no blocks`;
    return `tells ${nameOf(message.to)} blocks ${first.transactionID} to ${last.transactionID}`;
  },
  transaction: ({ transaction }) => {
    const number = transaction.nonce ?? 'without a nonce';
    const what =
      'message' in transaction
        ? `says "${transaction.message}"`
        : `sends ${transaction.amount} to ${shortKey(transaction.to)}`;
    return `transaction ${number} of ${shortKey(transaction.sender)} ${what}`;
  },
  batch: ({ root, transactions }) =>
    `says the batch ${root.slice(0, 16)} of ${transactions.length} transactions`,
  fetch: ({ root }) => `asks for the batch ${root.slice(0, 16)}`,
  quest: (quest) => `asks for a search: ${describeQuest(quest)}`,
  offer: ({ quest, rate }) => `offers ${formatRate(rate)} for quest ${quest.slice(0, 8)}`,
  lease: ({ holder, ranges, term }, nameOf) => {
    const what = ranges.length === 0 ? 'nothing' : ranges.map(describeRange).join(' and ');
    return `leases ${what} to ${nameOf(holder)}, term ${term}`;
  },
  report: ({ found, near, ...range }) => {
    const what = found === null ? 'nothing found' : `found ${found}`;
    return `searched ${describeRange(range)}: ${what}, ${nearMisses(near.length)}`;
  },
  outcome: ({ quest, found, reason }) =>
    `quest ${quest.slice(0, 8)}: ${describeOutcome(outcomeOf(found, reason))}`,
};

function standing(message: MessageOf<'introduction' | 'presence'>): string {
  const { known, peers, network, roster } = message;
  if (network !== null) return `knows ${known} peers, in network ${network.slice(0, 8)}`;
  const whom = roster === null ? 'no roster yet' : `for roster ${roster.slice(0, 8)}`;
  return `knows ${known} of ${peers} peers, ${whom}`;
}

type Blocked = MessageOf<'proposal'>['block'];

function blockOf({ transactionID, clientID, solution, change }: Blocked, nameOf: NameOf): string {
  return change === undefined
    ? `block ${transactionID} of ${nameOf(clientID)} with ${shortSolution(solution)}`
    : `block ${transactionID}: ${change}`;
}

type LabMessageOf<Kind extends LabMessage['kind']> = LabMessage & { readonly kind: Kind };

type LabSentences = {
  readonly [Kind in LabMessage['kind']]: (message: LabMessageOf<Kind>) => string;
};

/** The same for a message of a lab dialect. */
export function describeLabMessage(message: LabMessage): string {
  const sentence = LAB_SENTENCES[message.kind] as (message: LabMessage) => string;
  return sentence(message);
}

const LAB_SENTENCES: LabSentences = {
  introduction: () => 'introduces itself',
  vote: ({ voteID }) => `votes with ${voteID}`,
  challenge: ({ transactionID, challenge }) =>
    `challenge ${transactionID} is opened, with a difficulty of ${challenge}`,
  solution: ({ transactionID, solution }) => `solves challenge ${transactionID} with ${solution}`,
  result: ({ transactionID, clientID, result, solution }) => {
    const who = clientID === null ? 'somebody who is not named' : shortLabName(clientID);
    if (result === 0 || result === 2) {
      return `the solution ${solution} of ${who} for challenge ${transactionID} is refused`;
    }
    return `challenge ${transactionID} is won by ${who} with ${solution}`;
  },
  presence: ({ state }) => (state === 'lost' ? 'is lost, says the broker' : 'says goodbye'),
};
