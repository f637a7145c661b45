/** How the labs' clients spell the keys of their fields, and which keys we say to them. */

/** What a payload tells, whatever its client calls it. */
export type Field = 'client' | 'vote' | 'transaction' | 'challenge' | 'solution' | 'result';

/** The keys of a message by field; several for one field say the same thing to several clients. */
export type Spelling = { readonly [Name in Field]?: readonly string[] };

/** A spelling as one payload has it. */
export type Heard = { readonly [Name in Field]?: readonly [string] };

/** One way to spell, known by its key for ClientID, and the keys that were heard beside it. */
export type Tongue = { readonly client: string; readonly heard: { [Name in Field]?: string[] } };

/**
 * What keys are in lower case and without `_` and `-`, the surest first: some clients have an
 * `id` for something else, too.
 */
const WORDS: Readonly<Record<Field, readonly string[]>> = {
  client: ['clientid', 'client', 'id'],
  vote: ['voteid', 'vote'],
  transaction: ['transactionid', 'transaction'],
  challenge: ['challenge'],
  solution: ['solution'],
  result: ['result'],
};

/** The labs' own. */
export const DEFAULT_KEYS: Readonly<Record<Field, string>> = {
  client: 'ClientID',
  vote: 'VoteID',
  transaction: 'TransactionID',
  challenge: 'Challenge',
  solution: 'Solution',
  result: 'Result',
};

/** Under all of these we say who we are to a client that waits, and has not been heard. */
export const COMMON_CLIENT_KEYS = [
  'ClientID',
  'clientId',
  'clientID',
  'client_id',
  'ID',
  'id',
] as const;

const FIELDS = Object.keys(WORDS) as readonly Field[];
/** `transaction_id`, and a little more. */
const LONGEST_KEY = 20;
/** Far more than any network has; the rest of a flood is understood, and not imitated. */
const MOST_TONGUES = 8;
const MOST_KEYS = 4;

/** What a key means; null for one that has no meaning in the labs. */
export function fieldOf(key: string): Field | null {
  const word = wordOf(key);
  return FIELDS.find((field) => WORDS[field].includes(word)) ?? null;
}

/** The surest key of each of these fields in a payload; others may mean something else. */
export function spellingIn(payload: object, fields: readonly Field[]): Heard {
  const found: { [Name in Field]?: [string] } = {};
  for (const key of Object.keys(payload)) {
    const field = fieldOf(key);
    if (field === null || !fields.includes(field)) continue;
    const known = found[field]?.[0];
    if (known === undefined || rankOf(field, key) < rankOf(field, known)) found[field] = [key];
  }
  return found;
}

/** Learns how somebody of another kind spells. True where we did not know of any such before. */
export function learnTongue(tongues: Tongue[], spelling: Spelling): boolean {
  const tongue = tongueOf(tongues, spelling);
  if (tongue === null) return false;
  const isFirst = tongues.length === 0;
  if (!tongues.includes(tongue)) {
    if (tongues.length >= MOST_TONGUES) return false;
    tongues.push(tongue);
  }
  for (const field of FIELDS) {
    if (field === 'client') continue;
    const keys = tongue.heard[field] ?? [];
    const more = (spelling[field] ?? []).filter((key) => !keys.includes(key));
    if (more.length > 0) tongue.heard[field] = [...keys, ...more].slice(0, MOST_KEYS);
  }
  return isFirst;
}

/** By which keys all whom we have heard understand us; the labs' own where we heard none. */
export function spellingFor(tongues: readonly Tongue[]): Required<Spelling> {
  const spell = (field: Field): readonly string[] => {
    if (tongues.length === 0) return [DEFAULT_KEYS[field]];
    return [...new Set(tongues.flatMap((tongue) => keysIn(tongue, field)))];
  };
  return {
    client: spell('client'),
    vote: spell('vote'),
    transaction: spell('transaction'),
    challenge: spell('challenge'),
    solution: spell('solution'),
    result: spell('result'),
  };
}

/**
 * What was heard of the very field, else what goes with its TransactionID, else with its ClientID.
 * Who changes the names alone says `clientId` and `TransactionID`: until we know, we say both.
 */
function keysIn({ client, heard }: Tongue, field: Field): readonly string[] {
  if (field === 'client') return [client];
  const transaction = heard.transaction?.[0];
  const known = heard[field];
  if (known !== undefined) return known;
  if (field === 'vote') return [keyBeside(client, field)];
  if (transaction !== undefined) return [keyBeside(transaction, field)];
  return [...new Set([keyBeside(client, field), DEFAULT_KEYS[field]])];
}

/** A challenge names nobody: it is of a tongue that has such a key, or of one that would. */
function tongueOf(tongues: readonly Tongue[], spelling: Spelling): Tongue | null {
  const client = spelling.client?.[0];
  if (client !== undefined) {
    return tongues.find((tongue) => tongue.client === client) ?? { client, heard: {} };
  }
  const transaction = spelling.transaction?.[0];
  if (transaction === undefined) return null;
  const fitting = tongues.find((tongue) => keysIn(tongue, 'transaction').includes(transaction));
  return fitting ?? tongues[0] ?? { client: keyBeside(transaction, 'client'), heard: {} };
}

/** `clientId` goes with `voteId` and `challenge`, `CLIENT_ID` with `VOTE_ID`, `ID` with `Vote`. */
function keyBeside(key: string, field: Field): string {
  const [, begin = '', rest = ''] = /^(client|transaction|)(.*)$/i.exec(key) ?? [];
  const isShort = begin === '';
  const sample = isShort ? `${rest.charAt(0)}x` : begin;
  const word = likeCase(field, sample);
  if (field === 'client' || field === 'transaction') {
    return isShort ? `${word}${sample.startsWith('I') ? 'ID' : 'Id'}` : `${word}${rest}`;
  }
  return field === 'vote' && !isShort ? `${word}${rest}` : word;
}

/** `word` in capitals, with one capital, or with none, as `sample` is. */
function likeCase(word: string, sample: string): string {
  if (sample === sample.toUpperCase()) return word.toUpperCase();
  const first = word.charAt(0);
  return sample.charAt(0) === sample.charAt(0).toUpperCase()
    ? `${first.toUpperCase()}${word.slice(1)}`
    : word;
}

/** Among keys of the same word the labs' own is the surest. */
function rankOf(field: Field, key: string): number {
  const isOwn = key === DEFAULT_KEYS[field];
  return WORDS[field].indexOf(wordOf(key)) - (isOwn ? 0.5 : 0);
}

function wordOf(key: string): string {
  return key.length > LONGEST_KEY ? '' : key.replace(/[_-]/g, '').toLowerCase();
}
