/** The Rules that a command asks for; where it asks for none, those of its data directory. */

import type { Command } from 'commander';
import type { Genesis } from '../domain/genesis.ts';
import type { Member } from '../domain/message.ts';
import type { Digest } from '../domain/names.ts';
import { digestOfGenesis } from '../ledger/genesis.ts';
import { parseRules, type RuleSettings, type Rules, rulesOf } from '../ledger/rules.ts';
import { nodeHasher } from '../node/crypto.ts';
import { readGenesisFile } from '../node/genesis-file.ts';
import { readRosterFile } from '../node/roster-file.ts';
import { type PeerValues, peerSettings } from './peer-settings.ts';
import { labelOf, sourceOf, usageError } from './setting.ts';

/** What makes the Rules of a network, as complaints name it. */
export const RULE_FLAGS =
  '--peers, --roster, --difficulty, --election, --reward, --admit or --genesis';

/** What somebody who only looks on has heard of, and nobody has said. */
export type Adopted = { readonly adoptedGenesis?: Digest | null };

type Values = Adopted &
  Pick<PeerValues, 'peers' | 'difficulty' | 'election' | 'reward' | 'admit' | 'roster' | 'genesis'>;

export type AskedRules = {
  /** Who founds the network, where a roster file says so. */
  readonly founders: readonly Member[] | null;
  /** What accounts begin with, where a file says so. */
  readonly genesisList: Genesis | null;
  /** What was said explicitly: it must hold. */
  readonly told: Partial<RuleSettings>;
  /** The same with the usual rules for what was not said: for a network that is still to be. */
  readonly usual: RuleSettings;
};

/** Throws a `WorldError`: that of a file, or `usage` where two settings contradict. */
export function askedRulesOf(command: Command, values: Values): AskedRules {
  const founders = foundersOf(command, values);
  const admit = values.admit ?? (founders === null ? 'waiting' : 'roster');
  const peers = founders?.length ?? values.peers;
  const { difficulty, election, reward } = values;
  const genesisList = values.genesis === null ? null : readGenesisFile(values.genesis);
  const genesis =
    genesisList === null ? values.adoptedGenesis : digestOfGenesis(genesisList, nodeHasher);
  const usual = { peers, difficulty, election, reward, admit, genesis: genesis ?? null };
  const isTold = (name: string): boolean =>
    sourceOf(command, name) !== 'fallback' || (name === 'peers' && founders !== null);
  const told = Object.fromEntries(Object.entries(usual).filter(([name]) => isTold(name)));
  return { founders, genesisList, told, usual };
}

/** Those of a network that is there already, as far as nothing else was said. */
export function chooseRules({ told, usual }: AskedRules, theirs: string | null): Rules {
  const known = theirs === null ? null : parseRules(theirs);
  return rulesOf(known === null ? usual : { ...known, ...toldFor(known, told) });
}

/** Whether all that was said explicitly holds in a network with these Rules. */
export function isAsTold(theirs: RuleSettings, { told }: AskedRules): boolean {
  const found: Readonly<Record<string, unknown>> = theirs;
  return Object.entries(toldFor(theirs, told)).every(([name, value]) => found[name] === value);
}

/** To an older network `--election lowest` says what it meant when that was founded. */
function toldFor({ election }: RuleSettings, told: Partial<RuleSettings>): Partial<RuleSettings> {
  const isOlder = election === 'lowest' && told.election === 'present';
  return isOlder ? { ...told, election } : told;
}

/** What people should know of the Rules in their data directory; null for nothing. */
export function remarkOnKept(
  { founders, usual }: AskedRules,
  rules: Rules,
  path: string,
): string | null {
  if (rules.text === rulesOf(usual).text) return null;
  const open =
    founders !== null && rules.admit === 'waiting'
      ? ' So a free seat may go to a peer that is not in the roster file.'
      : '';
  const sentence = `The data directory ${path} goes on under the rules of its network`;
  return `${sentence}: "${rules.text}".${open}`;
}

/** Who is not in the roster file can only observe, which may be a mistake. */
export function remarkOnRoster(
  { founders }: AskedRules,
  { roster }: Values,
  { clientID, publicKey }: Member,
): string | null {
  if (founders === null || founders.some((member) => member.clientID === clientID)) return null;
  return (
    `This peer is not in the roster file ${roster} and will observe; ` +
    `its line there would be: ${clientID} ${publicKey}`
  );
}

/** The roster file says how many peers there are; who says it otherwise, too, is mistaken. */
function foundersOf(command: Command, { roster, peers }: Values): readonly Member[] | null {
  if (roster === null) return null;
  const founders = readRosterFile(roster);
  const source = sourceOf(command, 'peers');
  const isTyped = source === 'argument';
  const isTold = isTyped || (source !== 'fallback' && sourceOf(command, 'roster') === source);
  if (!isTold || founders.length === peers) return founders;
  const label = labelOf(command, 'peers', peerSettings.peers);
  throw usageError(
    `${label} says ${peers}, but the roster file ${roster} names ${founders.length}: ` +
      `leave ${label} out.`,
    { path: roster, peers, members: founders.length },
  );
}
