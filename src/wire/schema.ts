/** Reads what came over the wire into a message, or says which field is wrong and why. */

import { z } from 'zod';
import { assert } from '../domain/assert.ts';
import type { EnvelopedKind, Message } from '../domain/message.ts';
import type { ClientID } from '../domain/names.ts';
import type { Refusal } from '../domain/refusal.ts';
import { fromWire, wireNameOf } from './fields.ts';
import * as values from './values.ts';

/** A message, or why there is none. */
export type Reading<Kind extends EnvelopedKind = EnvelopedKind> =
  | { readonly ok: true; readonly message: Extract<Message, { kind: Kind }> }
  | { readonly ok: false; readonly refusal: Refusal };

/** Fields of a message of one kind as they travel: what its topic says is not among them. */
type Fields<Kind extends EnvelopedKind> =
  Extract<Message, { kind: Kind }> extends infer Said
    ? Said extends unknown
      ? Omit<Said, Kind extends 'answer' ? 'kind' | 'to' : 'kind'>
      : never
    : never;

const about = {
  clientID: values.clientID,
  publicKey: values.publicKey,
  incarnation: values.count,
  peers: values.seats,
  known: values.count,
  roster: values.digest.nullable(),
  network: values.digest.nullable(),
  rules: values.rules,
  name: values.name.exactOptional(),
};

const judged = {
  clientID: values.clientID,
  controllerID: values.clientID,
  transactionID: values.transactionID,
  solution: values.solution,
};

/** An answer is a page of blocks, a founding or a list of first balances, and one of them only. */
const notBeside = (what: string): z.ZodType<never> =>
  z.never({ error: `must not stand beside ${what}` });

const acceptedResult: z.ZodType<Fields<'result'>> = values
  .object({
    ...judged,
    solution: values.solutionOrNone,
    result: values.choice(1),
    block: values.block,
    seal: values.evidences,
  })
  .refine(
    ({ block, clientID, transactionID, solution }) =>
      block.clientID === clientID &&
      block.transactionID === transactionID &&
      block.solution === solution,
    { path: ['block'], error: 'must have the ClientID, TransactionID and Solution of the result' },
  );

const refusedResult = values.object({
  ...judged,
  result: values.choice(0, 1),
  reason: values.reason,
});

const page: z.ZodType<Fields<'answer'>> = values.object({
  clientID: values.clientID,
  blocks: values.list(values.block, 0, 500),
  seals: values.list(values.evidences, 0, 500),
  batches: values.list(values.batch, 1, 500).exactOptional(),
});

const foundingPage: z.ZodType<Fields<'answer'>> = values.object({
  clientID: values.clientID,
  founding: values.founding,
  genesis: notBeside('Founding').exactOptional(),
  blocks: notBeside('Founding').exactOptional(),
  seals: notBeside('Founding').exactOptional(),
  batches: notBeside('Founding').exactOptional(),
});

const genesisPage: z.ZodType<Fields<'answer'>> = values.object({
  clientID: values.clientID,
  genesis: values.genesis,
  blocks: notBeside('Genesis').exactOptional(),
  seals: notBeside('Genesis').exactOptional(),
  batches: notBeside('Genesis').exactOptional(),
});

type Schemas = { readonly [Kind in EnvelopedKind]: z.ZodType<Fields<Kind>> };

