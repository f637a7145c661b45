import { expect, it } from 'vitest';
import { isLoopback } from '../../broker/listening.ts';

it.each([
  '127.0.0.1',
  '127.255.0.3',
  'localhost',
  'LocalHost',
  '::1',
  '[::1]',
  '0:0:0:0:0:0:0:1',
  '::ffff:127.0.0.1',
])('%s is this machine alone', (host) => {
  expect(isLoopback(host)).toBe(true);
});

it.each([
  '0.0.0.0',
  '::',
  '',
  '128.0.0.1',
  '10.0.0.1',
  'localhost.example',
  '::ffff:10.0.0.1',
  '127.0.0.1.example',
])('%j may be reached from elsewhere', (host) => {
  expect(isLoopback(host)).toBe(false);
});
