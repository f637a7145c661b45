/** What a service calls the fields of tasks and finds, where they are not called as usual. */

import { WorldError } from './world-error.ts';

/** The names that a service uses, by ours. */
export type SourceFields = {
  readonly previous: string;
  readonly zeroes: string;
  readonly timestamp: string;
  readonly nonce: string;
  readonly digest: string;
};

type Ours = keyof SourceFields;

/** Everything is called as docs/source.md has it. */
export const USUAL_FIELDS: SourceFields = {
  previous: 'previous',
  zeroes: 'zeroes',
  timestamp: 'timestamp',
  nonce: 'nonce',
  digest: 'digest',
};

/** Fields of one message, which need different names. */
const MESSAGES: readonly (readonly Ours[])[] = [
  ['previous', 'zeroes'],
  ['timestamp', 'nonce', 'digest'],
];

const NAME_MOST = 64;

/**
 * Reads `OURS=THEIRS,…`, such as `previous=previous_block,zeroes=bits`; what is not named is called
 * as usual.
 *
 * @throws WorldError `bad-source`, which says what is wrong.
 */
export function parseSourceFields(text: string): SourceFields {
  const told = new Map<Ours, string>();
  for (const pair of text.split(',')) {
    const [ours = '', theirs = '', ...more] = pair.split('=').map((part) => part.trim());
    if (theirs === '' || more.length > 0)
      throw badFields(`"${pair.trim()}" is not of the form OURS=THEIRS`);
    if (!isOurs(ours))
      throw badFields(`"${ours}" is none of our fields: ${Object.keys(USUAL_FIELDS).join(', ')}`);
    if (told.has(ours)) throw badFields(`${ours} is named twice`);
    if (theirs.length > NAME_MOST || /\p{C}/u.test(theirs))
      throw badFields(`a name has up to ${NAME_MOST} characters that can be shown`);
    told.set(ours, theirs);
  }
  const fields = { ...USUAL_FIELDS, ...Object.fromEntries(told) };
  for (const message of MESSAGES) refuseTwins(fields, message);
  return fields;
}

function refuseTwins(fields: SourceFields, message: readonly Ours[]): void {
  const names = message.map((ours) => fields[ours]);
  const twin = names.find((name, index) => names.indexOf(name) !== index);
  if (twin === undefined) return;
  const twins = message.filter((ours) => fields[ours] === twin);
  throw badFields(`${twins.join(' and ')} would both be called "${twin}"`);
}

function isOurs(name: string): name is Ours {
  return Object.hasOwn(USUAL_FIELDS, name);
}

function badFields(problem: string): WorldError {
  return new WorldError(
    `${problem}; write them like previous=previous_block,zeroes=bits.`.replace(/^./, (first) =>
      first.toUpperCase(),
    ),
    { code: 'bad-source', facts: { problem } },
  );
}
