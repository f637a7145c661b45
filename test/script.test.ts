/** The script runner reads what people write, and says where they went wrong. */

import { expect, it } from 'vitest';
import { answerScript, type Commands, runScript } from './script.ts';

type Sum = { value: number };

const commands: Commands<Sum> = {
  add: async ({ by }, sum) => {
    await Promise.resolve();
    sum.value += Number(by);
    return String(sum.value);
  },
  count: ({ to }) => Array.from({ length: Number(to) }, (_, index) => index + 1).join('\n'),
  shout: ({ body = '' }) => body.toUpperCase(),
  tell: (args) => JSON.stringify(args),
  hush: () => '',
  gap: () => 'a\n\nb',
  fail: () => {
    throw new Error('It broke.');
  },
};

const answer = (text: string): Promise<string> => answerScript(text, commands, { value: 0 });

it('a script is answered as script.txt says', async () => {
  await runScript(new URL('./script.txt', import.meta.url), commands, { value: 0 });
});

it('answers are written where there were none, and in the place of wrong ones', async () => {
  expect(await answer('add by=1')).toBe('add by=1\n----\n1\n');
  expect(await answer('add by=1\n----\n7\n8\n\n\n\nadd by=1\n----\n')).toBe(
    'add by=1\n----\n1\n\nadd by=1\n----\n2\n',
  );
});

it('a script that was answered once is answered alike again', async () => {
  const once = await answer('# why\nshout\nx\n----\n\n# heading\n\ncount to=2');
  expect(await answer(once)).toBe(once);
});

it('an unknown command is named with its line', async () => {
  await expect(answer('add by=1\n----\n1\n\nsubtract by=1')).rejects.toThrow(
    'Line 5 of the script: No command "subtract"; there are add, count,',
  );
});

it('an error in a command is told with its line', async () => {
  await expect(answer('# comment\nfail')).rejects.toThrow('Line 1 of the script: It broke.');
});

it('what could not be read back is refused', async () => {
  await expect(answer('gap')).rejects.toThrow('empty line');
  await expect(answer('add by=1 by=2')).rejects.toThrow('"by" is said twice');
  await expect(answer('shout body=a\nb')).rejects.toThrow('beside "body="');
  await expect(answer('# lost\n----\n3')).rejects.toThrow('without a command');
});
