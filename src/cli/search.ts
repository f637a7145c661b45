/** `sortition search`: asks a running network for a bounded search, and tells its answer. */

import { Command } from 'commander';
import type { Answered } from '../client/client.ts';
import { faults } from '../client/describe-quest.ts';
import type { Quest } from '../domain/quest.ts';
import { noncesMost, prefixMost, problemOfQuest } from '../lease/quest.ts';
import { WorldError } from '../node/world-error.ts';
import { DEFAULT_PREFIX } from '../wire/topics.ts';
import { type ConnectionValues, connectionOf, connectionSettings } from './connection-settings.ts';
import { Ending } from './ending.ts';
import { beforeComplaint, EXIT } from './exit.ts';
import { Observer } from './observer.ts';
import { type ObserverValues, observerSettings } from './observer-settings.ts';
import {
  difficultyOf,
  nonceSettings,
  type PuzzleValues,
  puzzleSettings,
} from './puzzle-settings.ts';
import { remark } from './remark.ts';
import { Seeking, tellPeople, tellPrograms } from './search-teller.ts';
import { addSettings, preferTyped, readSettings, type Settings, usageError } from './setting.ts';
import { prefix, text } from './values.ts';
import { Wishes } from './wishes.ts';

type Values = ConnectionValues &
  Omit<ObserverValues, 'prefix'> &
  PuzzleValues & {
    readonly prefix: string | null;
    readonly topics: string;
    readonly from: number;
    readonly to: number;
    readonly json: boolean;
  };

const { prefix: _, ...rules } = observerSettings;

const settings: Settings<Values> = {
  prefix: {
    flags: '--prefix <text>',
    help: 'what the nonce, in plain decimal, is put behind',
    fallback: null,
    isArgumentOnly: true,
    ...text,
  },
  ...puzzleSettings('sha256d'),
  ...nonceSettings(noncesMost),
  ...connectionSettings,
  topics: {
    flags: '--topics <levels>',
    help: 'what all topics of the network begin with (SORTITION_PREFIX elsewhere)',
    fallback: process.env['SORTITION_PREFIX'] || DEFAULT_PREFIX,
    ...prefix,
  },
  ...rules,
  json: { flags: '--json', help: 'tell everything as JSON, an object a line' },
};

/** No network needs longer to be found, and to tell its ledger on. */
const FIND_MS = 10_000;

export function createSearchCommand(): Command {
  const command = new Command('search').description(
    'have a running network search a range of nonces, to its lowest find or to its end',
  );
  return addSettings(command, settings).action(async () => {
    const values = preferTyped(command, readSettings(command, settings), ['zeros', 'bits']);
    process.exitCode = await search(command, values, questOf(values));
  });
}

/** Here already: nobody should have to wait for a network to hear that it is asked too much. */
function questOf(values: Values): Quest {
  const { prefix: asked, algorithm, from, to } = values;
  if (asked === null) throw usageError('Say what to search behind: --prefix TEXT.');
  const quest = { algorithm, prefix: asked, bits: difficultyOf(values), from, to };
  const fault = problemOfQuest(quest);
  if (fault === null) return quest;
  const sentences: Readonly<Partial<Record<typeof fault, string>>> = {
    'prefix-too-long': `--prefix has ${asked.length} characters; ${prefixMost} are the most.`,
    'range-empty': `--from ${from} must be below --to ${to}, which is not tried itself.`,
    'range-too-big': `From ${from} to ${to} are ${to - from} nonces; ${noncesMost} are the most.`,
  };
  throw usageError(sentences[fault] ?? `This cannot be asked: ${faults[fault]}.`, { fault });
}

/** Resolves with what to exit with; throws what ended it otherwise. */
async function search(command: Command, values: Values, quest: Quest): Promise<number> {
  const ending = new Ending();
  const teller = values.json ? tellPrograms() : tellPeople(quest);
  const forget = beforeComplaint(() => teller.release());
  const seeking = new Seeking(quest, teller);
  const wishes = new Wishes(() => ending.leave());
  const observer = await Observer.open(
    command,
    { ...values, prefix: values.topics },
    connectionOf(command, values),
    {
      onNote: (note) => seeking.hear(note),
      onFatal: (error) => ending.fail(error),
      onTrouble: remark,
      onRules: (sentence) => teller.remark(sentence),
    },
  );
  wishes.watchOutput();
  try {
    await Promise.race([observer.catchUp(FIND_MS), ending.come]);
    seeking.begin(observer.opened.url);
    const answered = await Promise.race([
      observer.client.search(quest),
      ending.come.then((error) => {
        if (error !== null) throw error;
        return null;
      }),
    ]);
    seeking.end(answered);
    return codeOf(answered);
  } finally {
    teller.release();
    forget();
    await observer.close();
  }
}

function codeOf(answered: Answered | null): number {
  const { outcome } = answered ?? { outcome: null };
  if (outcome?.kind !== 'refused') return outcome?.kind === 'found' ? EXIT.ok : EXIT.failed;
  const { reason } = outcome;
  throw new WorldError(`The network does not search for this: ${faults[reason]}.`, {
    code: 'quest-refused',
    facts: { reason },
  });
}
