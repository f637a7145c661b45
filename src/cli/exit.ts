/** How a command ends: what it exits with, and the one sentence that says why. */

import { type Command, CommanderError } from 'commander';
import { BrokerError } from '../../broker/broker-error.ts';
import { PoolError } from '../miner/pool-error.ts';
import { WorldError } from '../node/world-error.ts';
import { forgiveMarks } from './bare-environment.ts';
import { explainUnloaded } from './begin.ts';
import { ignoresHangup } from './hangup.ts';
import { printable } from './line-format.ts';
import { guardOutput, outputLost } from './output.ts';
import { remark } from './remark.ts';
import { usageError } from './setting.ts';
import { startErrorOf } from './starved.ts';

/** Exit codes; docs/command-line.md explains them. From 128 on: 128 and the number of a signal. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  refused: 3,
  noPort: 4,
  badFile: 5,
  takenOver: 6,
  noTls: 7,
  bug: 70,
} as const;

/** What the world did, by the codes of its errors. */
const EXIT_BY_CODE: ReadonlyMap<string, number> = new Map([
  ['usage', EXIT.usage],
  ['bad-url', EXIT.usage],
  ['bad-login', EXIT.usage],
  ['bad-source', EXIT.usage],
  ['bad-port', EXIT.usage],
  ['bad-user-name', EXIT.usage],
  ['needs-users', EXIT.usage],
  ['bad-password', EXIT.refused],
  ['not-authorized', EXIT.refused],
  ['refused-by-broker', EXIT.refused],
  ['subscription-denied', EXIT.refused],
  ['port-taken', EXIT.noPort],
  ['port-forbidden', EXIT.noPort],
  ['bad-host', EXIT.noPort],
  ['cannot-listen', EXIT.noPort],
  ['file-unreadable', EXIT.badFile],
  ['file-unwritable', EXIT.badFile],
  ['file-exists', EXIT.badFile],
  ['recording-malformed', EXIT.badFile],
  ['trace-malformed', EXIT.badFile],
  ['trace-missing', EXIT.badFile],
  ['identity-unreadable', EXIT.badFile],
  ['identity-exposed', EXIT.badFile],
  ['identity-not-a-key', EXIT.badFile],
  ['identity-other-key', EXIT.badFile],
  ['identity-unwritable', EXIT.badFile],
  ['wallet-missing', EXIT.badFile],
  ['wallet-exists', EXIT.badFile],
  ['wallet-unreadable', EXIT.badFile],
  ['wallet-unwritable', EXIT.badFile],
  ['wallet-exposed', EXIT.badFile],
  ['wallet-damaged', EXIT.badFile],
  ['wallet-other-key', EXIT.badFile],
  ['wrong-passphrase', EXIT.badFile],
  ['no-ledger', EXIT.badFile],
  ['data-in-use', EXIT.badFile],
  ['data-damaged', EXIT.badFile],
  ['data-other-rules', EXIT.badFile],
  ['data-used-up', EXIT.badFile],
  ['data-unusable', EXIT.badFile],
  ['block-unreadable', EXIT.badFile],
  ['block-unwritable', EXIT.badFile],
  ['block-malformed', EXIT.badFile],
  ['block-changed', EXIT.badFile],
  ['roster-unreadable', EXIT.badFile],
  ['roster-malformed', EXIT.badFile],
  ['genesis-unreadable', EXIT.badFile],
  ['genesis-malformed', EXIT.badFile],
  ['key-unreadable', EXIT.badFile],
  ['key-malformed', EXIT.badFile],
  ['key-other-type', EXIT.badFile],
  ['key-private', EXIT.badFile],
  ['key-public', EXIT.badFile],
  ['key-locked', EXIT.badFile],
  ['key-contradiction', EXIT.badFile],
  ['key-in-wallet', EXIT.badFile],
  ['bad-users-file', EXIT.badFile],
  ['miner-not-built', EXIT.badFile],
  ['taken-over', EXIT.takenOver],
  ['name-taken', EXIT.takenOver],
  ['bad-certificate', EXIT.noTls],
  ['tls-failed', EXIT.noTls],
]);

/** Words that commander says itself, and that are no complaint. */
const NO_COMPLAINT = ['commander.help', 'commander.helpDisplayed', 'commander.version'];

/** So long a process may live on after an error that nobody foresaw. */
const BROKEN_MS = 1_000;

const restorers = new Set<() => void>();

/** Has `restore` called before a complaint is written, to free the terminal; gives its undoing. */
export function beforeComplaint(restore: () => void): () => void {
  restorers.add(restore);
  return () => restorers.delete(restore);
}

