/** A reader for a whole world: what a broker hands to many, it reads once. */

import {
  type ExhibitReading,
  type LetterReading,
  type PassedReading,
  plainReader,
  type Reader,
} from '../wire/reader.ts';

export function memoReader(): Reader {
  const letters = new WeakMap<Uint8Array, LetterReading>();
  const transactions = new WeakMap<Uint8Array, PassedReading>();
  const exhibits = new Map<string, ExhibitReading>();
  const texts = new WeakMap<Uint8Array, string>();
  return {
    text(payload) {
      const known = texts.get(payload);
      if (known !== undefined) return known;
      const text = plainReader.text(payload);
      texts.set(payload, text);
      return text;
    },
    letter(place, topic, payload) {
      const known = letters.get(payload);
      if (known !== undefined) return known;
      const reading = plainReader.letter(place, topic, payload);
      letters.set(payload, reading);
      return reading;
    },
    passed(payload) {
      const known = transactions.get(payload);
      if (known !== undefined) return known;
      const reading = plainReader.passed(payload);
      transactions.set(payload, reading);
      return reading;
    },
    exhibit(kind, text) {
      const known = exhibits.get(text);
      if (known !== undefined) return known;
      const reading = plainReader.exhibit(kind, text);
      exhibits.set(text, reading);
      return reading;
    },
  };
}
