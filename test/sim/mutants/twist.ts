/** Builds a core without one rule, out of the true core's parts: the product has no switch. */

import { vi } from 'vitest';

/** What one module of the core says instead of the truth. */
export type Twist = {
  /** From the top of `src`, without its ending: `peer/memory`. */
  readonly module: string;
  readonly make: (actual: object) => object;
};

export function twist<Module extends object>(
  module: string,
  make: (actual: Module) => Partial<Module>,
): Twist {
  return { module, make: (actual) => make(actual as Module) };
}

/** Loads what stands on the core, with the core so twisted. What was loaded before stays true. */
export async function under<T>(twists: readonly Twist[], load: () => Promise<T>): Promise<T> {
  vi.resetModules();
  const paths = twists.map(({ module, make }) => {
    const path = `../../../src/${module}.ts`;
    vi.doMock(path, async (loadActual: () => Promise<object>) => {
      const actual = await loadActual();
      return { ...actual, ...make(actual) };
    });
    return path;
  });
  try {
    return await load();
  } finally {
    for (const path of paths) vi.doUnmock(path);
    vi.resetModules();
  }
}
