/** Three kinds of tests: of one room, of a whole false world, and of real sockets and threads. */

import { defineConfig } from 'vitest/config';

/** Vitest leaves one core free; these need none but their own. */
const maxWorkers = '100%';

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.{ts,tsx}'],
          exclude: ['test/sim/**', 'test/net/**'],
          // Far more than any takes: a machine may have other things to do.
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers,
        },
      },
      {
        test: {
          name: 'sim',
          include: ['test/sim/**/*.test.ts'],
          testTimeout: 120_000,
          maxWorkers,
        },
      },
      {
        test: {
          name: 'net',
          include: ['test/net/**/*.test.ts'],
          // Far more than any takes, likewise. Nothing is tried twice: what fails by luck is wrong.
          testTimeout: 240_000,
          hookTimeout: 120_000,
          // Once the rest is done, two files at a time: most of them wait most of the time.
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
