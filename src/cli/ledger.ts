/** `sortition ledger`: shows, checks and exports a ledger, of a data directory or a network. */

import { Command } from 'commander';
import { countOf } from '../domain/count-of.ts';
import { connectionSettings } from './connection-settings.ts';
import { describeVerdict } from './ledger-lines.ts';
import { Exporting, Listing, Verifying } from './ledger-readers.ts';
import { type LedgerReader, readDirectory, readNetwork } from './ledger-source.ts';
import { printableLines } from './line-format.ts';
import {
  addSettings,
  labelOf,
  readSettings,
  type Settings,
  sourceOf,
  usageError,
} from './setting.ts';
import { text, whole } from './values.ts';
import { type VisitValues, visitSettings } from './visit-settings.ts';

type Values = VisitValues & {
  /** Paths. */
  readonly data: string | null;
  readonly export: string | null;
  readonly from: number;
  readonly verify: boolean;
  readonly json: boolean;
};

const MOST_BLOCK = 1_000_000_000_000;

const settings: Settings<Values> = {
  data: {
    flags: '--data <directory>',
    help: 'read that of a peer that does not run; otherwise a network is asked',
    fallback: null,
    isArgumentOnly: true,
    ...text,
  },
  from: {
    flags: '--from <block>',
    help: 'show or export from this block on',
    fallback: '0',
    isArgumentOnly: true,
    ...whole(0, MOST_BLOCK),
  },
  verify: {
    flags: '--verify',
    help: 'compute all of it again from its founding: digests, seals, signatures, balances',
  },
  export: {
    flags: '--export <file>',
    help: 'write it into this new file, as JSON, a block a line',
    fallback: null,
    isArgumentOnly: true,
    ...text,
  },
  json: { flags: '--json', help: 'show it as JSON, an object a line' },
  ...visitSettings,
};

export function createLedgerCommand(): Command {
  const command = new Command('ledger').description(
    'show, check or export a ledger: who won which block, and what it carries',
  );
  return addSettings(command, settings).action(() =>
    read(command, readSettings(command, settings)),
  );
}

async function read(command: Command, values: Values): Promise<void> {
  const { data, from, json } = values;
  refuseContradictions(command, values);
  const verifying = values.verify ? new Verifying(values.prefix) : null;
  const exporting = values.export === null ? null : new Exporting(values.export, from);
  const isListed = verifying === null && exporting === null;
  const readers = [verifying, exporting, isListed ? new Listing(from, json) : null];
  const reader = together(readers.filter((each) => each !== null));
  const end = (): void => {
    if (verifying !== null) tell(verifying.finish(), json, describeVerdict);
    if (exporting === null || values.export === null) return;
    const exported = { kind: 'exported', file: values.export, blocks: exporting.blocks };
    tell(
      exported,
      json,
      ({ file, blocks }) => `Exported ${countOf(blocks, 'block')} into ${file}.`,
    );
  };
  try {
    if (data === null) await readNetwork(command, values, reader, end);
    else {
      await readDirectory(data, verifying === null ? from : 0, reader);
      end();
    }
  } finally {
    verifying?.hide();
    exporting?.close();
  }
}

function tell<Fact>(fact: Fact, isJson: boolean, describe: (fact: Fact) => string): void {
  process.stdout.write(`${isJson ? JSON.stringify(fact) : printableLines(describe(fact))}\n`);
}

function together(readers: readonly LedgerReader[]): LedgerReader {
  return {
    begin: (beginning, height) => {
      for (const reader of readers) reader.begin(beginning, height);
    },
    block: (sealed) => {
      for (const reader of readers) reader.block(sealed);
    },
  };
}

/** A directory is here, and a broker there. */
function refuseContradictions(command: Command, { data }: Values): void {
  if (data === null) return;
  for (const name of ['host', 'port', 'url'] as const) {
    if (sourceOf(command, name) !== 'argument') continue;
    const label = labelOf(command, name, connectionSettings[name]);
    throw usageError(
      `--data reads a directory, and ${label} asks a network: leave one of them out.`,
      { setting: label },
    );
  }
}