/** What to exit with after an error. */
export function exitCodeOf(given: unknown): number {
  if (given instanceof CommanderError) return given.exitCode === 0 ? EXIT.ok : EXIT.usage;
  const error = startErrorOf(given) ?? given;
  if (!isOfTheWorld(error)) return explainUnloaded(error) === null ? EXIT.bug : EXIT.badFile;
  const own = error instanceof WorldError ? error.exitCode : undefined;
  return own ?? EXIT_BY_CODE.get(error.code) ?? EXIT.failed;
}

/** What to say of an error; null where everything is said. */
export function sentenceOf(given: unknown): string | null {
  if (given instanceof CommanderError) return sentenceOfCommander(given);
  const error = startErrorOf(given) ?? given;
  if (isOfTheWorld(error)) return printable(error.message);
  const message = error instanceof Error ? error.message : String(error);
  const stack = error instanceof Error && process.env['SORTITION_DEBUG'] === '1' && error.stack;
  if (stack) return stack;
  const unloaded = explainUnloaded(error);
  if (unloaded !== null) return unloaded;
  const said = message.replace(/^Bug in sortition: /, '');
  return printable(`This is a bug in sortition: ${said} (SORTITION_DEBUG=1 shows where.)`);
}

/** Makes `command` complain by throwing, as `run` expects it; and `-h` is for hosts. */
export function prepare(command: Command): Command {
  return command
    .helpOption('--help', 'show this help')
    .exitOverride()
    .configureOutput({ outputError: () => {} })
    .allowExcessArguments()
    .hook('preAction', (_, acting) => refuseExcess(acting));
}

/** Runs a command to its end, which is the end of the process. */
export async function run(command: Command, args: readonly string[]): Promise<void> {
  guardOutput();
  process.on('exit', judgeOutput);
  // Whoever reads us may go away at any time; those who care listen, too.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  process.on('uncaughtException', (error) => {
    // A process that is broken does not wait for slow readers for long.
    setTimeout(() => process.exit(EXIT.bug), BROKEN_MS);
    void end(complain(error));
  });
  // Nothing is left that could bring the command to its end: that must not end in silence.
  process.once('beforeExit', () => {
    void end(complain(new Error('nothing is left to wait for, and the command has not ended.')));
  });
  try {
    forgiveMarks(process.env);
    // With a listener, the signal does not end us.
    if (ignoresHangup()) process.on('SIGHUP', () => {});
    await command.parseAsync([...args], { from: 'user' });
    await end(Number(process.exitCode ?? EXIT.ok));
  } catch (error) {
    await end(complain(error));
  }
}

/** No command succeeds whose output did not arrive, however it ends. */
function judgeOutput(code: number): void {
  const sentence = outputLost();
  if (sentence === null) return;
  remark(sentence);
  if (code === EXIT.ok) process.exitCode = EXIT.badFile;
}

function complain(error: unknown): number {
  for (const restore of restorers) restore();
  const sentence = sentenceOf(error);
  if (sentence !== null) process.stderr.write(`${sentence}\n`);
  return exitCodeOf(error);
}

/** Exits once everything written has been read; exiting at once would cut off a slow pipe. */
async function end(code: number): Promise<void> {
  await Promise.all([process.stdout, process.stderr].map(drained));
  process.exit(code);
}

function drained(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write('', () => resolve()));
}

type OfTheWorld = WorldError | BrokerError | PoolError;

function isOfTheWorld(error: unknown): error is OfTheWorld {
  return error instanceof WorldError || error instanceof BrokerError || error instanceof PoolError;
}

/** "error: unknown option '--prot'\n(Did you mean --port?)" as a sentence. */
function sentenceOfCommander(error: CommanderError): string | null {
  if (NO_COMPLAINT.includes(error.code)) return null;
  const text = error.message
    .replace(/^error: /, '')
    .replace(/\n\(Did you mean (.*)\?\)$/s, ' (did you mean $1?)')
    .replace(/^(option .*) argument missing$/, '$1 needs a value')
    .replace(/\.$/, '');
  const help = /^unknown/.test(text) ? '; --help lists what there is' : '';
  return printable(`${text.charAt(0).toUpperCase()}${text.slice(1)}${help}.`);
}

function refuseExcess(command: Command): void {
  const excess = command.args[command.registeredArguments.length];
  if (excess === undefined) return;
  throw usageError(
    `"${excess}" is neither an option of ${command.name()} nor the value of one: ` +
      `${command.name()} --help lists them.`,
    { argument: excess },
  );
}