const SCHEMAS: Omit<Schemas, 'result' | 'answer'> = {
  introduction: values.object(about),
  presence: values.object({ ...about, state: values.choice('ready', 'lost', 'disconnected') }),
  heartbeat: values.object({
    clientID: values.clientID,
    incarnation: values.count,
    beat: values.count,
    term: values.term,
    controllerID: values.clientID.nullable(),
    transactionID: values.height,
    network: values.digest.nullable(),
    state: values.choice('ready', 'leaving'),
    hashRate: values.rate,
    answers: values.greeted.exactOptional(),
  }),
  commitment: values.object({
    clientID: values.clientID,
    term: values.term,
    roster: values.digest,
    commit: values.digest,
    publicKey: values.publicKey.exactOptional(),
    members: values.members.exactOptional(),
    name: values.name.exactOptional(),
  }),
  reveal: values.object({ clientID: values.clientID, term: values.term, nonce: values.nonce }),
  vote: values
    .object({
      clientID: values.clientID,
      term: values.term,
      voteID: values.voteID,
      controllerID: values.clientID,
      draw: values.digest,
      drawn: values.drawn,
      roster: values.digest,
      transactionID: values.height,
      accepted: values.accepted.exactOptional(),
    })
    .refine(({ term, accepted }) => accepted === undefined || accepted.term < term, {
      path: ['accepted'],
      error: 'must be of an earlier term than the vote',
    }),
  mandate: values.object({
    clientID: values.clientID,
    term: values.term,
    votes: values.evidences,
    members: values.members,
  }),
  challenge: values.object({
    clientID: values.clientID,
    term: values.term,
    transactionID: values.transactionID,
    challenge: values.challenge,
    algorithm: values.choice('sha256'),
    parent: values.digest,
    root: values.digest,
    time: values.time,
    incarnation: values.count.exactOptional(),
    beat: values.count.exactOptional(),
  }),
  solution: values.object({
    clientID: values.clientID,
    transactionID: values.transactionID,
    solution: values.solution,
    publicKey: values.publicKey.exactOptional(),
    reward: values.accountKey.exactOptional(),
  }),
  proposal: values.object({ clientID: values.clientID, term: values.term, block: values.block }),
  acknowledgement: values.object({
    clientID: values.clientID,
    term: values.term,
    transactionID: values.transactionID,
    digest: values.digest,
  }),
  request: values.object({
    clientID: values.clientID,
    from: values.height,
    incarnation: values.count.exactOptional(),
    number: values.count.exactOptional(),
    helper: values.clientID.exactOptional(),
    publicKey: values.publicKey.exactOptional(),
    probe: values.count.exactOptional(),
    echo: values.count.exactOptional(),
  }),
  batch: values.object({
    clientID: values.clientID,
    root: values.digest,
    transactions: values.batch,
  }),
  fetch: values.object({ clientID: values.clientID, root: values.digest }),
  quest: values.object({
    clientID: values.clientID,
    ...values.questFields,
    publicKey: values.publicKey.exactOptional(),
  }),
  offer: values.object({ clientID: values.clientID, quest: values.questID, rate: values.rate }),
  lease: values.object({
    clientID: values.clientID,
    term: values.term,
    quest: values.object(values.questFields),
    holder: values.clientID,
    ranges: values.leased,
    expiry: values.expiry,
  }),
  report: values.object({
    clientID: values.clientID,
    quest: values.questID,
    ...values.bounds,
    found: values.foundNonce,
    near: values.near,
    rate: values.rate,
  }),
  outcome: values
    .object({
      clientID: values.clientID,
      term: values.term,
      quest: values.questID,
      found: values.foundNonce,
      reason: values.questFault.nullable(),
    })
    .refine(({ found, reason }) => found === null || reason === null, {
      path: ['reason'],
      error: 'must be null beside a find',
    }),
};

/**
 * Reads a JSON value that arrived where messages of `kind` are said; `owner` is the ClientID at
 * the end of its topic, whom an answer is for. Unknown fields are left out, and a field that may be
 * absent stays absent. Recursive: check the depth of `value` first.
 */
export function readMessage<Kind extends EnvelopedKind>(
  kind: Kind,
  owner: ClientID | null,
  value: unknown,
): Reading<Kind> {
  const fields = fromWire(value);
  const parsed = schemaFor(kind, fields).safeParse(fields);
  if (!parsed.success) return { ok: false, refusal: malformed(parsed.error) };
  if (kind !== 'answer') return { ok: true, message: named<Kind>({ kind, ...parsed.data }) };
  assert(owner !== null, 'The topic of an answer names whom it is for.');
  return { ok: true, message: named<Kind>({ kind, to: owner, ...parsed.data }) };
}

/** The schema checked every field; only the compiler cannot follow which kind it was. */
function named<Kind extends EnvelopedKind>(message: object): Extract<Message, { kind: Kind }> {
  return message as Extract<Message, { kind: Kind }>;
}

/** Two kinds come in forms, told apart by one field, so that a refusal names the right one. */
function schemaFor(kind: EnvelopedKind, fields: unknown): z.ZodType<object> {
  if (kind === 'result') return fieldOf(fields, 'result') === 1 ? acceptedResult : refusedResult;
  if (kind === 'answer') return answerFor(fields);
  return SCHEMAS[kind];
}

function answerFor(fields: unknown): z.ZodType<object> {
  if (fieldOf(fields, 'founding') !== undefined) return foundingPage;
  return fieldOf(fields, 'genesis') === undefined ? page : genesisPage;
}

function fieldOf(fields: unknown, name: string): unknown {
  return typeof fields === 'object' && fields !== null && Object.hasOwn(fields, name)
    ? (fields as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

/** Says the first thing that is wrong; its path has only names that a schema knows. */
function malformed(error: z.ZodError): Refusal {
  const [issue] = error.issues;
  assert(issue !== undefined, 'A failed reading names an issue.');
  const field = issue.path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${wireNameOf(String(step))}`))
    .join('')
    .replace(/^\./, '');
  return { code: 'malformed', field, problem: issue.message };
}
