import { expect, it } from 'vitest';
import { parseBrokerUrl } from '../../src/node/mqtt-url.ts';
import { WorldError } from '../../src/node/world-error.ts';

it.each([
  ['mqtt://127.0.0.1', 'mqtt', '127.0.0.1', 1883, '', 'mqtt://127.0.0.1:1883'],
  ['mqtt://broker.lan:1884/', 'mqtt', 'broker.lan', 1884, '', 'mqtt://broker.lan:1884'],
  ['MQTTS://broker.lan', 'mqtts', 'broker.lan', 8883, '', 'mqtts://broker.lan:8883'],
  ['mqtt://[::1]:1883', 'mqtt', '::1', 1883, '', 'mqtt://[::1]:1883'],
  ['ws://broker.lan', 'ws', 'broker.lan', 80, '/', 'ws://broker.lan:80'],
  [
    'wss://broker.lan/mqtt?a=1',
    'wss',
    'broker.lan',
    443,
    '/mqtt?a=1',
    'wss://broker.lan:443/mqtt?a=1',
  ],
  ['mqtt://[fe80::1%eth0]', 'mqtt', 'fe80::1%eth0', 1883, '', 'mqtt://[fe80::1%25eth0]:1883'],
  ['mqtt://[fe80::1%25e0]:1884', 'mqtt', 'fe80::1%e0', 1884, '', 'mqtt://[fe80::1%25e0]:1884'],
  ['ws://[fe80::1%br-0.7]', 'ws', 'fe80::1%br-0.7', 80, '/', 'ws://[fe80::1%25br-0.7]:80'],
  ['mqtts://[fe80::1%25]', 'mqtts', 'fe80::1%25', 8883, '', 'mqtts://[fe80::1%2525]:8883'],
  ['ws://[::1]:9001/mqtt', 'ws', '::1', 9001, '/mqtt', 'ws://[::1]:9001/mqtt'],
])('%s names a broker', (url, protocol, host, port, path, text) => {
  const isSecure = protocol.endsWith('s') && protocol !== 'ws';
  const expected = { protocol, host, port, path, isSecure, text, username: null, password: null };
  expect(parseBrokerUrl(url)).toEqual(expected);
});

it.each([
  ['mqtt://ann@h', 'ann', null],
  ['mqtt://ann:secret@h', 'ann', 'secret'],
  ['mqtt://ann:p%40s%3As@h', 'ann', 'p@s:s'],
  ['mqtt://ann:a:b@h', 'ann', 'a:b'],
  ['mqtt://:secret@h', null, 'secret'],
])('%s names a user, and its text does not', (url, username, password) => {
  expect(parseBrokerUrl(url)).toMatchObject({ username, password, text: 'mqtt://h:1883' });
});

it.each([
  ['', 'write it like mqtt://127.0.0.1:1883'],
  ['127.0.0.1', 'write it like'],
  ['localhost:1883', 'write it like'],
  ['http://h', 'http is none of mqtt, mqtts, ws and wss'],
  ['constructor://h', 'constructor is none of'],
  ['mqtt://', 'it has no host, or a wrong one'],
  ['mqtt://:1883', 'it has no host'],
  ['mqtt://[::1', 'it has no host'],
  ['mqtt://a b', 'it has no host'],
  ['mqtt://[fe80::1%]', 'it has no host'],
  ['mqtt://[localhost]', 'it has no host'],
  ['mqtt://[127.0.0.1%lo]', 'it has no host'],
  ['mqtt://h:70000', 'its port must be a number from 1 to 65535, not "70000"'],
  ['mqtt://h:0', 'not "0"'],
  ['mqtt://h:', 'not ""'],
  ['mqtt://h:1e3', 'not "1e3"'],
  ['mqtt://h/path', 'mqtt has no path'],
  ['mqtts://h?a', 'mqtts has no path'],
  ['ws://h/a#b', 'write it like'],
  ['mqtt://%zz@h', 'must be written as %25'],
])('%j names none, and is told why', (url, problem) => {
  const error = thrownBy(() => parseBrokerUrl(url));
  expect(error).toBeInstanceOf(WorldError);
  expect(error).toMatchObject({ code: 'bad-url' });
  expect((error as Error).message).toContain(problem);
});

it('a password in a wrong URL is not repeated', () => {
  const urls = ['mqtt://ann:secret@h:0', 'http://ann:secret@h', 'ann:secret@//x@h', 'ann:secret@h'];
  for (const url of [
    ...urls,
    'mqtt://ann:secret/x@h',
    'mqtt://ann:x/secret@h',
    'mqtt://secret#@h',
  ]) {
    const error = thrownBy(() => parseBrokerUrl(url)) as WorldError;
    expect(error.message + JSON.stringify(error.facts)).not.toContain('secret');
  }
});

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return null;
}
