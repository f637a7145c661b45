/** Translates field names: camelCase inside, as the labs spell them (PascalCase) on the wire. */

import type { Enveloped } from '../domain/message.ts';

/** A JSON object as it travels. */
export type WireObject = Readonly<Record<string, unknown>>;

/** The fields of `message` as they travel, its ClientID first, without what its topic says. */
export function toWire(message: Enveloped): WireObject {
  const { clientID, ...others } = message;
  const fields: Record<string, unknown> = { ClientID: clientID };
  for (const [name, value] of Object.entries(others)) {
    const isInTopic = name === 'kind' || (name === 'to' && message.kind === 'answer');
    if (!isInTopic) fields[wireNameOf(name)] = renameOut(value);
  }
  return fields;
}

/**
 * The fields of a received value by their inner names. Only names that begin with A to Z are
 * known on the wire, so no two of them can become one, and `__proto__` is never among them.
 * Recursive: check the depth first.
 */
export function fromWire(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fromWire);
  if (typeof value !== 'object' || value === null) return value;
  // Without a prototype: what is absent must not be inherited.
  const fields: Record<string, unknown> = Object.create(null);
  for (const [name, inner] of Object.entries(value)) {
    if (/^[A-Z]/.test(name)) fields[innerNameOf(name)] = fromWire(inner);
  }
  return fields;
}

/** `clientID` travels as `ClientID`. */
export function wireNameOf(name: string): string {
  return name.slice(0, 1).toUpperCase() + name.slice(1);
}

function innerNameOf(name: string): string {
  return name.slice(0, 1).toLowerCase() + name.slice(1);
}

function renameOut(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(renameOut);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [wireNameOf(name), renameOut(inner)]),
  );
}
