/** What was recorded is read back as it was, and what was not is named. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { UnixMs } from '../../src/domain/names.ts';
import { describeBadLine } from '../../src/record/describe-bad-line.ts';
import { LINE_MOST } from '../../src/record/lines.ts';
import {
  PAYLOAD_KEPT,
  type Recorded,
  readRecorded,
  writeRecorded,
} from '../../src/record/recording.ts';
import { type RecordedLine, RecordingReader } from '../../src/record/recording-reader.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

const plain: Recorded = {
  time: 1_700_000_000_123 as UnixMs,
  topic: 'lab/init',
  payload: bytesOf('{"ClientID":"é\u2028"}'),
  qos: 1,
  retained: false,
};

/** What JSON and UTF-8 write in ways of their own. */
const CHARACTERS = fc.constantFrom(...'a/"\\\n\t\u0000\u007f\u2028é€', '😀');

/** Reads a file in pieces of so many bytes. */
function readAll(file: Uint8Array, pieceBytes = 1_000): readonly RecordedLine[] {
  const reader = new RecordingReader();
  const lines: RecordedLine[] = [];
  for (let at = 0; at < file.byteLength; at += pieceBytes) {
    lines.push(...reader.push(file.subarray(at, at + pieceBytes)));
  }
  return [...lines, ...reader.end()];
}

/** Each line as `number: what is wrong`, or `number: ok`. */
const tell = (lines: readonly RecordedLine[]): readonly string[] =>
  lines.map((line) => `${line.number}: ${line.ok ? 'ok' : describeBadLine(line.fault)}`);

test('a message is one line that people can read', () => {
  expect(writeRecorded(plain)).toBe(
    '{"time":1700000000123,"topic":"lab/init","qos":1,"retained":false,' +
      '"payload":"{\\"ClientID\\":\\"é\u2028\\"}"}\n',
  );
});

test('a payload that is no UTF-8 is written as base64', () => {
  const line = writeRecorded({ ...plain, payload: Uint8Array.of(0xff, 0x00, 0x0a) });
  expect(JSON.parse(line)).toMatchObject({ base64: '/wAK' });
});

