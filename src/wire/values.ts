/** The schemas of single values on the wire: names, digests, numbers, blocks. */

import { z } from 'zod';
import {
  GENESIS_UNITS_MOST,
  type Genesis,
  GRANTS_MOST,
  problemOfGenesis,
} from '../domain/genesis.ts';
import type { Accepted, Block, Founding, Greeted, Member, Reason } from '../domain/message.ts';
import type {
  AccountKey,
  ClientID,
  Digest,
  Nonce,
  PublicKey,
  QuestID,
  Term,
  TransactionID,
  UnixMs,
  VoteID,
} from '../domain/names.ts';
import type { Algorithm, QuestFault, Range } from '../domain/quest.ts';
import { type Batch, isAccountKey, readText } from '../domain/transaction.ts';
import { CLIENT_ID, PUBLIC_KEY } from './identity.ts';

// Without this, zod writes and compiles a function at the first use of each schema: some 10 ms in
// the middle of a founding (measured), and forbidden on pages with a content security policy.
z.config({ jitless: true });

/** The most members that a roster may have, and so the most votes or acknowledgements in a list. */
export const MEMBERS_MOST = 100;

const TEXT_MOST = 4096;

/** No surrogate without its half: such a text has no UTF-8, so nobody can have signed it. */
export function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}

type Raw = { readonly input?: unknown };

/** One sentence for whatever is wrong with a value, save that it is not there. */
function problem(sentence: string): (issue: Raw) => string {
  return (issue) => (issue.input === undefined ? 'is missing' : sentence);
}

/** A text of one form; the cast gives it the name that its form has earned. */
function text<Name extends string>(form: RegExp, sentence: string): z.ZodType<Name> {
  const error = problem(sentence);
  return z.string({ error }).regex(form, { error }) as unknown as z.ZodType<Name>;
}

function whole<Name extends number>(least: number, most?: number): z.ZodType<Name> {
  const range = most === undefined ? `from ${least} on` : `from ${least} to ${most}`;
  const error = problem(`must be a whole number ${range}`);
  const schema = z.int({ error }).min(least, { error });
  const bounded = most === undefined ? schema : schema.max(most, { error });
  return bounded as unknown as z.ZodType<Name>;
}

/** One of a few values that never change. */
export function choice<const Values extends readonly [string | number, ...(string | number)[]]>(
  ...values: Values
): z.ZodType<Values[number]> {
  const error = problem(`must be ${values.map((value) => JSON.stringify(value)).join(' or ')}`);
  return z.literal([...values], { error }) as unknown as z.ZodType<Values[number]>;
}

/** A list of `least` to `most` items. */
export function list<Item>(
  item: z.ZodType<Item>,
  least: number,
  most: number,
): z.ZodType<readonly Item[]> {
  const error = problem(`must be a list of ${least} to ${most}`);
  return z.array(item, { error }).min(least, { error }).max(most, { error });
}

/** An object of known fields; unknown ones are left out. */
export function object<Shape extends z.ZodRawShape>(shape: Shape): z.ZodObject<Shape> {
  return z.object(shape, { error: problem('must be an object') });
}

/** A peer's name, whether or not any key proves it. */
export const clientID: z.ZodType<ClientID> = text(
  CLIENT_ID,
  'must be a UUID of version 8 in lower case',
);
/** A key in the one spelling that it has. */
export const publicKey: z.ZodType<PublicKey> = text(
  PUBLIC_KEY,
  'must be 32 bytes in base64url, 43 characters',
);
/** SHA-256 of anything. */
export const digest: z.ZodType<Digest> = text(/^[0-9a-f]{64}$/, 'must be 64 lower-case hex digits');
/** What a reveal reveals. */
export const nonce: z.ZodType<Nonce> = text(/^[0-9a-f]{64}$/, 'must be 64 lower-case hex digits');
/** A drawn number. */
export const voteID: z.ZodType<VoteID> = text(/^[0-9a-f]{16}$/, 'must be 16 lower-case hex digits');
/** What a miner appends to the preimage: a padded one has up to 79 digits. */
export const solution: z.ZodType<string> = text(
  /^[0-9a-f]{1,80}$/,
  'must be 1 to 80 lower-case hex digits',
);
/** Whose account a reward goes to. */
export const accountKey: z.ZodType<AccountKey> = z.custom<AccountKey>(isAccountKey, {
  error: problem('must be 64 lower-case hex digits, or the 182 of a key on P-256'),
});
/** A bit for each member of a roster, four to a digit. */
export const drawn: z.ZodType<string> = text(
  /^[0-9a-f]{1,25}$/,
  'must be 1 to 25 lower-case hex digits',
);
/** What the peers of one network must have in common, compared as text. */
export const rules: z.ZodType<string> = text(
  /^[\x20-\x7e]{0,200}$/,
  'must be at most 200 printable ASCII characters',
);

/** 0 before the first election. */
export const term: z.ZodType<Term> = whole(0);
/** Number of a block. */
export const transactionID: z.ZodType<TransactionID> = whole(0);
/** How many blocks a peer has; -1 before the founding. */
export const height: z.ZodType<TransactionID> = whole(-1);
/** Unix milliseconds. */
export const time: z.ZodType<UnixMs> = whole(0);
/** Anything that is counted, and never less than none. */
export const count: z.ZodType<number> = whole(0);
/** N. */
export const seats: z.ZodType<number> = whole(1, MEMBERS_MOST);
/** The small number by which people call a peer. */
export const name: z.ZodType<number> = whole(1, 9_999);
/** Leading zero bits. */
export const challenge: z.ZodType<number> = whole(1, 60);
/** Hashes a second. */
export const rate: z.ZodType<number> = z
  .number({ error: problem('must be a number from 0 on') })
  .min(0, { error: problem('must be a number from 0 on') });

