/** Chooses which notes are worth a line for people, and when. */

import { describe, describeMissing, type NameOf } from '../client/describe.ts';
import { NameBook } from '../client/name-book.ts';
import type { Idle } from '../domain/idle.ts';
import type { Note } from '../domain/note.ts';
import type { RefusalCode } from '../domain/refusal.ts';
import { follow, type Status, startStatus } from './status.ts';

/** How a line is meant: decides its colour where there are colours. */
export type Tone = 'plain' | 'faint' | 'good' | 'best' | 'weighty' | 'bad';

export type Line = { readonly text: string; readonly tone: Tone };

type NoteOf<Kind extends Note['kind']> = Note & { readonly kind: Kind };

/** Progress, and refusals of one code, are told at most so often. */
const SELDOM_MS = 10_000;
/** How catching up goes, likewise. */
const SYNCING_MS = 5_000;
/** So long a peer may be idle between two steps of a round without a word about it. */
const PATIENCE_MS = 2_000;

/** Whoever catches up with more blocks is told of the last height alone. */
const FEW_BLOCKS = 3;

/** What a busy network brings about by itself; for programs alone. */
const ORDINARY: ReadonlySet<RefusalCode> = new Set<RefusalCode>([
  'stale-term',
  'stale-transaction',
  'stale-incarnation',
  'stale-beat',
  'stale-request',
  'unknown-sender',
  'not-a-member',
  'not-the-controller',
  'controller-is-well',
  'not-asked-for',
  'already-acknowledged',
]);

/** Reasons that the line before has just told, and that mostly pass at once. */
const MOMENTARY: ReadonlySet<Idle['reason']> = new Set<Idle['reason']>([
  'disconnected',
  'founding',
  'no-controller',
  'no-challenge',
  'solved',
  'proposed',
]);

const TONES: { readonly [Kind in Note['kind']]?: Tone } = {
  idle: 'faint',
  progress: 'faint',
  syncing: 'faint',
  proposed: 'faint',
  founded: 'weighty',
  mandate: 'weighty',
  found: 'good',
  result: 'good',
  disconnected: 'bad',
  unheard: 'bad',
  'dead-mandate': 'bad',
  'same-name': 'bad',
  'gave-up': 'bad',
  'stepped-down': 'bad',
  'no-quorum': 'bad',
  'solution-refused': 'bad',
  refused: 'bad',
  failed: 'bad',
  'thread-replaced': 'bad',
  'threads-missing': 'bad',
  recorded: 'good',
  recalled: 'weighty',
  quest: 'weighty',
  covered: 'faint',
  named: 'bad',
  answered: 'good',
  task: 'weighty',
  submitted: 'good',
  'source-failed': 'bad',
};

export class Narrator {
  #status: Status;
  readonly #names = new NameBook();
  readonly #hasStatusLine: boolean;
  #isFounded = false;
  /** When progress was last told. */
  #progressAt = Number.NEGATIVE_INFINITY;
  /** When catching up was last told. */
  #syncingAt = Number.NEGATIVE_INFINITY;
  readonly #refusals = new Map<RefusalCode, { at: number; untold: number }>();
  /** Why we are idle, and since when, while that is still untold. */
  #pause: { readonly note: NoteOf<'idle'>; readonly at: number } | null = null;

  /** `hasStatusLine`: people see the status all the time, so that lines need not repeat it. */
  constructor(wanted: number, hasStatusLine: boolean) {
    this.#status = startStatus(wanted);
    this.#hasStatusLine = hasStatusLine;
  }

  get status(): Status {
    return this.#status;
  }

  /** How people call a peer, as far as notes have told it. */
  get nameOf(): NameOf {
    return this.#names.of;
  }

