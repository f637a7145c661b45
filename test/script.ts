/** Runs a script of commands and answers, and rewrites its answers under `npm run test:accept`. */

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

/** What stands after the verb: `name=value`, `name="two words"`, or a bare `name` (value ''). */
export type Arguments = Readonly<Record<string, string>>;

/** Answers one command; the answer may have several lines, but no empty one. */
export type Command<Context> = (args: Arguments, context: Context) => string | Promise<string>;

export type Commands<Context> = Readonly<Record<string, Command<Context>>>;

/**
 * Runs the script at `url` and demands the answers that it holds.
 *
 * Blocks are separated by empty lines. A block is any number of comments (`# …`), one command line,
 * the lines of its body if it has one (handed over as `args.body`), `----`, and the answer. A block
 * of comments alone is a heading. Commands run one after another and share one `context`.
 */
export async function runScript<Context = undefined>(
  url: URL,
  commands: Commands<NoInfer<Context>>,
  context: Context = undefined as Context,
): Promise<void> {
  const path = fileURLToPath(url);
  const answered = await answerScript(readFileSync(path, 'utf8'), commands, context);
  await expect(answered).toMatchFileSnapshot(path);
}

/** The text of a script with its answers as they are now; an error names the line at fault. */
export async function answerScript<Context>(
  text: string,
  commands: Commands<NoInfer<Context>>,
  context: Context,
): Promise<string> {
  const answered: string[] = [];
  for (const { line, block } of blocksOf(text)) {
    try {
      answered.push(await answerBlock(block, commands, context));
    } catch (cause) {
      const problem = cause instanceof Error ? cause.message : String(cause);
      throw new Error(`Line ${line} of the script: ${problem}`, { cause });
    }
  }
  return `${answered.join('\n\n')}\n`;
}

type Block = { readonly line: number; readonly block: string };

function blocksOf(text: string): readonly Block[] {
  const blocks = text.matchAll(/(?:^[^\n]+(?:\n|$))+/gm);
  return [...blocks].map(({ index, 0: block }) => ({
    line: text.slice(0, index).split('\n').length,
    block: block.trimEnd(),
  }));
}

async function answerBlock<Context>(
  block: string,
  commands: Commands<Context>,
  context: Context,
): Promise<string> {
  const [question = ''] = block.split(/^----$/m);
  const spoken = question.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const [line, ...body] = spoken;
  if (line === undefined) {
    if (question !== block) throw new Error('An answer without a command.');
    return block;
  }
  const [verb = ''] = line.split(/\s/);
  const command = Object.hasOwn(commands, verb) ? commands[verb] : undefined;
  if (command === undefined) {
    throw new Error(`No command "${verb}"; there are ${Object.keys(commands).join(', ')}.`);
  }
  const answer = (await command(readArguments(line, body), context)).trimEnd();
  if (/^\s*$/m.test(answer) && answer !== '') {
    throw new Error('An answer has an empty line, which would end its block.');
  }
  return [question.trimEnd(), '----', ...(answer === '' ? [] : [answer])].join('\n');
}

function readArguments(line: string, body: readonly string[]): Arguments {
  const args = new Map<string, string>();
  const words = line.replace(/^\S+/, '').matchAll(/([^\s=]+)(?:=(?:"([^"]*)"|(\S*)))?/g);
  for (const [, name = '', quoted, bare] of words) {
    if (args.has(name)) throw new Error(`"${name}" is said twice.`);
    args.set(name, quoted ?? bare ?? '');
  }
  if (body.length > 0) {
    if (args.has('body')) throw new Error('A body stands beside "body=".');
    args.set('body', body.join('\n'));
  }
  return Object.fromEntries(args);
}
