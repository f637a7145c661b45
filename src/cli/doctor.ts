/** `sortition doctor`: what a broker, or a service, can do, before anyone relies on it. */

import { Command } from 'commander';
import { Doctor } from '../node/doctor/examine.ts';
import type { Finding, Grade } from '../node/doctor/finding.ts';
import { examineSource } from '../node/doctor/source.ts';
import { addressOf } from '../node/mqtt-connection.ts';
import type { WorldError } from '../node/world-error.ts';
import { type ConnectionValues, connectionOf, connectionSettings } from './connection-settings.ts';
import { describeFinding, sumUp } from './doctor-lines.ts';
import { EXIT } from './exit.ts';
import { wantsColour } from './line-format.ts';
import { peerSettings } from './peer-settings.ts';
import { addSettings, readSettings, type Settings, sourceOf } from './setting.ts';
import { type Service, type SourceValues, serviceOf, sourceSettings } from './source-settings.ts';
import { Wishes } from './wishes.ts';

type Values = ConnectionValues & SourceValues & { readonly prefix: string; readonly json: boolean };

const settings: Settings<Values> = {
  ...connectionSettings,
  prefix: { ...peerSettings.prefix, help: 'what all topics begin with, as for the peers to come' },
  ...sourceSettings,
  source: {
    ...sourceSettings.source,
    help:
      'examine this web service, which work is to come from (docs/source.md); a broker only if ' +
      'that is named, too',
  },
  json: { flags: '--json', help: 'tell the findings as JSON, an object a line' },
};

export function createDoctorCommand(): Command {
  const command = new Command('doctor').description(
    'examine a broker, or a service that work comes from: what it can do, and what to change',
  );
  return addSettings(command, settings).action(async () => {
    const values = readSettings(command, settings);
    await examine(command, values, new Examination(values.json));
  });
}

async function examine(command: Command, values: Values, examination: Examination): Promise<void> {
  const service = serviceOf(command, values);
  let fatal: WorldError | null = null;
  if (wantsBroker(command)) {
    const doctor = new Doctor(addressOf(connectionOf(command, values), 'doctor'), values.prefix);
    const grades = await examination.hear(doctor.examine(), () => doctor.stop());
    fatal = doctor.fatal;
    if (fatal === null) examination.sumUp(grades, 'broker');
  }
  if (service !== null && !examination.isInterrupted) await examineService(service, examination);
  // What kept us away from the broker is what the command ends with, as that of a client.
  if (fatal !== null && !examination.isInterrupted) throw fatal;
  examination.end();
}

/** A service that is typed alone is examined alone. */
function wantsBroker(command: Command): boolean {
  const isTyped = (name: string): boolean => sourceOf(command, name) === 'argument';
  return !isTyped('source') || ['host', 'port', 'url'].some(isTyped);
}

async function examineService(service: Service, examination: Examination): Promise<void> {
  const stop = new AbortController();
  const grades = await examination.hear(examineSource(service, stop), async () => stop.abort());
  examination.sumUp(grades, 'service');
}

/** Tells what is found, until somebody wants it to end. */
class Examination {
  readonly #isJson: boolean;
  readonly #isColoured = wantsColour(process.stdout);
  readonly #grades: Grade[] = [];
  #stop: () => Promise<void> = async () => {};
  #stopped: Promise<void> | null = null;

  constructor(isJson: boolean) {
    this.#isJson = isJson;
    new Wishes(() => {
      this.#stopped = this.#stop();
    }).watchOutput();
  }

  get isInterrupted(): boolean {
    return this.#stopped !== null;
  }

  /** Tells findings as they come; `stop` gives the examination up. */
  async hear(
    findings: AsyncIterable<Finding<string>>,
    stop: () => Promise<void>,
  ): Promise<readonly Grade[]> {
    this.#stop = stop;
    const grades: Grade[] = [];
    for await (const finding of findings) {
      grades.push(finding.grade);
      const line = this.#isJson
        ? `${toJson(finding)}\n`
        : describeFinding(finding, this.#isColoured);
      process.stdout.write(line);
    }
    await this.#stopped;
    this.#grades.push(...grades);
    return grades;
  }

  /** Of one patient, for people. */
  sumUp(grades: readonly Grade[], patient: 'broker' | 'service'): void {
    if (!this.#isJson && !this.isInterrupted) process.stdout.write(sumUp(grades, patient));
  }

  end(): void {
    if (this.#isJson && !this.isInterrupted)
      process.stdout.write(`${JSON.stringify(summaryOf(this.#grades))}\n`);
    if (this.isInterrupted || this.#grades.includes('bad')) process.exitCode = EXIT.failed;
  }
}

function toJson(finding: Finding<string>): string {
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
