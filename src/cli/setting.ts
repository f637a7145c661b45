/** What a command can be told, by an option or by a variable of the environment, alike. */

import { type Command, Option } from 'commander';
import { WorldError } from '../node/world-error.ts';

/** A setting with a value: `--port 1883` or `SORTITION_PORT=1883`. */
export type Setting<Value> = {
  /** As commander reads them: `-p, --port <port>`. */
  readonly flags: string;
  readonly help: string;
  /** What it is if nobody says it, as one would type it; null for nothing. */
  readonly fallback: null extends Value ? string | null : string;
  /** Completes the sentence "--port must be …". */
  readonly allowed: string;
  /** Null for what is not allowed. May throw a `WorldError` with a better sentence. */
  readonly read: (text: string) => NonNullable<Value> | null;
  /**
   * True for what stands on the command line alone: also where the variable of this name means
   * something else to other commands, since one environment may serve several.
   */
  readonly isArgumentOnly?: boolean;
};

/** A setting that is said or not: `--json`, `SORTITION_JSON=1`; `--no-mine` makes `mine` false. */
export type Switch = Pick<Setting<string>, 'flags' | 'help'>;

/** A table of settings; each key is the long flag in camel case, without its `no-`. */
export type Settings<Values> = {
  readonly [Name in keyof Values]: Values[Name] extends boolean ? Switch : Setting<Values[Name]>;
};

/** Where a value comes from; what somebody typed beats what the environment says. */
export type Source = 'argument' | 'environment' | 'fallback';

/** A row of a table, whatever its value is; one without `read` is a switch. */
type Row = Switch & {
  readonly fallback?: string | null;
  readonly allowed?: string;
  readonly read?: (text: string) => unknown;
  readonly isArgumentOnly?: boolean;
};

/**
 * SORTITION_PORT=tcp://10.0.0.7:1883 is set by Kubernetes where it runs a service named sortition
 * (SORTITION_WS_PORT where it is named sortition-ws), and is not meant for us.
 */
const SERVICE_PORT = /^(?:tcp|udp|sctp):\/\//;

/** Words in the environment for yes and no; none at all is no. */
const YES = ['1', 'true', 'yes', 'on'];
const NO = ['0', 'false', 'no', 'off', ''];

/** Lets `command` take these settings, in the order of the table. */
export function addSettings<Values>(command: Command, settings: Settings<Values>): Command {
  for (const setting of Object.values(rowsOf(settings))) {
    const option = new Option(setting.flags, setting.help);
    if (setting.fallback != null) option.default(setting.fallback, setting.fallback);
    command.addOption(setting.isArgumentOnly ? option : option.env(variableOf(setting)));
  }
  return command;
}

/** What `command` was told, once it has parsed its arguments. Throws a `usage` error. */
export function readSettings<Values>(command: Command, settings: Settings<Values>): Values {
  const entries = Object.entries(rowsOf(settings)).map(([name, setting]) => [
    name,
    setting.read === undefined
      ? readSwitch(command, name, setting)
      : readValue(command, name, setting, setting.read),
  ]);
  return Object.fromEntries(entries) as Values;
}

/** Where the value of the setting `name` comes from; an empty variable counts as none. */
export function sourceOf(command: Command, name: string): Source {
  const source = command.getOptionValueSource(name);
  if (source === 'cli') return 'argument';
  const value: unknown = command.getOptionValue(name);
  if (source !== 'env' || value === '') return 'fallback';
  return /port$/i.test(name) && SERVICE_PORT.test(String(value)) ? 'fallback' : 'environment';
}

/** Settings that are null or false unless they are given. */
type Optional<Values> = {
  [Name in keyof Values]: null extends Values[Name]
    ? Name
    : Values[Name] extends boolean
      ? Name
      : never;
}[keyof Values] &
  string;

/**
 * Of two settings that cannot both hold, the one that was typed: the other one stands in an
 * environment that may serve several commands.
 */
export function preferTyped<Values>(
  command: Command,
  values: Values,
  ...rivals: readonly (readonly [Optional<Values>, Optional<Values>])[]
): Values {
  const unsaid = rivals.flatMap((pair) => {
    const isOneTyped = pair.some((name) => sourceOf(command, name) === 'argument');
    return isOneTyped ? pair.filter((name) => sourceOf(command, name) === 'environment') : [];
  });
  const empty = unsaid.map((name) => [name, typeof values[name] === 'boolean' ? false : null]);
  return { ...values, ...Object.fromEntries(empty) };
}

/** `--port` or `SORTITION_PORT`: what somebody who reads a complaint should look for. */
export function labelOf(command: Command, name: string, setting: Switch): string {
  return sourceOf(command, name) === 'environment' ? variableOf(setting) : longFlagOf(setting);
}

/** A complaint about how a command was called. */
export function usageError(
  sentence: string,
  facts: Readonly<Record<string, string | number>> = {},
): WorldError {
  return new WorldError(sentence, { code: 'usage', facts });
}

/** `SORTITION_WS_PORT` for `--ws-port <port>`. */
function variableOf(setting: Switch): string {
  return `SORTITION_${longFlagOf(setting).slice(2).replaceAll('-', '_').toUpperCase()}`;
}

function rowsOf<Values>(settings: Settings<Values>): Readonly<Record<string, Row>> {
  return settings as Readonly<Record<string, Row>>;
}

function longFlagOf({ flags }: Switch): string {
  return new Option(flags).long ?? flags;
}

function readValue(
  command: Command,
  name: string,
  setting: Row,
  read: (text: string) => unknown,
): unknown {
  const source = sourceOf(command, name);
  const text = source === 'fallback' ? setting.fallback : String(command.getOptionValue(name));
  if (text == null) return null;
  const label = labelOf(command, name, setting);
  const value = readOrExplain(read, text, label);
  if (value !== null) return value;
  const facts = { setting: label, value: text };
  throw usageError(`${label} must be ${setting.allowed}, not "${text}".`, facts);
}

function readOrExplain(read: (text: string) => unknown, text: string, label: string): unknown {
  try {
    return read(text);
  } catch (error) {
    if (!(error instanceof WorldError)) throw error;
    throw usageError(`${label}: ${error.message}`, { setting: label, ...error.facts });
  }
}

/** Commander takes any value in the environment, "0" too, for a yes. */
function readSwitch(command: Command, name: string, setting: Switch): boolean {
  const isNegated = longFlagOf(setting).startsWith('--no-');
  if (command.getOptionValueSource(name) !== 'env') {
    return Boolean(command.getOptionValue(name) ?? isNegated);
  }
  const variable = variableOf(setting);
  const text = process.env[variable] ?? '';
  const word = text.toLowerCase();
  if (YES.includes(word)) return !isNegated;
  if (NO.includes(word)) return isNegated;
  const facts = { setting: variable, value: text };
  throw usageError(`${variable} must be 1 for yes or 0 for no, not "${text}".`, facts);
}
