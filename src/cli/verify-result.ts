/** `sortition verify-result`: checks a preimage, for those without `sha256sum`. */

import { text as readAll } from 'node:stream/consumers';
import { Command } from 'commander';
import type { Digest, TransactionID } from '../domain/names.ts';
import { isAccountKey } from '../domain/transaction.ts';
import { zeroBits } from '../ledger/block.ts';
import { nodeHasher } from '../node/crypto.ts';
import { CLIENT_ID } from '../wire/identity.ts';
import { EXIT } from './exit.ts';
import { addSettings, readSettings, type Settings, usageError } from './setting.ts';
import { text, whole } from './values.ts';

type Values = { readonly preimage: string | null; readonly difficulty: number | null };

const MOST_BITS = 60;

const settings: Settings<Values> = {
  preimage: {
    flags: '--preimage <text>',
    help: 'the text that was hashed, as a result shows it; - reads it from the standard input',
    fallback: null,
    isArgumentOnly: true,
    ...text,
  },
  difficulty: {
    flags: '--difficulty <bits>',
    help: 'leading zero bits that its digest must have (default: what the preimage says)',
    fallback: null,
    isArgumentOnly: true,
    ...whole(1, MOST_BITS),
  },
};

/** What a preimage says of itself (PROTOCOL 7). */
export type Claim = {
  readonly transactionID: TransactionID;
  readonly challenge: number;
  readonly clientID: string;
};

export type Verdict = {
  readonly digest: Digest;
  readonly zeroBits: number;
  /** Null where the text is no preimage of a block. */
  readonly claim: Claim | null;
  /** What is wrong, a sentence each; none where the result holds. */
  readonly problems: readonly string[];
};

const HEX_DIGEST = '[0-9a-f]{64}';
const NUMBER = '0|[1-9]\\d{0,15}';
const NAME = CLIENT_ID.source.slice(1, -1);
const OPENING = `sortition:(${NUMBER}):${HEX_DIGEST}:${HEX_DIGEST}:(?:${NUMBER}):([1-9]\\d?)`;
const REWARD_KEY = '(?::([0-9a-f]{64,182}))?';
const PREIMAGE = new RegExp(`^${OPENING}:(${NAME})${REWARD_KEY}:[0-9a-f]+$`);

export function createVerifyResultCommand(): Command {
  const command = new Command('verify-result').description(
    'hash the preimage of a result and say whether it holds',
  );
  return addSettings(command, settings).action(async () => {
    const values = readSettings(command, settings);
    if (values.preimage === null) {
      throw usageError('Say what to check: --preimage TEXT, or --preimage - to read it.');
    }
    const typed = values.preimage === '-' ? await readAll(process.stdin) : values.preimage;
    const preimage = typed.replace(/\r?\n$/, '');
    const verdict = verify(preimage, values.difficulty);
    process.stdout.write(`${report(verdict, values.difficulty)}\n`);
    process.exitCode = verdict.problems.length === 0 ? EXIT.ok : EXIT.failed;
  });
}

/** Checks the form of a preimage and its digest; `difficulty` is null for what the text says. */
export function verify(preimage: string, difficulty: number | null): Verdict {
  const digest = nodeHasher.sha256(preimage);
  const bits = zeroBits(digest);
  const claim = readClaim(preimage);
  const problems: string[] = [];
  if (claim === null) {
    problems.push(
      'This is no preimage of a block: ' +
        'sortition:<TransactionID>:<Parent>:<Root>:<Time>:<Challenge>:<ClientID>:<Solution>.',
    );
  }
  if (claim !== null && difficulty !== null && claim.challenge !== difficulty) {
    problems.push(`The preimage itself says ${claim.challenge} bits, not ${difficulty}.`);
  }
  const needed = difficulty ?? claim?.challenge ?? null;
  if (needed !== null && bits < needed) {
    problems.push(`The digest begins with ${bits} zero bits, and ${needed} are needed.`);
  }
  return { digest, zeroBits: bits, claim, problems };
}

function readClaim(preimage: string): Claim | null {
  const [, transactionID, challenge, clientID, reward] = PREIMAGE.exec(preimage) ?? [];
  if (clientID === undefined || Number(challenge) > MOST_BITS) return null;
  if (reward !== undefined && !isAccountKey(reward)) return null;
  return {
    transactionID: Number(transactionID) as TransactionID,
    challenge: Number(challenge),
    clientID,
  };
}

function report({ digest, zeroBits, claim, problems }: Verdict, difficulty: number | null): string {
  const needed = difficulty ?? claim?.challenge;
  return [
    ...(claim === null
      ? []
      : [`block      ${claim.transactionID}`, `miner      ${claim.clientID}`]),
    `digest     ${digest}`,
    `zero bits  ${zeroBits}${needed === undefined ? '' : ` of ${needed} needed`}`,
    ...(problems.length === 0 ? ['The result holds.'] : ['The result does NOT hold:', ...problems]),
  ].join('\n');
}
