/** The environment for programs of ours that get their settings as arguments. */

/** Without our settings: one of them would hold for all that we start, even an identity. */
export function bareEnvironment(): NodeJS.ProcessEnv {
  const rest = Object.entries(process.env).filter(([name]) => !/^SORTITION_/i.test(name));
  return Object.fromEntries(rest);
}
