/** Signals and lost readers that stop a search. */

import { constants } from 'node:os';
import { EXIT } from './exit.ts';
import { ignoresHangup } from './hangup.ts';

export type WatchedSignals = {
  /** What to exit with if one came. */
  readonly code: () => number;
  readonly forget: () => void;
};

/** The first signal stops politely; a second one ends the process as usual. */
export function watchSignals(stop: () => void): WatchedSignals {
  let code: number = EXIT.failed;
  const hear = (signal: NodeJS.Signals): void => {
    code = 128 + constants.signals[signal];
    stop();
  };
  const hangup: NodeJS.Signals[] = ignoresHangup() ? [] : ['SIGHUP'];
  const signals: NodeJS.Signals[] = ['SIGINT', 'SIGTERM', ...hangup, 'SIGBREAK'];
  for (const signal of signals) process.once(signal, hear);
  // Whoever has read enough: `sortition mine … | head`.
  process.stdout.once('error', stop);
  return {
    code: () => code,
    forget: () => {
      for (const signal of signals) process.off(signal, hear);
      process.stdout.off('error', stop);
    },
  };
}
