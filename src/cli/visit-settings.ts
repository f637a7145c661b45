/** What a command can be told that looks on at a network for a moment. */

import { type ConnectionValues, connectionSettings } from './connection-settings.ts';
import { type ObserverValues, observerSettings } from './observer-settings.ts';
import type { Settings } from './setting.ts';
import { duration } from './values.ts';

export type VisitValues = ConnectionValues &
  ObserverValues & {
    /** Milliseconds. */
    readonly within: number;
  };

export const visitSettings: Settings<VisitValues> = {
  ...connectionSettings,
  ...observerSettings,
  within: {
    flags: '--within <time>',
    help: 'give up where a network is silent for so long, or a transaction waits so long',
    fallback: '30s',
    ...duration,
  },
};
