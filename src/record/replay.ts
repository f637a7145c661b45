/** Drives a head again with what it was told, and compares what it decides, byte for byte. */

import type { Moment } from '../domain/contract.ts';
import type { Hasher } from '../domain/crypto.ts';
import { createLabPeer } from '../lab/head.ts';
import { revive } from '../peer/head.ts';
import {
  type AnyEffect,
  type AnyEvent,
  formatTurn,
  type TracedTurn,
  type TraceHead,
} from './trace.ts';

/** What became of a turn that was taken again. */
export type Replayed =
  | { readonly kind: 'same' }
  /** What the head decides now; the trace has what it decided then. */
  | { readonly kind: 'different'; readonly effects: readonly AnyEffect[] }
  /** The head cannot take the event; a trace that nobody changed holds no such. */
  | { readonly kind: 'impossible'; readonly problem: string };

/** A head of whatever dialect, whose own trace gives it nothing but events of that dialect. */
type AnyPeer = {
  readonly state: unknown;
  step(event: AnyEvent, now: Moment): { readonly effects: readonly AnyEffect[] };
};

export class Replay {
  readonly #peer: AnyPeer;

  /** Throws an `Error` with a sentence where no head can be made of such settings. */
  constructor(head: TraceHead, hasher: Hasher) {
    this.#peer = peerOf(head, hasher);
  }

  /** Plain data: what the head knows after the turns that it has taken. */
  get state(): unknown {
    return this.#peer.state;
  }

  /** `text`: the line of the trace that holds `turn`. Nothing may follow an impossible one. */
  take(turn: TracedTurn, text: string): Replayed {
    const { at, unix, event } = turn;
    let effects: readonly AnyEffect[];
    try {
      effects = this.#peer.step(event, { at, unix }).effects;
    } catch (error) {
      return {
        kind: 'impossible',
        problem: error instanceof Error ? error.message : String(error),
      };
    }
    const isSame = formatTurn(event, { at, unix }, effects) === text;
    return isSame ? { kind: 'same' } : { kind: 'different', effects };
  }
}

function peerOf(head: TraceHead, hasher: Hasher): AnyPeer {
  return head.dialect === null
    ? revive(head.settings, hasher)
    : createLabPeer(head.settings, hasher);
}
