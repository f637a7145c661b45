/** Opens a payload as far as one can without knowing what it is about: bytes, text, JSON object. */

import type { Refusal } from '../domain/refusal.ts';

/** The largest payload that is read, in bytes. */
export const PAYLOAD_MOST: number = 64 * 1024;

/** How deep objects and lists may nest; the outermost object is the first level. */
export const DEPTH_MOST = 8;

/** The object in a payload and its exact text, or why there is none. */
export type Opened =
  | { readonly ok: true; readonly text: string; readonly value: object }
  | { readonly ok: false; readonly refusal: Refusal };

/** Keeps a byte order mark, which is no JSON: the text must be exactly what was signed. */
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The JSON object in a payload and its exact text. */
export function openPayload(payload: Uint8Array): Opened {
  const bytes = payload.byteLength;
  if (bytes > PAYLOAD_MOST) return refuse({ code: 'too-large', bytes });
  let text: string;
  try {
    text = UTF8.decode(payload);
  } catch {
    return refuse({ code: 'not-utf8' });
  }
  return openText(text);
}

/** The JSON object that `text` is. */
export function openText(text: string): Opened {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refuse({ code: 'not-json' });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return refuse({ code: 'not-an-object', found: describe(value) });
  }
  return isDeeperThan(DEPTH_MOST, value) ? refuse({ code: 'too-deep' }) : { ok: true, text, value };
}

function refuse(refusal: Refusal): Opened {
  return { ok: false, refusal };
}

function describe(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}

/** Goes no deeper than the limit itself, however deep a payload is. */
function isDeeperThan(levels: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeperThan(levels - 1, inner));
}
