/** Gets a password: from the environment, from a terminal without showing it, or from a pipe. */

import { createInterface } from 'node:readline';
import { withoutMark } from '../files/named-file.ts';
import { usageError } from './setting.ts';

/** Keys as a terminal in raw mode sends them. */
const CTRL_C = '\u0003';
const CTRL_D = '\u0004';
const CTRL_U = '\u0015';
const BACKSPACES = ['\b', '\u007f'];
const RETURNS = ['\r', '\n'];

/** What somebody in the middle of typing a password wants with Ctrl-C. */
const EXIT_INTERRUPTED = 130;

/** The password for `user`; asks twice where somebody types it. Throws a `usage` error. */
export async function askPassword(user: string): Promise<string> {
  const given = process.env['SORTITION_PASSWORD'];
  const typed = (): Promise<string> => typeTwice(`Password for ${user}: `, 'passwords');
  const password = given || (await (process.stdin.isTTY ? typed() : readLine()));
  if (password !== '') return password;
  throw usageError(`The password for ${user} is empty: type one, or set SORTITION_PASSWORD.`);
}

/** Asks a second time, as nobody sees what they type. Throws a `usage` error. */
export async function typeTwice(question: string, what: string): Promise<string> {
  const first = await typeHidden(question);
  const second = await typeHidden('The same again: ');
  if (first === second) return first;
  throw usageError(`The two ${what} differ, and nothing was changed: try again.`);
}

/** The first line of the standard input; empty where there is none. */
async function readLine(): Promise<string> {
  const lines = createInterface({ input: process.stdin });
  for await (const line of lines) {
    lines.close();
    return withoutMark(line);
  }
  return '';
}

/** Asks on a terminal. Nothing of what is typed shows, not even how much. */
export function typeHidden(question: string): Promise<string> {
  const { stdin, stderr } = process;
  stderr.write(question);
  stdin.setRawMode(true);
  stdin.setEncoding('utf8');
  stdin.resume();
  return new Promise((resolve) => {
    let typed: readonly string[] = [];
    const hear = (keys: string): void => {
      for (const key of keys) {
        if (RETURNS.includes(key) || key === CTRL_D) {
          stop();
          resolve(typed.join(''));
          return;
        }
        if (key === CTRL_C) {
          stop();
          process.exit(EXIT_INTERRUPTED);
        }
        typed = afterKey(typed, key);
      }
    };
    const stop = (): void => {
      stdin.off('data', hear);
      stdin.setRawMode(false);
      stdin.pause();
      stderr.write('\n');
    };
    stdin.on('data', hear);
  });
}

function afterKey(typed: readonly string[], key: string): readonly string[] {
  if (key === CTRL_U) return [];
  if (BACKSPACES.includes(key)) return typed.slice(0, -1);
  return key < ' ' ? typed : [...typed, key];
}
