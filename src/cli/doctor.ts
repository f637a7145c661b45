/** `sortition doctor`: what a broker can do, before anyone relies on it. */

import { Command } from 'commander';
import { Doctor } from '../node/doctor/examine.ts';
import type { Finding, Grade } from '../node/doctor/finding.ts';
import { addressOf } from '../node/mqtt-connection.ts';
import { type ConnectionValues, connectionOf, connectionSettings } from './connection-settings.ts';
import { describeFinding, sumUp } from './doctor-lines.ts';
import { EXIT } from './exit.ts';
import { wantsColour } from './line-format.ts';
import { peerSettings } from './peer-settings.ts';
import { addSettings, readSettings, type Settings } from './setting.ts';
import { Wishes } from './wishes.ts';

type Values = ConnectionValues & { readonly prefix: string; readonly json: boolean };

const settings: Settings<Values> = {
  ...connectionSettings,
  prefix: { ...peerSettings.prefix, help: 'what all topics begin with, as for the peers to come' },
  json: { flags: '--json', help: 'tell the findings as JSON, an object a line' },
};

export function createDoctorCommand(): Command {
  const command = new Command('doctor').description(
    'examine a broker: what it can do, what that means for peers, and what to change',
  );
  return addSettings(command, settings).action(async () => {
    await examine(command, readSettings(command, settings));
  });
}

async function examine(command: Command, values: Values): Promise<void> {
  const { prefix, json } = values;
  const doctor = new Doctor(addressOf(connectionOf(command, values), 'doctor'), prefix);
  let isInterrupted = false;
  let stopped: Promise<void> | null = null;
  const wishes = new Wishes(() => {
    isInterrupted = true;
    stopped = doctor.stop();
  });
  wishes.watchOutput();
  const grades: Grade[] = [];
  const isColoured = wantsColour(process.stdout);
  for await (const finding of doctor.examine()) {
    grades.push(finding.grade);
    process.stdout.write(json ? `${toJson(finding)}\n` : describeFinding(finding, isColoured));
  }
  if (isInterrupted) {
    await stopped;
    process.exitCode = EXIT.failed;
    return;
  }
  if (doctor.fatal !== null) throw doctor.fatal;
  process.stdout.write(json ? `${JSON.stringify(summaryOf(grades))}\n` : sumUp(grades));
  if (grades.includes('bad')) process.exitCode = EXIT.failed;
}

function toJson(finding: Finding): string {
  return JSON.stringify({ kind: 'finding', ...finding });
}

function summaryOf(grades: readonly Grade[]): object {
  const count = (grade: Grade): number => grades.filter((it) => it === grade).length;
  return {
    kind: 'summary',
    good: count('good'),
    fair: count('fair'),
    bad: count('bad'),
    unknown: count('unknown'),
  };
}