  /** The line for a note, or null; `unixMs`: when it was said. */
  tell(note: Note, unixMs: number): Line | null {
    const before = this.#status;
    this.#status = follow(before, note, unixMs);
    this.#names.hear(note);
    if (this.#status.idle === null) this.#pause = null;
    const text = this.#textOf(note, unixMs, before);
    return text === null ? null : { text, tone: toneOf(note) };
  }

  /** What has become worth a line only by lasting: call it every second or so. */
  wait(unixMs: number): Line | null {
    const pause = this.#pause;
    if (pause === null || unixMs - pause.at < PATIENCE_MS) return null;
    this.#pause = null;
    return { text: describe(pause.note, this.#names.of), tone: 'faint' };
  }

  #textOf(note: Note, unixMs: number, before: Status): string | null {
    switch (note.kind) {
      case 'near':
      case 'lease':
      case 'called':
        return null;
      case 'covered':
        // Each peer reports every two seconds; now and then one of them tells how far all are.
        if (unixMs - this.#progressAt < SELDOM_MS) return null;
        this.#progressAt = unixMs;
        return describe(note, this.#names.of);
      case 'progress':
        if (this.#hasStatusLine || unixMs - this.#progressAt < SELDOM_MS) return null;
        this.#progressAt = unixMs;
        return describe(note, this.#names.of);
      case 'challenge':
        // The challenge itself was a word about the search.
        this.#progressAt = unixMs;
        return describe(note, this.#names.of);
      case 'result':
        return isOneOfMany(before) ? null : describe(note, this.#names.of);
      case 'syncing':
        if (this.#hasStatusLine || unixMs - this.#syncingAt < SYNCING_MS) return null;
        this.#syncingAt = unixMs;
        return describe(note, this.#names.of);
      case 'founded':
        this.#isFounded = true;
        return describe(note, this.#names.of);
      case 'joined':
      case 'left':
        return this.#isFounded || note.known >= note.wanted
          ? describe(note, this.#names.of)
          : gathering(note, this.#names.of);
      case 'idle':
        return this.#textOfIdle(note, unixMs, before);
      case 'refused':
        return this.#textOfRefused(note, unixMs);
      default:
        return describe(note, this.#names.of);
    }
  }

  #textOfIdle(note: NoteOf<'idle'>, unixMs: number, before: Status): string | null {
    this.#pause = null;
    const { idle } = note;
    if (this.#hasStatusLine || idle.reason === 'paused') return null;
    // Whoever came or went has just been told, with the same numbers.
    if (idle.reason === 'peers-missing' && before.known === idle.known && idle.known > 1) {
      return null;
    }
    if (!MOMENTARY.has(idle.reason)) return describe(note, this.#names.of);
    this.#pause = { note, at: unixMs };
    return null;
  }

  #textOfRefused(note: NoteOf<'refused'>, unixMs: number): string | null {
    const { code, count } = note;
    if (ORDINARY.has(code)) return null;
    const last = this.#refusals.get(code) ?? { at: Number.NEGATIVE_INFINITY, untold: 0 };
    const untold = last.untold + count;
    const isDue = unixMs - last.at >= SELDOM_MS;
    this.#refusals.set(code, isDue ? { at: unixMs, untold: 0 } : { at: last.at, untold });
    return isDue ? describe({ ...note, count: untold }, this.#names.of) : null;
  }
}

/** Whether so many results come at once that `synced` says more. */
function isOneOfMany({ idle }: Status): boolean {
  return idle?.reason === 'behind' && idle.of - idle.height > FEW_BLOCKS;
}

function gathering(
  { kind, peer, known, wanted }: NoteOf<'joined' | 'left'>,
  nameOf: NameOf,
): string {
  const what = kind === 'joined' ? 'is here' : 'is gone';
  return `${nameOf(peer)} ${what} (${known} of ${wanted}; ${describeMissing(known, wanted)})`;
}

function toneOf(note: Note): Tone {
  const isOurs = (note.kind === 'result' && note.isOwn) || (note.kind === 'mandate' && note.isSelf);
  return isOurs ? 'best' : (TONES[note.kind] ?? 'plain');
}
