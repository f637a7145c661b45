/** `sortition bench prefixes`: what a decimal kernel loses behind texts of any length. */

import { Command } from 'commander';
import type { Algorithm } from '../domain/quest.ts';
import { measurePrefixes } from './bench-kernels.ts';
import { describeMachine, medianOf, thisMachine } from './bench-report.ts';
import { addSettings, readSettings, type Settings } from './setting.ts';
import { whole } from './values.ts';

type Values = { readonly rounds: number; readonly json: boolean };

const settings: Settings<Values> = {
  rounds: {
    flags: '--rounds <count>',
    help: 'so often each length has its turn; the median counts',
    fallback: '5',
    ...whole(1, 1_000),
  },
  json: { flags: '--json', help: 'one JSON object' },
};

const ALGORITHMS: readonly Algorithm[] = ['sha256', 'sha256d', 'sha1'];
/** Bytes of a block of each of these digests: behind whole blocks it is the same again. */
const LENGTHS = 64;
const TURN_MS = 40;
/**
 * Nonces have ten digits here, so these texts are 56 to 66 bytes long with them: the three digits
 * that vary, and the length of the text, are not in one block.
 */
const SPILT = { from: 46, to: 56 };

export function createPrefixesBench(): Command {
  const command = new Command('prefixes').description(
    'rates of the decimal kernels behind prefixes of 0 to 63 bytes, against the padded ones',
  );
  return addSettings(command, settings).action(async () => {
    const { rounds, json } = readSettings(command, settings);
    const lengths = [...Array(LENGTHS).keys()];
    const machine = thisMachine();
    const found = [];
    for (const algorithm of ALGORITHMS) {
      const prefixes = await measurePrefixes(algorithm, lengths, { rounds, turnMs: TURN_MS });
      const of = (fits: (length: number) => boolean): number[] =>
        prefixes.filter(({ length }) => fits(length)).map(({ ofPadded }) => ofPadded);
      const isSpilt = (length: number): boolean => length >= SPILT.from && length <= SPILT.to;
      const [within, spilt] = [of((length) => !isSpilt(length)), of(isSpilt)];
      const all = [...within, ...spilt];
      found.push({
        algorithm,
        median: medianOf(all),
        within: { median: medianOf(within), least: Math.min(...within) },
        spilt: { median: medianOf(spilt), least: Math.min(...spilt) },
        prefixes,
      });
    }
    if (json) {
      write(JSON.stringify({ machine, rounds, found }));
      return;
    }
    write(describeMachine(machine));
    write('decimal against padded: median of 0 to 63 bytes; in one block; spilt into another');
    for (const { algorithm, median, within, spilt } of found) {
      const figures = [within, spilt].map(
        (it) => `${it.median.toFixed(2)} (least ${it.least.toFixed(2)})`,
      );
      write([algorithm.padEnd(8), median.toFixed(2), ...figures].join('  '));
    }
  });
}

function write(line: string): void {
  process.stdout.write(`${line}\n`);
}
