import { expect, test } from 'vitest';
import { processorMs, timeOf } from '../../src/cli/process-time.ts';

test('the time that ps tells is read in each of its forms', () => {
  expect(timeOf('  1:02.34\n')).toBe(62_340);
  expect(timeOf('01:02:03')).toBe(3_723_000);
  expect(timeOf('1-00:00:01')).toBe(86_401_000);
  for (const text of ['', '12', 'TIME', '-']) expect(timeOf(text)).toBeNaN();
});

test('our own time grows as we work', () => {
  const before = processorMs(process.pid);
  const own = process.cpuUsage();
  const until = (own.user + own.system) / 1_000 + 50;
  for (;;) {
    const { user, system } = process.cpuUsage();
    if ((user + system) / 1_000 > until) break;
  }
  expect(processorMs(process.pid)).toBeGreaterThan(before);
});