/** Why a solution was refused. */
export const reason: z.ZodType<Reason> = choice(
  'invalid',
  'late',
  'unknown-transaction',
  'not-open',
);

/** The exact payload text of another message, carried as evidence. */
const evidence: z.ZodType<string> = z
  .string({ error: problem(`must be a text of at most ${TEXT_MOST} characters`) })
  .max(TEXT_MOST, { error: `must be a text of at most ${TEXT_MOST} characters` })
  .refine(isWellFormed, { error: 'must be well-formed Unicode' });

/** Votes, or the acknowledgements of one seal. */
export const evidences: z.ZodType<readonly string[]> = list(evidence, 1, MEMBERS_MOST);

/** The members of a roster, each named once. */
export const members: z.ZodType<readonly Member[]> = list(
  object({ clientID, publicKey }),
  1,
  MEMBERS_MOST,
).refine((all) => new Set(all.map((member) => member.clientID)).size === all.length, {
  error: 'must name nobody twice',
});

/** Connections that a controller has heard of lately. */
export const greeted: z.ZodType<readonly Greeted[]> = list(
  object({ clientID, incarnation: count }),
  1,
  MEMBERS_MOST,
);

/** The first roster with the votes that founded it. */
export const founding: z.ZodType<Founding> = object({ members, votes: evidences });

const GRANTEE = problem('must be a public key in lower-case hex digits');

/** What accounts begin with, in the one form that it has. */
export const genesis: z.ZodType<Genesis> = list(
  object({
    key: z
      .string({ error: GRANTEE })
      .refine(isAccountKey, { error: GRANTEE }) as unknown as z.ZodType<AccountKey>,
    units: whole<number>(1, GENESIS_UNITS_MOST),
  }),
  1,
  GRANTS_MOST,
).refine((grants) => problemOfGenesis(grants) === null, {
  error: ({ input }) => problemOfGenesis(input as Genesis) ?? '',
});

/** What a result repeats of its block; nothing where the block changes the roster. */
export const solutionOrNone: z.ZodType<string> = text(
  /^[0-9a-f]{0,80}$/,
  'must be at most 80 lower-case hex digits',
);

/** A change of the roster as a text; whether it is a sensible one, the ledger knows. */
const change: z.ZodType<string> = text(
  /^(remove [0-9a-f-]{36}|admit [0-9a-f-]{36} [\w-]{43})$/,
  'must remove or admit one member',
);

/** An entry of the ledger, whether or not its digest meets its challenge. */
export const block: z.ZodType<Block> = object({
  transactionID,
  parent: digest,
  root: digest,
  time,
  challenge: whole(0, 60),
  clientID,
  reward: accountKey.exactOptional(),
  solution: solutionOrNone,
  change: change.exactOptional(),
}).refine((it) => (it.change === undefined) === (it.challenge > 0 && it.solution !== ''), {
  error: 'must have a Challenge and a Solution, or a Change',
});

/** So many of the shortest transactions fill a batch. */
const TRANSACTIONS_MOST = 102;

/** The one texts of transactions; their signatures are still to be checked. */
export const batch: z.ZodType<Batch> = list(
  z
    .string({ error: problem('must be the one text of a transaction') })
    .refine((value) => readText(value) !== null, {
      error: 'must be the one text of a transaction',
    }),
  1,
  TRANSACTIONS_MOST,
);

/** What a voter acknowledged last. */
export const accepted: z.ZodType<Accepted> = object({ term, block });

/** Nonces end below it, as `NONCES` of the miner. */
const NONCES_END = 2 ** 52;

const nonces: z.ZodType<number> = whole(0, NONCES_END);

/** Names a quest. */
export const questID: z.ZodType<QuestID> = text(
  /^[0-9a-f]{64}$/,
  'must be 64 lower-case hex digits',
);

/** A nonce as a number, where there is one. */
export const foundNonce: z.ZodType<number | null> = nonces.nullable();

/** The bounds of a range; whether there is anything between them, others ask. */
export const bounds: { readonly from: z.ZodType<number>; readonly to: z.ZodType<number> } = {
  from: nonces,
  to: nonces,
};

/** What is asked for; whether it is too much, or nothing, the controller says by name. */
export const questFields: {
  readonly algorithm: z.ZodType<Algorithm>;
  readonly prefix: z.ZodType<string>;
  readonly bits: z.ZodType<number>;
} & typeof bounds = {
  algorithm: choice('sha256', 'sha256d', 'sha1'),
  prefix: evidence,
  bits: challenge,
  ...bounds,
};

/** Ranges that somebody holds at a time. */
export const leased: z.ZodType<readonly Range[]> = list(object(bounds), 0, 8);

/** Near misses in a range, as many as chance ever gives. */
export const near: z.ZodType<readonly number[]> = list(nonces, 0, 128);

/** Milliseconds that a lease is good for: up to a day. */
export const expiry: z.ZodType<number> = whole(1, 86_400_000);

/** Why a quest is not taken up. */
export const questFault: z.ZodType<QuestFault> = choice(
  'prefix-too-long',
  'range-empty',
  'range-too-big',
  'too-many-quests',
);
