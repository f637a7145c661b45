import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PacketMeter } from '../../broker/packet-meter.ts';

const LIMIT = 1_000;

/** A packet as MQTT 3.1.1 section 2.2 has it: type and flags, length, body. */
function packetOf(type: number, bodyBytes: number): number[] {
  const header = [type];
  let length = bodyBytes;
  do {
    header.push((length % 128) + (length >= 128 ? 128 : 0));
    length = Math.floor(length / 128);
  } while (length > 0);
  return [...header, ...Array.from({ length: bodyBytes }, () => 0xff)];
}

/** Largest body whose packet is within the limit: one byte of type, two of length. */
const LARGEST = LIMIT - 3;

/** First bytes of packets that may have any length: of PUBLISH and SUBSCRIBE. */
const anyLength = fc.constantFrom(0x30, 0x32, 0x35, 0x3d, 0x82);
const packets = fc.array(fc.tuple(anyLength, fc.integer({ min: 0, max: LARGEST })), {
  maxLength: 8,
});
const bytesOf = (list: readonly (readonly [number, number])[]): Uint8Array =>
  Uint8Array.from(list.flatMap(([type, bodyBytes]) => packetOf(type, bodyBytes)));

/** Cuts `bytes` at any number of places. */
function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const ends = [...places.map((place) => place % (bytes.length + 1)), bytes.length];
  ends.sort((a, b) => a - b);
  return ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
}

it('packets within the limit pass, however they are cut', () => {
  fc.assert(
    fc.property(packets, fc.array(fc.nat(), { maxLength: 20 }), (list, places) => {
      const meter = new PacketMeter(LIMIT);
      for (const chunk of cut(bytesOf(list), places)) expect(meter.read(chunk)).toBe('fine');
    }),
  );
});

it('a packet over the limit is told by its header, however it is cut, and for good', () => {
  const over = fc.integer({ min: LARGEST + 1, max: 268_435_455 });
  fc.assert(
    fc.property(packets, over, fc.array(fc.nat(), { maxLength: 20 }), (list, bodyBytes, places) => {
      const header = packetOf(0x30, 0).slice(0, 1);
      let length = bodyBytes;
      for (; length > 0; length = Math.floor(length / 128)) {
        header.push((length % 128) + (length >= 128 ? 128 : 0));
      }
      const meter = new PacketMeter(LIMIT);
      const bytes = Uint8Array.from([...bytesOf(list), ...header]);
      const verdicts = cut(bytes, places).map((chunk) => meter.read(chunk));
      expect(verdicts.at(-1)).toBe('too-large');
      expect(meter.read(Uint8Array.of(0xc0, 0))).toBe('too-large');
    }),
  );
});

it('byte by byte it judges as it does in one piece', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const whole = new PacketMeter(LIMIT).read(bytes);
      const meter = new PacketMeter(LIMIT);
      let verdict = meter.read(new Uint8Array());
      for (const byte of bytes) verdict = meter.read(Uint8Array.of(byte));
      expect(verdict).toBe(whole);
    }),
  );
});

it('the largest packet passes, and one byte more does not', () => {
  expect(new PacketMeter(LIMIT).read(Uint8Array.from(packetOf(0x30, LARGEST)))).toBe('fine');
  expect(new PacketMeter(LIMIT).read(Uint8Array.from(packetOf(0x30, LARGEST + 1)))).toBe(
    'too-large',
  );
});

it('a length that says after four bytes that it goes on is malformed', () => {
  const meter = new PacketMeter(LIMIT);
  expect(meter.read(Uint8Array.of(0x10, 0x80, 0x80, 0x80))).toBe('fine');
  expect(meter.read(Uint8Array.of(0x80))).toBe('malformed');
  expect(meter.read(Uint8Array.of(0))).toBe('malformed');
});

it('packets without a body follow one another directly', () => {
  const pings = Uint8Array.of(0xc0, 0, 0xc0, 0, 0xc0, 0x80, 0, 0xc0, 0);
  expect(new PacketMeter(3).read(pings)).toBe('fine');
});

it.each([
  ['PUBACK', 0x40, 2],
  ['PUBREC', 0x50, 2],
  ['PUBREL', 0x62, 2],
  ['PUBCOMP', 0x70, 2],
  ['PINGREQ', 0xc0, 0],
  ['DISCONNECT', 0xe0, 0],
])('a %s passes with its one length alone', (_name, type, length) => {
  for (const bodyBytes of [0, 1, 2, 3, 4]) {
    const verdict = new PacketMeter(LIMIT).read(Uint8Array.from(packetOf(type, bodyBytes)));
    expect(verdict).toBe(bodyBytes === length ? 'fine' : 'malformed');
  }
});
