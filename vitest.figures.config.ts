/** Runs that count instead of judging, too long for every day; see docs/safety.md. */

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { include: ['test/**/*.figures.ts'], disableConsoleIntercept: true },
});
