/** Takes over the list that a network's accounts begin with from whoever has it (PROTOCOL 12). */

import { type Genesis, type Given, type Heritage, unitsOf } from '../domain/genesis.ts';
import type { Founding } from '../domain/message.ts';
import type { ClientID, Digest } from '../domain/names.ts';
import type { Refusal } from '../domain/refusal.ts';
import { makeRoster } from '../domain/roster.ts';
import { digestOfGenesis } from '../ledger/genesis.ts';
import { type Rules, readRules, rulesWithGenesis } from '../ledger/rules.ts';
import { greetSoon, sayPresence } from './presence.ts';
import type { State } from './state.ts';
import type { Step } from './step.ts';

/** Lists of so many peers are kept until a founding shows which of them is right. */
const mostHeard = 4;

/** Our Rules name a list that we do not have: we can judge no block, and found no network. */
export function lacksGenesis({ memory, heritage }: State): boolean {
  const { network, rules } = memory;
  return network === null && rules.genesis !== null && heritage.length === 0;
}

/**
 * The list of a network that we know nothing of yet. Where our Rules name one, it must be that;
 * where they name none, the founding that follows shows whether it is.
 */
export function hearGenesis(step: Step, genesis: Genesis, from: ClientID): Refusal | null {
  const { state } = step;
  const { memory, settings } = state;
  // Another one has answered, too.
  if (memory.network !== null) return null;
  const digest = digestOfGenesis(genesis, step.hasher);
  const ours = memory.rules.genesis;
  if (ours !== null) {
    // Who only looks on and has its list lets the founding say that this is another network.
    if (settings.isQuiet === true && state.heritage.length > 0) return null;
    if (digest !== ours) return { code: 'wrong-genesis', theirs: digest, ours };
    if (state.heritage.length === 0) state.heritage = [{ genesis, digest, from }];
    return null;
  }
  // Who only looks on goes by the Rules that it hears, and comes back under these.
  if (settings.isQuiet === true) return null;
  const others = state.heritage.filter((heard) => heard.from !== from);
  state.heritage = [{ genesis, digest, from }, ...others].slice(0, mostHeard);
  return null;
}

/** Rules under which a founding is that of `network`, and the list that they name. */
export type Terms = { readonly rules: Rules; readonly heritage: Heritage | null };

/**
 * Ours, where their list is here; else ours with a list that we heard, where a roster under these
 * has the digest of `network`. Null where the list is still missing.
 */
export function termsOf(step: Step, founding: Founding, network: Digest | null): Terms | null {
  const { memory, heritage } = step.state;
  const { rules } = memory;
  if (rules.genesis !== null)
    return heritage[0] === undefined ? null : { rules, heritage: heritage[0] };
  for (const heard of heritage) {
    const theirs = rulesWithGenesis(rules, heard.digest);
    const { digest } = makeRoster(founding.members, theirs.text, step.hasher);
    if (digest === network) return { rules: theirs, heritage: heard };
  }
  return { rules, heritage: null };
}

/**
 * In one piece: what accounts begin with, whose Rules are ours from then on, and the founding.
 * Answers with what people should know of the list.
 */
export function recordFounding(
  step: Step,
  founding: Founding,
  { heritage }: Terms,
): { readonly genesis?: Given } {
  const { state } = step;
  if (heritage !== null) step.record({ kind: 'genesis', genesis: heritage.genesis });
  step.record({ kind: 'founded', founding });
  state.heritage = [];
  if (heritage === null) return {};
  if (state.rules !== state.memory.rules.text) changeRules(step);
  const { genesis, ...known } = heritage;
  return { genesis: { ...known, units: unitsOf(genesis) } };
}

/** Until now others took us for a peer of other Rules, and so does who asks the broker. */
function changeRules(step: Step): void {
  step.state.rules = step.state.memory.rules.text;
  sayPresence(step, 'ready');
  greetSoon(step);
}

/** Whether `theirs` are our Rules but for a list of first balances that ours do not name. */
export function isHeritable({ memory, settings }: State, theirs: string): boolean {
  if (memory.network !== null || settings.isQuiet === true) return false;
  return isNamedOnly(memory.rules.text, theirs);
}

/** Whether `theirs` are the Rules of our network but for its list, which its peer may take over. */
export function isHeir({ memory }: State, theirs: string): boolean {
  return memory.network !== null && isNamedOnly(theirs, memory.rules.text);
}

function isNamedOnly(bare: string, named: string): boolean {
  const rules = readRules(named);
  return rules !== null && rules.genesis !== null && rulesWithGenesis(rules, null).text === bare;
}
