/** Reads what a client of the labs says, more strictly than those who must get along with it. */

import type { Dialect } from '../../lab/dialect.ts';
import type { LabMessage, LabRefusal, Name } from '../../lab/message.ts';
import { CLIENT_KEYS, readLab, VOTE_KEYS } from '../../lab/reading.ts';
import type { Recorded } from '../recording.ts';
import { isOfDoctor } from './doctor.ts';
import { type LabCharge, labCharge } from './lab-charge.ts';

export type LabHearing =
  | { readonly kind: 'said'; readonly message: LabMessage }
  | { readonly kind: 'charge'; readonly charge: LabCharge }
  | { readonly kind: 'foreign' };

/** Fields besides the names. */
const FIELDS: Readonly<Record<LabMessage['kind'], readonly string[]>> = {
  introduction: [],
  vote: [],
  challenge: ['TransactionID', 'Challenge'],
  solution: ['TransactionID', 'Solution'],
  result: ['TransactionID', 'Solution', 'Result'],
  presence: ['State'],
};

/** A controller may answer a TransactionID as it was asked: by a text, if that was one. */
const INTEGERS: Readonly<Partial<Record<LabMessage['kind'], readonly string[]>>> = {
  challenge: ['TransactionID', 'Challenge'],
  solution: ['TransactionID'],
  result: ['Result'],
};
const WORDS = /^(init|voting|election|challenge|solution|result|peer\/[^/]+)$/;

export function hearLab(dialect: Dialect, prefix: string, recorded: Recorded): LabHearing {
  const { topic, payload, retained } = recorded;
  if (!topic.startsWith(`${prefix}/`) || isOfDoctor(payload)) return { kind: 'foreign' };
  const word = topic.slice(prefix.length + 1);
  if (!WORDS.test(word)) return hearElsewhere(word);
  if (payload.length === 0) return { kind: 'foreign' };
  if (retained) return accuse(labCharge('retained', null, `left a message on ${word}`));
  const read = readLab(dialect, word, payload);
  if (!read.ok) return accuse(chargeOf(read.refusal, word, payload));
  const { message, text } = read;
  const fields: Readonly<Record<string, unknown>> = JSON.parse(text);
  const found = judgeFields(message, fields);
  return found === null ? { kind: 'said', message } : accuse(found);
}

/** What lies deeper below the prefix is another group's. */
function hearElsewhere(word: string): LabHearing {
  if (word.includes('/')) return { kind: 'foreign' };
  const shown = word.slice(0, 40).replace(/\p{C}/gu, '?');
  return accuse(labCharge('topics', null, `speaks on ${shown}, which is no topic`));
}

function judgeFields(
  message: LabMessage,
  fields: Readonly<Record<string, unknown>>,
): LabCharge | null {
  const who = nameOf(message);
  const known = [...CLIENT_KEYS, ...VOTE_KEYS, ...FIELDS[message.kind]] as readonly string[];
  const integers = INTEGERS[message.kind] ?? [];
  const text = integers.find((name) => name in fields && !Number.isInteger(fields[name]));
  if (text !== undefined) {
    const what = `says ${text} of a ${message.kind} as a ${typeof fields[text]}`;
    return labCharge('integers', who, what);
  }
  const strange = Object.keys(fields).find((name) => !known.includes(name));
  if (strange === undefined) return null;
  const shown = strange.slice(0, 40).replace(/\p{C}/gu, '?');
  const what = `says ${shown} in a ${message.kind}, a field that nobody knows`;
  return labCharge('noOtherFields', who, what);
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
  return labCharge(isShaped ? 'fields' : 'object', isShaped ? claimedIn(payload) : null, what);
}

/** Whom a payload says it is from, of whatever type that is. */
function claimedIn(payload: Uint8Array): Name | null {
  const fields: Readonly<Record<string, unknown>> = JSON.parse(new TextDecoder().decode(payload));
  const key = CLIENT_KEYS.find((name) => Object.hasOwn(fields, name));
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
