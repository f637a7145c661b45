/** What a screen about a network shows, whatever is watched and however it is drawn. */

import type { Tone } from './narrator.ts';

/** `key` stays the same while a row is about the same thing. */
export type Row = { readonly key: string; readonly text: string; readonly tone: Tone };

export type Board = {
  /** Where we are: network, term, controller; the end may be cut off. */
  readonly head: Row;
  /** How the last election went, or how the present one goes. */
  readonly draw: Row;
  readonly peersTitle: string;
  readonly peers: readonly Row[];
  /** The open challenge, or that there is none. */
  readonly work: Row;
  /** How much of what is expected is tried, by the rates that peers say; null for nothing open. */
  readonly fraction: number | null;
  readonly resultsTitle: string;
  /** The last at the end, here and below. */
  readonly results: readonly Row[];
  readonly refusalsTitle: string;
  readonly refusals: readonly Row[];
  readonly events: readonly Row[];
};

export function row(key: string | number, text: string, tone: Tone = 'plain'): Row {
  return { key: String(key), text, tone };
}
