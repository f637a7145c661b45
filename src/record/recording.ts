/** A recording: what a broker brought, one message a line, as JSON that anybody can write, too. */

import type { UnixMs } from '../domain/names.ts';

/** One message as it came. */
export type Recorded = {
  /** When it came, by the wall clock of whoever recorded it. */
  readonly time: UnixMs;
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: 0 | 1 | 2;
  /** It was on the broker before the recording began. */
  readonly retained: boolean;
  /** How many bytes the payload really had, where the recorder cut it off. */
  readonly bytes?: number;
};

/** What is wrong with a line; the rest of the recording is read all the same. */
export type BadLine =
  /** The last line has no end: whoever wrote it was stopped. */
  | { readonly code: 'torn' }
  | { readonly code: 'line-too-long'; readonly bytes: number }
  | { readonly code: 'not-utf8' | 'not-json' }
  | { readonly code: 'not-an-object'; readonly found: string }
  | { readonly code: 'malformed'; readonly field: string; readonly problem: string };

export type RecordedReading =
  | { readonly ok: true; readonly recorded: Recorded }
  | { readonly ok: false; readonly fault: BadLine };

/** MQTT allows 256 MB; no network that we know says more than 64 KiB at once. */
export const PAYLOAD_KEPT: number = 1024 * 1024;

/** Reads and writes bytes as texts without a loss, or says that they are none. */
const STRICT = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const ENCODER = new TextEncoder();

/** What no standard base64 contains before its padding (RFC 4648 section 4). */
const NO_BASE64 = /[^A-Za-z0-9+/]/;

/** Half a character, which UTF-8 has no bytes for. */
const SURROGATE = /\p{Surrogate}/u;

/** MQTT-1.5.3-2 and MQTT-4.7.1-1: what no topic that is published to may contain. */
const NO_TOPIC = /[\0#+]/;

/** One line, with its end. A payload above `PAYLOAD_KEPT` is cut off there, and `bytes` says so. */
export function writeRecorded(recorded: Recorded): string {
  const { time, topic, qos, retained, payload } = recorded;
  const kept = payload.subarray(0, PAYLOAD_KEPT);
  const bytes = recorded.bytes ?? payload.byteLength;
  const isCut = bytes > kept.byteLength;
  const text = textOf(kept);
  const said = text === null ? { base64: toBase64(kept) } : { payload: text };
  return `${JSON.stringify({ time, topic, qos, retained, ...said, ...(isCut && { bytes }) })}\n`;
}

/** Reads one line without its end. Fields that nobody knows are ignored. */
export function readRecorded(line: string): RecordedReading {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { ok: false, fault: { code: 'not-json' } };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { ok: false, fault: { code: 'not-an-object', found: describe(value) } };
  }
  const fields = value as Fields;
  const fault = faultIn(fields);
  if (fault !== null) return { ok: false, fault };
  const payload = payloadIn(fields);
  if (!(payload instanceof Uint8Array)) return { ok: false, fault: payload };
  const { time, topic, qos, retained, bytes } = fields as Fields & Omit<Recorded, 'payload'>;
  const isCut = bytes !== undefined && bytes > payload.byteLength;
  const recorded = { time, topic, payload, qos, retained, ...(isCut && { bytes }) };
  return { ok: true, recorded };
}

type Fields = Readonly<Record<string, unknown>>;

const isWhole = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0;

/** Each field of a line with what it must be; `payload` and `base64` are looked at apart. */
const FIELDS: readonly [string, (value: unknown) => boolean, string][] = [
  ['time', isWhole, 'must be Unix milliseconds'],
  ['topic', isTopic, 'must be a topic of 1 to 65535 bytes without + and #'],
  ['qos', (value) => value === 0 || value === 1 || value === 2, 'must be 0, 1 or 2'],
  ['retained', (value) => typeof value === 'boolean', 'must be true or false'],
  ['bytes', (value) => value === undefined || isWhole(value), 'must be a number of bytes'],
];

function faultIn(fields: Fields): BadLine | null {
  const wrong = FIELDS.find(([field, isRight]) => !isRight(ownValue(fields, field)));
  if (wrong === undefined) return null;
  const [field, , problem] = wrong;
  return malformed(field, ownValue(fields, field) === undefined ? 'is missing' : problem);
}

function payloadIn(fields: Fields): Uint8Array | BadLine {
  const text = ownValue(fields, 'payload');
  const base64 = ownValue(fields, 'base64');
  if (text !== undefined && base64 !== undefined) {
    return malformed('base64', 'is there as well as payload');
  }
  if (base64 !== undefined) {
    if (typeof base64 !== 'string' || !isBase64(base64)) {
      return malformed('base64', 'must be base64 with padding');
    }
    return fromBase64(base64);
  }
  if (text === undefined) return malformed('payload', 'is missing');
  if (typeof text !== 'string' || SURROGATE.test(text)) {
    return malformed('payload', 'must be a text');
  }
  return ENCODER.encode(text);
}

/** Own fields alone: a line may be any object. */
function ownValue(fields: Fields, field: string): unknown {
  return Object.hasOwn(fields, field) ? fields[field] : undefined;
}

function isTopic(value: unknown): boolean {
  if (typeof value !== 'string' || value === '' || value.length > 65_535) return false;
  if (NO_TOPIC.test(value) || SURROGATE.test(value)) return false;
  return ENCODER.encode(value).byteLength <= 65_535;
}

function malformed(field: string, problem: string): BadLine {
  return { code: 'malformed', field, problem };
}

function describe(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}

/** Null where the bytes are no UTF-8. */
function textOf(bytes: Uint8Array): string | null {
  try {
    return STRICT.decode(bytes);
  } catch {
    return null;
  }
}

function isBase64(text: string): boolean {
  return text.length % 4 === 0 && !NO_BASE64.test(text.replace(/={1,2}$/, ''));
}

/** In pieces: a call takes only so many arguments. */
function toBase64(bytes: Uint8Array): string {
  const pieces: string[] = [];
  for (let at = 0; at < bytes.byteLength; at += 8_192) {
    pieces.push(String.fromCharCode(...bytes.subarray(at, at + 8_192)));
  }
  return btoa(pieces.join(''));
}

function fromBase64(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
