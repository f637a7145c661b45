/** The voice of a lab dialect: fields in the labs' order, keys as the network spells them. */

import type { LabMessage } from './message.ts';

/** The words of the topics, which follow the prefix. */
const WORDS = ['init', 'voting', 'election', 'challenge', 'solution', 'result'];

/** What a peer subscribes to: filters that do not overlap. */
export function labSubscriptions(prefix: string): readonly string[] {
  return [...WORDS, 'peer/+'].map((word) => `${prefix}/${word}`);
}

/** Topic and payload of what we say. */
export function writeLab(prefix: string, message: LabMessage): { topic: string; text: string } {
  const [word, fields] = placeOf(message);
  return { topic: `${prefix}/${word}`, text: JSON.stringify(fields) };
}

function placeOf(message: LabMessage): [string, Readonly<Record<string, unknown>>] {
  const client = message.spelling.client ?? 'ClientID';
  switch (message.kind) {
    case 'introduction':
      return ['init', { [client]: message.clientID }];
    case 'vote': {
      const vote = message.spelling.vote ?? 'VoteID';
      return [message.topic, { [client]: message.clientID, [vote]: message.voteID }];
    }
    case 'challenge':
      return ['challenge', { TransactionID: message.raw, Challenge: message.challenge }];
    case 'solution': {
      const { raw, clientID, solution } = message;
      return ['solution', { TransactionID: raw, [client]: clientID, Solution: solution }];
    }
    case 'result': {
      const { raw, clientID, solution, result } = message;
      const fields = { TransactionID: raw, Solution: solution, Result: result };
      return ['result', { [client]: clientID, ...fields }];
    }
    case 'presence': {
      const { clientID, state } = message;
      return [`peer/${clientID}`, { [client]: clientID, State: state }];
    }
  }
}
