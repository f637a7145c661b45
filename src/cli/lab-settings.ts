/** What `client` takes for the labs' dialects, and what makes no sense there. */

import type { Command } from 'commander';
import { DIALECTS, type DialectName } from '../lab/dialect.ts';
import type { LabSettings } from '../lab/state.ts';
import { parseDifficulty } from '../ledger/difficulty.ts';
import { type PeerValues, peerSettings } from './peer-settings.ts';
import { labelOf, type Settings, sourceOf, usageError } from './setting.ts';
import { duration } from './values.ts';

export type LabValues = {
  readonly dialect: DialectName | null;
  /** Milliseconds. */
  readonly giveUp: number | null;
};

export const labSettings: Settings<LabValues> = {
  dialect: {
    flags: '--dialect <name>',
    help: "take part in a network of the labs' clients, under its rules: ufes or statement",
    fallback: null,
    allowed: 'ufes or statement',
    read: (text) => (text === 'ufes' || text === 'statement' ? text : null),
  },
  giveUp: {
    flags: '--give-up <time>',
    help: 'in a dialect, give a challenge up after so long (from 52 bits on 1m unless said)',
    fallback: null,
    ...duration,
  },
};

/** Settings of a peer that mean the same in a dialect; the others would be without effect. */
const SHARED = ['prefix', 'peers', 'threads', 'difficulty', 'challenges', 'mine', 'trace'];
const DEFAULTS: Readonly<Record<DialectName, readonly [number, number]>> = {
  ufes: [10, 20],
  statement: [1, 5],
};

/** Throws a `usage` error for what was typed and makes no sense with the dialect, or without. */
export function refuseForDialect(command: Command, { dialect }: LabValues): void {
  if (dialect === null) {
    if (sourceOf(command, 'giveUp') !== 'argument') return;
    const label = labelOf(command, 'giveUp', labSettings.giveUp);
    throw usageError(`${label} is for --dialect alone: leave it out.`, { setting: label });
  }
  for (const [name, setting] of Object.entries(peerSettings)) {
    if (SHARED.includes(name) || sourceOf(command, name) !== 'argument') continue;
    const label = labelOf(command, name, setting);
    throw usageError(`${label} means nothing in the dialect ${dialect}: leave it out.`, {
      setting: label,
      dialect,
    });
  }
}

/** What a peer of the dialect is told. Throws a `usage` error for an impossible difficulty. */
export function labSettingsOf(
  command: Command,
  values: PeerValues & LabValues,
  dialect: DialectName,
): LabSettings {
  const [low, high] = rangeOf(command, values, dialect);
  const { peers, challenges, giveUp, mine } = values;
  return { dialect, peers, low, high, challenges, giveUpMs: giveUp, mines: mine };
}

function rangeOf(
  command: Command,
  { difficulty }: PeerValues,
  dialect: DialectName,
): readonly [number, number] {
  if (sourceOf(command, 'difficulty') === 'fallback') return DEFAULTS[dialect];
  const rule = parseDifficulty(difficulty);
  const { hardest } = DIALECTS[dialect];
  if (rule?.kind === 'range' && rule.high <= hardest) return [rule.low, rule.high];
  if (rule?.kind === 'fixed' && rule.bits <= hardest) return [rule.bits, rule.bits];
  const label = labelOf(command, 'difficulty', peerSettings.difficulty);
  const unit = dialect === 'ufes' ? 'bits' : 'hex digits';
  throw usageError(
    `${label} must be range:LOW-HIGH or fixed:COUNT in zero ${unit} from 1 to ${hardest} in the ` +
      `dialect ${dialect}, not "${difficulty}".`,
    { setting: label, value: difficulty },
  );
}
