/** The voice of a lab dialect: fields in the labs' order, keys as those who listen spell them. */

import { FIELDS_OF, type LabMessage } from './message.ts';
import { DEFAULT_KEYS, type Field } from './spelling.ts';

/** The words of the topics, which follow the prefix. */
const WORDS = ['init', 'voting', 'election', 'challenge', 'solution', 'result'];

/** What a peer subscribes to: filters that do not overlap. */
export function labSubscriptions(prefix: string): readonly string[] {
  return [...WORDS, 'peer/+'].map((word) => `${prefix}/${word}`);
}

/**
 * White space behind each payload of ours, which no parser of JSON minds and none keeps. By it
 * peers of this program know one another: also in a challenge, which names nobody.
 */
export const OUR_MARK = '\t';

/** Topic and payload of what we say. */
export function writeLab(prefix: string, message: LabMessage): { topic: string; text: string } {
  const text = `${JSON.stringify(fieldsOf(message))}${OUR_MARK}`;
  return { topic: `${prefix}/${wordOf(message)}`, text };
}

function wordOf(message: LabMessage): string {
  switch (message.kind) {
    case 'introduction':
      return 'init';
    case 'vote':
      return message.topic;
    case 'presence':
      return `peer/${message.clientID}`;
    default:
      return message.kind;
  }
}

function fieldsOf(message: LabMessage): Readonly<Record<string, unknown>> {
  const values = valuesOf(message);
  const fields = FIELDS_OF[message.kind].flatMap((field) => {
    const keys = message.spelling[field] ?? [DEFAULT_KEYS[field]];
    return keys.map((key) => [key, values[field]]);
  });
  if (message.kind === 'presence') fields.push(['State', message.state]);
  return Object.fromEntries(fields);
}

function valuesOf(message: LabMessage): { readonly [Name in Field]?: unknown } {
  switch (message.kind) {
    case 'introduction':
    case 'presence':
      return { client: message.clientID };
    case 'vote':
      return { client: message.clientID, vote: message.voteID };
    case 'challenge':
      return { transaction: message.raw, challenge: message.challenge };
    case 'solution': {
      const { raw, clientID, solution } = message;
      return { transaction: raw, client: clientID, solution };
    }
    case 'result': {
      const { raw, clientID, solution, result } = message;
      return { client: clientID, transaction: raw, solution, result };
    }
  }
}
