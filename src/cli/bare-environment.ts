/** The environment: for programs of ours that get their settings as arguments, and our own. */

import { withoutMark } from '../files/named-file.ts';
import { ignoresHangup, NO_HANGUP } from './hangup.ts';

/** Without our settings: one of them would hold for all that we start, even an identity. */
export function bareEnvironment(): NodeJS.ProcessEnv {
  const rest = Object.entries(process.env).filter(([name]) => !/^SORTITION_/i.test(name));
  return { ...Object.fromEntries(rest), ...(ignoresHangup() && NO_HANGUP) };
}

/**
 * Takes the mark that some editors put in front of a file from our settings: from the name of the
 * first one in a file of settings, and from a value that was read from a file.
 */
export function forgiveMarks(environment: NodeJS.ProcessEnv): void {
  for (const [name, value = ''] of Object.entries(environment)) {
    const setting = withoutMark(name);
    if (!/^SORTITION_/i.test(setting)) continue;
    const forgiven = withoutMark(value);
    if (setting !== name) environment[setting] ??= forgiven;
    else if (forgiven !== value) environment[name] = forgiven;
  }
}
