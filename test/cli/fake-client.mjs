/** Stands in for a client process: does step by step what its arguments say. */

import { once } from 'node:events';

const steps = {
  /** Writes a note, and the time that every line has. */
  say: (json) => write(`${JSON.stringify({ time: Date.now(), ...JSON.parse(json) })}\n`),
  /** Writes as it is. */
  raw: write,
  /** So many characters without an end of line. */
  fill: (count) => write('x'.repeat(Number(count))),
  complain: (text) => process.stderr.write(text),
  pid: () =>
    write(
      `${JSON.stringify({ time: Date.now(), kind: 'started', peer: 'fake', pid: process.pid })}\n`,
    ),
  exit: (code) => process.exit(Number(code)),
  /** Repeats each command as a note. */
  obey: () =>
    process.on('message', ({ command }) =>
      steps.say(JSON.stringify({ kind: 'failed', effect: 'say', code: command })),
    ),
  /** Until it is told to leave, or its parent is gone. */
  stay: async () => {
    process.on('disconnect', () => process.exit(0));
    for (;;) {
      const [{ command }] = await once(process, 'message');
      if (command === 'leave') return;
    }
  },
  /** Leaves for nobody, but does not outlive its parent. */
  cling: () => {
    process.on('message', () => {});
    process.on('disconnect', () => process.exit(0));
    setInterval(() => {}, 1000);
  },
  /** How it was started. */
  setting: (name) =>
    steps.say(JSON.stringify({ kind: 'failed', effect: 'say', code: `${process.env[name]}` })),
};

function write(text) {
  return new Promise((resolve) => process.stdout.write(text, resolve));
}

for (const step of process.argv.slice(2)) {
  const [name, ...rest] = step.split('=');
  await steps[name](rest.join('='));
}
if (!process.argv.includes('cling')) process.disconnect?.();