test('whatever was written is read back, in pieces of any size', () => {
  const recorded = fc.record({
    time: fc.nat().map((time) => time as UnixMs),
    topic: fc
      .string({ unit: CHARACTERS, minLength: 1, maxLength: 20 })
      .filter((it) => !/[\0#+]/.test(it)),
    payload: fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.string({ unit: CHARACTERS, maxLength: 60 }).map(bytesOf),
    ),
    qos: fc.constantFrom<0 | 1 | 2>(0, 1, 2),
    retained: fc.boolean(),
  });
  fc.assert(
    fc.property(
      fc.array(recorded, { maxLength: 4 }),
      fc.integer({ min: 1, max: 70 }),
      (all, pieceBytes) => {
        const file = bytesOf(all.map(writeRecorded).join(''));
        const lines = readAll(file, pieceBytes);
        // Vitest takes its time over arrays of bytes.
        const shown = ({ payload, ...rest }: Recorded): unknown => [String(payload), rest];
        expect(lines.map((line) => line.ok && shown(line.recorded))).toEqual(all.map(shown));
        expect(lines.map(({ number }) => number)).toEqual(all.map((_, index) => index + 1));
      },
    ),
    { numRuns: 60 },
  );
});

test('a payload beyond all reason is cut off, and its size is kept', () => {
  const payload = new Uint8Array(PAYLOAD_KEPT + 5).fill(0x61);
  const line = writeRecorded({ ...plain, payload });
  const reading = readRecorded(line);
  expect(reading.ok && reading.recorded.payload.byteLength).toBe(PAYLOAD_KEPT);
  expect(reading.ok && reading.recorded.bytes).toBe(PAYLOAD_KEPT + 5);
  // A copy of a copy still knows it.
  expect(reading.ok && writeRecorded(reading.recorded)).toBe(line);
});

test('base64 is judged whatever its length', () => {
  const judge = (base64: string): string => {
    const line = JSON.stringify({ time: 1, topic: 'a', qos: 0, retained: false, base64 });
    const reading = readRecorded(line);
    return reading.ok
      ? String(reading.recorded.payload.byteLength)
      : describeBadLine(reading.fault);
  };
  const bad = 'is malformed: base64 must be base64 with padding';
  expect(['', 'YQ==', 'YWI=', 'YWJj'].map(judge)).toEqual(['0', '1', '2', '3']);
  expect(['YQ', 'Y===', '====', 'YQ==YQ==', 'YW-_'].map(judge)).toEqual(Array(5).fill(bad));
  expect(judge('AAAA'.repeat(400_000))).toBe('1200000');
  expect(judge(`${'AAAA'.repeat(400_000)}AAA!`)).toBe(bad);
});

test('the longest line that is written is one that is read', () => {
  const payload = new Uint8Array(PAYLOAD_KEPT + 1).fill(1);
  const line = writeRecorded({ ...plain, topic: 'é'.repeat(32_767), payload });
  expect(bytesOf(line).byteLength).toBeLessThan(LINE_MOST);
  expect(tell(readAll(bytesOf(line), 65_536))).toEqual(['1: ok']);
});

test.each([
  ['', 'is no JSON'],
  ['{"time":', 'is no JSON'],
  ['[1]', 'must be a JSON object, and is a list'],
  ['null', 'must be a JSON object, and is null'],
  ['7', 'must be a JSON object, and is a number'],
  ['{}', 'is malformed: time is missing'],
  ['{"__proto__":{"time":1}}', 'is malformed: time is missing'],
  ['{"time":"1"}', 'is malformed: time must be Unix milliseconds'],
  ['{"time":-1}', 'is malformed: time must be Unix milliseconds'],
  ['{"time":1.5}', 'is malformed: time must be Unix milliseconds'],
  ['{"time":1}', 'is malformed: topic is missing'],
  ['{"time":1,"topic":"a/+"}', 'is malformed: topic must be a topic of 1 to 65535 bytes'],
  ['{"time":1,"topic":"\\ud800"}', 'is malformed: topic must be a topic of 1 to 65535 bytes'],
  ['{"time":1,"topic":""}', 'is malformed: topic must be a topic of 1 to 65535 bytes'],
  ['{"time":1,"topic":"a"}', 'is malformed: qos is missing'],
  ['{"time":1,"topic":"a","qos":3}', 'is malformed: qos must be 0, 1 or 2'],
  ['{"time":1,"topic":"a","qos":1}', 'is malformed: retained is missing'],
  ['{"time":1,"topic":"a","qos":1,"retained":0}', 'is malformed: retained must be true or false'],
  ['{"time":1,"topic":"a","qos":1,"retained":true}', 'is malformed: payload is missing'],
  [
    '{"time":1,"topic":"a","qos":1,"retained":true,"payload":{}}',
    'is malformed: payload must be a text',
  ],
  [
    '{"time":1,"topic":"a","qos":1,"retained":true,"payload":"\\udc00"}',
    'is malformed: payload must be a text',
  ],
  [
    '{"time":1,"topic":"a","qos":1,"retained":true,"base64":"YQ"}',
    'is malformed: base64 must be base64 with padding',
  ],
  [
    '{"time":1,"topic":"a","qos":1,"retained":true,"base64":"","payload":""}',
    'is malformed: base64 is there as well as payload',
  ],
  [
    '{"time":1,"topic":"a","qos":1,"retained":true,"payload":"","bytes":-1}',
    'is malformed: bytes must be a number of bytes',
  ],
])('the line %s is refused by name', (line, sentence) => {
  const reading = readRecorded(line);
  expect(reading.ok ? 'ok' : describeBadLine(reading.fault)).toContain(sentence);
});

test('bad lines are told by their number, and all others are read', () => {
  const good = bytesOf(writeRecorded(plain));
  const file = [
    ...[good, bytesOf('no JSON\n'), bytesOf('\n  \r\n'), good],
    ...[Uint8Array.of(0xff, 0xfe, 0x0a), new Uint8Array(LINE_MOST + 1).fill(0x20), bytesOf('\n')],
    ...[good, good.subarray(0, 40)],
  ];
  const all = Uint8Array.from(file.flatMap((piece) => (piece.byteLength > 1e6 ? [] : [...piece])));
  expect(tell(readAll(all))).toEqual([
    '1: ok',
    '2: is no JSON',
    '5: ok',
    '6: is not UTF-8',
    '8: ok',
    '9: is torn off: whoever wrote it was stopped',
  ]);
  const reader = new RecordingReader();
  const lines = file.flatMap((piece) => [...reader.push(piece)]);
  expect(tell([...lines, ...reader.end()])).toContain(`7: is too long (${LINE_MOST + 1} bytes)`);
});

test('a last line without an end is torn, unless it is whole', () => {
  const line = bytesOf(writeRecorded(plain));
  const middle = line.indexOf(0xc3) + 1;
  expect(tell(readAll(line.subarray(0, middle)))).toEqual([
    '1: is torn off: whoever wrote it was stopped',
  ]);
  expect(tell(readAll(line.subarray(0, -1)))).toEqual(['1: ok']);
});
