/** Reads what a client of the labs says, more strictly than those who must get along with it. */

import type { Dialect } from '../../lab/dialect.ts';
import { FIELDS_OF, type LabMessage, type LabRefusal, type Name } from '../../lab/message.ts';
import { readLab } from '../../lab/reading.ts';
import { type Field, fieldOf, spellingIn } from '../../lab/spelling.ts';
import type { Recorded } from '../recording.ts';
import { isOfDoctor } from './doctor.ts';
import { type LabCharge, type LabKeys, labCharge, labRemark } from './lab-charge.ts';

export type LabHearing =
  | {
      readonly kind: 'said';
      readonly message: LabMessage;
      readonly keys: LabKeys;
      /** What is odd about it, and forgiven. */
      readonly remarks: readonly LabCharge[];
    }
  | { readonly kind: 'charge'; readonly charge: LabCharge }
  | { readonly kind: 'foreign' };

/** A TransactionID is answered as it was asked: by a text, if that was one. */
const INTEGERS: Readonly<Partial<Record<LabMessage['kind'], readonly Field[]>>> = {
  challenge: ['transaction', 'challenge'],
  result: ['result'],
};
const WORDS = /^(init|voting|election|challenge|solution|result|peer\/[^/]+)$/;

export function hearLab(dialect: Dialect, prefix: string, recorded: Recorded): LabHearing {
  const { topic, payload, retained } = recorded;
  if (!topic.startsWith(`${prefix}/`) || isOfDoctor(payload)) return { kind: 'foreign' };
  const word = topic.slice(prefix.length + 1);
  if (payload.length === 0) return { kind: 'foreign' };
  const isTopic = WORDS.test(word);
  if (!isTopic && word.includes('/')) return { kind: 'foreign' };
  // Nobody knows from when it is, or from whom.
  if (retained) return accuse(labRemark('retained', null, `left a message on ${shown(word)}`));
  if (!isTopic) {
    return accuse(labCharge('topics', null, `speaks on ${shown(word)}, which is no topic`));
  }
  const read = readLab(dialect, word, payload);
  if (!read.ok) return accuse(chargeOf(read.refusal, word, payload));
  const { message, text } = read;
  const fields: Readonly<Record<string, unknown>> = JSON.parse(text);
  const remarks = remarksOn(message, fields);
  return { kind: 'said', message, keys: keysOf(message, fields), remarks };
}

/** What strangers wrote may be long, and steer a terminal. */
function shown(word: string): string {
  return word.slice(0, 40).replace(/\p{C}/gu, '?');
}

/** The keys that say who it is from, and the vote. */
function keysOf(message: LabMessage, fields: Readonly<Record<string, unknown>>): LabKeys {
  const sayers = (field: Field, value: Name): readonly string[] =>
    Object.keys(fields).filter(
      (key) => fieldOf(key) === field && String(fields[key]) === String(value),
    );
  if (message.kind !== 'introduction' && message.kind !== 'vote') {
    return { client: [], vote: [], topic: [] };
  }
  return {
    client: sayers('client', message.clientID),
    vote: message.kind === 'vote' ? sayers('vote', message.voteID) : [],
    topic: message.kind === 'vote' ? [message.topic] : [],
  };
}

/** Others read past it, or may stumble: no text forbids it. */
function remarksOn(
  message: LabMessage,
  fields: Readonly<Record<string, unknown>>,
): readonly LabCharge[] {
  const { kind } = message;
  const who = nameOf(message);
  const integers = INTEGERS[kind] ?? [];
  const texts = integers
    .map((field) => message.spelling[field]?.[0] ?? '')
    .filter((key) => fields[key] !== undefined && !Number.isInteger(fields[key]));
  const strange = Object.keys(fields).find((key) => !isKnown(kind, key));
  return [
    ...texts
      .slice(0, 1)
      .map((key) =>
        labRemark('integers', who, `says ${key} of a ${kind} as a ${typeof fields[key]}`),
      ),
    ...(strange === undefined
      ? []
      : [
          labRemark(
            'noOtherFields',
            who,
            `says ${shown(strange)} in ${kind === 'introduction' ? 'an' : 'a'} ${kind}, ` +
              'a field that no other client knows',
          ),
        ]),
  ];
}

function isKnown(kind: LabMessage['kind'], key: string): boolean {
  if (kind === 'presence' && key === 'State') return true;
  const field = fieldOf(key);
  return field !== null && ['client', 'vote', ...FIELDS_OF[kind]].includes(field);
}

/** Whom a message is from; in a result the miner is named, and not the controller who speaks. */
export function nameOf(message: LabMessage): Name | null {
  return message.kind === 'challenge' || message.kind === 'result' ? null : message.clientID;
}

function accuse(charge: LabCharge): LabHearing {
  return { kind: 'charge', charge };
}

function chargeOf(refusal: LabRefusal, word: string, payload: Uint8Array): LabCharge {
  const isShaped = refusal.code === 'malformed' || refusal.code === 'nameless';
  const what = `says on ${word} ${describe(refusal)}`;
  // On these the controller speaks, which does not say who it is.
  const isNamed = isShaped && word !== 'result' && word !== 'challenge';
  return labCharge(isShaped ? 'fields' : 'object', isNamed ? claimedIn(payload) : null, what);
}

/** Whom a payload says it is from, of whatever type that is. */
function claimedIn(payload: Uint8Array): Name | null {
  const fields: Readonly<Record<string, unknown>> = JSON.parse(new TextDecoder().decode(payload));
  const key = spellingIn(fields, ['client']).client?.[0];
  const value = key === undefined ? null : fields[key];
  return typeof value === 'string' || typeof value === 'number' ? value : null;
}

function describe(refusal: LabRefusal): string {
  switch (refusal.code) {
    case 'malformed':
      return `a message whose ${refusal.field} ${refusal.problem}`;
    case 'nameless':
      return 'a message whose ClientID is null';
    case 'too-large':
      return `${refusal.bytes} bytes`;
    case 'not-an-object':
      return `${refusal.found}, not an object`;
    case 'not-utf8':
      return 'what is not UTF-8';
    case 'too-deep':
      return 'what nests too deep';
    default:
      return 'what is no JSON';
  }
}
