/** How values are read from what people type: numbers, times, ports, names. */

import type { ElectionRule } from '../domain/contract.ts';
import type { AccountKey } from '../domain/names.ts';
import { isP256Form } from '../domain/p256.ts';
import { isAccountKey } from '../domain/transaction.ts';
import { formatDifficulty, parseDifficulty } from '../ledger/difficulty.ts';
import { readHost } from '../node/host.ts';
import { WorldError } from '../node/world-error.ts';
import type { Setting } from './setting.ts';

/** The half of a setting that reads its value. */
export type Reader<Value> = Pick<Setting<Value>, 'allowed' | 'read'>;

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
const LEAST_MS = 100;
const MOST_MS = 3_600_000;

/** Topics are at most 65,535 bytes; nobody wants to read a tenth of that. */
const PREFIX_MOST = 200;

/** A whole number in plain digits. */
export function whole(least: number, most: number): Reader<number> {
  return {
    allowed: `a whole number from ${least} to ${most}`,
    read: (text) => {
      const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
      return value >= least && value <= most ? value : null;
    },
  };
}

/** One of a few words. */
export function oneOf<Word extends string>(...words: readonly Word[]): Reader<Word> {
  const last = words.at(-1) ?? '';
  return {
    allowed: `${words.slice(0, -1).join(', ')} or ${last}`,
    read: (typed) => words.find((word) => word === typed) ?? null,
  };
}

/** A time in whole milliseconds, typed with its unit: `500ms`, `10s`, `1.5m`. */
export const duration: Reader<number> = {
  allowed: 'a time from 100ms to 1h, such as 500ms, 10s or 2m',
  read: (text) => {
    const [, amount, unit = ''] = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h)$/.exec(text) ?? [];
    const ms = Math.round(Number(amount) * (UNITS[unit] ?? 0));
    return ms >= LEAST_MS && ms <= MOST_MS ? ms : null;
  },
};

/** Seconds as MQTT counts them, in 16 bits (MQTT 3.1.1 section 3.1.2.10); an `s` may follow. */
export const keepalive: Reader<number> = {
  allowed: 'a whole number of seconds from 1 to 65535',
  read: (text) => whole(1, 65_535).read(text.replace(/s$/, '')),
};

/** The one text of the rule, so that `interval2:3000` and `interval2:3000@24` are equal. */
export const difficulty: Reader<string> = {
  allowed:
    'interval2:MS@BITS, interval:MS@BITS, fixed:BITS or range:LOW-HIGH, with bits from 1 to 60 ' +
    'and an interval from 100 to 86400000 ms',
  read: (text) => {
    const rule = parseDifficulty(text);
    return rule === null ? null : formatDifficulty(rule);
  },
};

const ELECTIONS: Readonly<Record<ElectionRule, string>> = {
  draw: 'draw',
  present: 'lowest',
  // In the Rules of older networks it is called lowest.
  lowest: 'incumbent',
};

/** How votes are cast; `lowest` is the rule of today, which Rules call `present`. */
export const electionRule: Reader<ElectionRule> = {
  allowed: 'draw, lowest or incumbent',
  read: (text) =>
    (Object.keys(ELECTIONS) as ElectionRule[]).find((rule) => ELECTIONS[rule] === text) ?? null,
};

/** The word for it on the command line. */
export function electionWord(rule: ElectionRule): string {
  return ELECTIONS[rule];
}

/** What all topics begin with: levels without wildcards, and none of the broker's own. */
export const prefix: Reader<string> = {
  allowed:
    'one or more topic levels, such as sd or lab/7, without +, #, $ or spaces and ' +
    'without a slash at either end',
  read: (text) => {
    const areLevels = text.split('/').every((level) => /^[^+#$\s\p{C}]+$/u.test(level));
    return areLevels && text.length <= PREFIX_MOST ? text : null;
  },
};

/** A name or an address, without scheme or port. */
export const host: Reader<string> = {
  allowed: 'a host name or an address, without a port (that is --port) or a scheme (see --url)',
  read: readHost,
};

/** Anything but nothing: a path, a user name, a password. */
export const text: Reader<string> = {
  allowed: 'something',
  read: (typed) => (typed === '' ? null : typed),
};

/** Where to listen: a port of this machine alone, or `host:port`. */
export const place: Reader<{ readonly host: string; readonly port: number }> = {
  allowed: 'a port from 0 to 65535, or host:port',
  read: (typed) => {
    const [, name = '127.0.0.1', digits = ''] = /^(?:(.*):)?(\d{1,5})$/.exec(typed) ?? [];
    const port = whole(0, 65_535).read(digits);
    const address = host.read(name);
    return port === null || address === null ? null : { host: address, port };
  },
};

/** Where money can be sent: a public key, out of a file perhaps, and then with its line ends. */
export const address: Reader<AccountKey> = {
  allowed: 'an address: 64 or 182 hex digits, as "sortition wallet address" shows them',
  read: (typed) => {
    const key = typed.replace(/\s/g, '').toLowerCase();
    if (isAccountKey(key)) return key;
    if (!isP256Form(key)) return null;
    const problem = 'its point is not on the curve P-256, so a digit of it is wrong.';
    throw new WorldError(problem, { code: 'bad-address', facts: { value: typed } });
  },
};
