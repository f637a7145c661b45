/** Whatever cannot be is refused in one sentence that names it, and what is allowed. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { EXIT } from '../../src/cli/exit.ts';
import { generateIdentity } from '../../src/node/crypto.ts';
import { complaintOf } from './complaint.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

const folder = mkdtempSync(join(tmpdir(), 'sortition-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

const WHOLE = 'must be a whole number from';

test.each([
  ['--port 70000', `--port ${WHOLE} 1 to 65535, not "70000".`],
  ['-p 0', `--port ${WHOLE} 1 to 65535, not "0".`],
  ['-p 18.83', `--port ${WHOLE} 1 to 65535, not "18.83".`],
  ['--threads 0', `--threads ${WHOLE} 1 to 256, not "0".`],
  ['--threads 257', `--threads ${WHOLE} 1 to 256, not "257".`],
  ['--peers 0', `--peers ${WHOLE} 1 to 100, not "0".`],
  ['--peers 101', `--peers ${WHOLE} 1 to 100, not "101".`],
  ['--peers ten', `--peers ${WHOLE} 1 to 100, not "ten".`],
  ['--challenges -1', `--challenges ${WHOLE} 0 to 1000000000, not "-1".`],
  ['-k 0', '--keepalive must be a whole number of seconds from 1 to 65535, not "0".'],
  ['--data d --identity f', '--data keeps an identity of its own: leave --identity out.'],
  ['--found-anew --identity f', '--found-anew takes a new identity: leave --identity out.'],
  ['--new-identity', '--new-identity is about a data directory: without one every peer is new.'],
  ['-k 1m', '--keepalive must be a whole number of seconds from 1 to 65535, not "1m".'],
])('client %s', async (line, sentence) => {
  expect(await complaintOf('client', ...line.split(' '))).toEqual({ code: EXIT.usage, sentence });
});

test.each(['300', 'fixed:300', 'fixed:0', 'fixed:61', 'range:20-10', 'interval:50@20', 'fixed'])(
  'difficulty %s is none',
  async (difficulty) => {
    const { code, sentence } = await complaintOf('client', '--difficulty', difficulty);
    expect(code).toBe(EXIT.usage);
    expect(sentence).toMatch(/^--difficulty must be interval2:MS@BITS, interval:MS@BITS, fixed:B/);
    expect(sentence).toContain(`not "${difficulty}".`);
  },
);

test.each(['10', '99ms', '61m', '2h', '-1s', '1 s', '1d', ''])('"%s" is no time', async (time) => {
  const allowed = 'must be a time from 100ms to 1h, such as 500ms, 10s or 2m';
  for (const option of ['--announce', '--heartbeat']) {
    expect(await complaintOf('client', option, time)).toEqual({
      code: EXIT.usage,
      sentence: `${option} ${allowed}, not "${time}".`,
    });
  }
});

test.each(['sd/+', '#', '/sd', 'sd/', 'a//b', '$SYS', 'two words', '', 'x'.repeat(201)])(
  '"%s" is no prefix',
  async (prefix) => {
    const { code, sentence } = await complaintOf('client', '--prefix', prefix);
    expect(code).toBe(EXIT.usage);
    expect(sentence).toMatch(/^--prefix must be one or more topic levels/);
  },
);

test.each(['mqtt://h', 'h:1883', 'a b', 'user@h', '', 'h/path', '[::1', '::g'])(
  '"%s" is no host',
  async (host) => {
    const { code, sentence } = await complaintOf('client', '-h', host);
    expect(code).toBe(EXIT.usage);
    expect(sentence).toMatch(/^--host must be a host name or an address/);
  },
);

test.each([
  [
    'client --prot 1',
    "Unknown option '--prot' (did you mean --port?); --help lists what there is.",
  ],
  ['client -x', "Unknown option '-x'; --help lists what there is."],
  ['client --port', "Option '-p, --port <port>' needs a value."],
  ['clinet', "Unknown command 'clinet' (did you mean client?); --help lists what there is."],
  [
    'client 1883',
    '"1883" is neither an option of client nor the value of one: client --help lists them.',
  ],
  [
    'client --url foo://h',
    '--url: "foo://h" names no broker: foo is none of mqtt, mqtts, ws and wss.',
  ],
  [
    'client --url mqtt://h --host h',
    '--url and --host both say where the broker is: leave one of them out.',
  ],
  [
    'client --url mqtt://h -p 1883',
    '--url and --port both say where the broker is: leave one of them out.',
  ],
  [
    'client --source http://h/work --source-fields block=b',
    '--source-fields: "block" is none of our fields: previous, zeroes, timestamp, nonce, digest; ' +
      'write them like previous=previous_block,zeroes=bits.',
  ],
  [
    'client --source http://h/work --source-submit h/take',
    '--source-submit: The URL of the service is wrong: write it like http://127.0.0.1:8080/work.',
  ],
  ['client --source-submit http://h/take', '--source-submit is about --source: say that, too.'],
  ['doctor --source-fields previous=p', '--source-fields is about --source: say that, too.'],
  [
    'client --dialect ufes --source-submit http://h/take',
    '--source-submit means nothing in the dialect ufes: leave it out.',
  ],
  ['client --password secret', 'A password was given without a user name; give both, or neither.'],
  ['broker --ws-port 70000', `--ws-port ${WHOLE} 0 to 65535, not "70000".`],
  ['broker --cert x', '--cert and --key go together: give both for TLS, or neither.'],
  ['broker --add-user ann', '--add-user needs the file to write to: --users FILE --add-user ann.'],
  ['verify-result', 'Say what to check: --preimage TEXT, or --preimage - to read it.'],
  ['verify-result --preimage x --difficulty 61', `--difficulty ${WHOLE} 1 to 60, not "61".`],
])('%s', async (line, sentence) => {
  expect(await complaintOf(...line.split(' '))).toEqual({ code: EXIT.usage, sentence });
});

test('a password in a URL that is no URL is not repeated', async () => {
  const { sentence } = await complaintOf('client', '--url', 'mqtt://ann:secret@h:x');
  expect(sentence).toMatch(/^--url: "mqtt:\/\/h:x" names no broker/);
});

test('a broker for other machines wants to know who may come in', async () => {
  const { code, sentence } = await complaintOf('broker', '--host', '0.0.0.0', '--port', '0');
  expect(code).toBe(EXIT.usage);
  expect(sentence).toMatch(/^Listening on 0\.0\.0\.0 would let other machines in/);
});

test.each([
  ['--cafile', 'certificate authority'],
  ['--cert', 'certificate'],
  ['--key', 'private key'],
])('a file that is not there is named: %s', async (option, what) => {
  const path = join(folder, 'missing');
  expect(await complaintOf('client', option, path)).toEqual({
    code: EXIT.badFile,
    sentence: `Cannot read the ${what} ${path} (ENOENT): check its name and its permissions.`,
  });
});

test('a file that is no certificate is refused before any attempt to connect', async () => {
  const path = join(folder, 'text');
  writeFileSync(path, 'no certificate');
  const { code } = await complaintOf('client', '--cafile', path);
  expect(code).toBe(EXIT.noTls);
});

test('a roster file and --peers that contradict one another are refused', async () => {
  const path = join(folder, 'roster');
  const members = [generateIdentity(), generateIdentity()];
  writeFileSync(path, members.map((it) => `${it.clientID} ${it.publicKey}\n`).join(''));
  expect(await complaintOf('client', '--roster', path, '--peers', '3')).toEqual({
    code: EXIT.usage,
    sentence: `--peers says 3, but the roster file ${path} names 2: leave --peers out.`,
  });
});

test('a roster file with a mistake is refused with its line', async () => {
  const path = join(folder, 'bad-roster');
  writeFileSync(path, '# members\nann\n');
  const { code, sentence } = await complaintOf('client', '--roster', path);
  expect(code).toBe(EXIT.badFile);
  expect(sentence).toContain(`Line 2 of the roster file ${path}`);
});

test.each([
  ['SORTITION_PORT', '70000', `SORTITION_PORT ${WHOLE} 1 to 65535, not "70000".`],
  ['SORTITION_PEERS', 'many', `SORTITION_PEERS ${WHOLE} 1 to 100, not "many".`],
  ['SORTITION_JSON', 'maybe', 'SORTITION_JSON must be 1 for yes or 0 for no, not "maybe".'],
  ['SORTITION_NO_MINE', '2', 'SORTITION_NO_MINE must be 1 for yes or 0 for no, not "2".'],
  [
    'SORTITION_URL',
    'h',
    'SORTITION_URL: "h" names no broker: write it like mqtt://127.0.0.1:1883.',
  ],
])('a variable is named in the complaint: %s=%s', async (variable, value, sentence) => {
  vi.stubEnv(variable, value);
  expect(await complaintOf('client')).toEqual({ code: EXIT.usage, sentence });
});

test('a URL and a host that are both in the environment contradict one another', async () => {
  vi.stubEnv('SORTITION_URL', 'mqtt://h');
  vi.stubEnv('SORTITION_HOST', 'h');
  expect((await complaintOf('client')).sentence).toBe(
    'SORTITION_URL and SORTITION_HOST both say where the broker is: leave one of them out.',
  );
});

const EVIL = '\u001b]0;x\u0007\u009b2J\nsecond';

test.each([
  [['client', '--port', EVIL]],
  [['client', `--${EVIL}`]],
  [['client', EVIL]],
  [[EVIL]],
  [['client', '--cafile', `/nowhere/${EVIL}`]],
  [['check', `/nowhere/${EVIL}`]],
  [['broker', '--users', `/nowhere/${EVIL}`]],
  [['client', '--url', EVIL]],
])('what steers a terminal is not repeated as it is: %j', async (args) => {
  const { sentence } = await complaintOf(...args);
  expect(sentence).toContain('second');
  expect(sentence).not.toMatch(/[\p{Cc}]/u);
});
