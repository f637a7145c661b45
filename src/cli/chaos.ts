/** `sortition chaos`: true processes on a true broker, to which bad things happen. */

import { randomInt } from 'node:crypto';
import { Command } from 'commander';
import { chaosSettings, MOST_SEED } from './chaos-settings.ts';
import { addSettings, readSettings } from './setting.ts';

export function createChaosCommand(): Command {
  const command = new Command('chaos').description(
    'kill, freeze, cut off and flood a network of true processes, and check that nothing breaks',
  );
  return addSettings(command, chaosSettings).action(async () => {
    const values = readSettings(command, chaosSettings);
    // Only here: other commands start sooner without it.
    const { chaos } = await import('./chaos-here.ts');
    await chaos(command, { ...values, seed: values.seed ?? randomInt(MOST_SEED) });
  });
}
