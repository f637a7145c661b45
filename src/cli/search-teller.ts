/** Tells people, or programs, how a network's search goes, and what it came to. */

import type { Answered } from '../client/client.ts';
import { describe, formatRate, formatSeconds } from '../client/describe.ts';
import { describeRange, nearMisses } from '../client/describe-quest.ts';
import { countOf } from '../domain/count-of.ts';
import type { Note } from '../domain/note.ts';
import type { Proof, Quest } from '../domain/quest.ts';
import { printable } from './line-format.ts';
import { Bar } from './mine-bar.ts';
import { digestOf } from './mine-run.ts';
import { describeZeros } from './mine-teller.ts';

/** An object a line for programs; lines for people say the same. */
type Fact =
  | ({ readonly kind: 'started'; readonly url: string } & Quest)
  | Note
  | ({
      readonly kind: 'found' | 'exhausted' | 'refused' | 'stopped';
      readonly elapsedMs: number;
    } & Readonly<Record<string, unknown>>);

export type SearchTeller = {
  readonly tell: (fact: Fact, lines: readonly string[]) => void;
  readonly remark: (sentence: string) => void;
  readonly show: (covered: number, elapsedMs: number) => void;
  /** Nothing is shown any more that is not a line. */
  readonly release: () => void;
};

export function tellPrograms(): SearchTeller {
  return {
    tell: (fact) => write(JSON.stringify({ time: Date.now(), ...fact })),
    remark: (text) => write(JSON.stringify({ time: Date.now(), kind: 'rules', text })),
    show: () => {},
    release: () => {},
  };
}

/** Lines, with a bar below them on a terminal. */
export function tellPeople(quest: Quest): SearchTeller {
  const bar = new Bar({ ...quest, workers: 0 });
  return {
    tell: (_, lines) => bar.aside(() => lines.forEach(write)),
    remark: (sentence) => bar.aside(() => write(sentence)),
    show: (tried, elapsedMs) => {
      const perSecond = elapsedMs > 0 ? (1000 * tried) / elapsedMs : 0;
      bar.show({ tried, elapsedMs, perSecond, perWorker: [] });
    },
    release: () => bar.hide(),
  };
}

/** One search, from the asking to the answer. */
export class Seeking {
  readonly #quest: Quest;
  readonly #teller: SearchTeller;
  #since = 0;
  #isBegun = false;

  constructor(quest: Quest, teller: SearchTeller) {
    this.#quest = quest;
    this.#teller = teller;
  }

  begin(url: string): void {
    const { prefix, bits, algorithm } = this.#quest;
    this.#since = performance.now();
    this.#isBegun = true;
    this.#teller.tell({ kind: 'started', url, ...this.#quest }, [
      `text       ${printable(prefix)}`,
      `search     ${algorithm}, ${describeZeros(bits)}, ${describeRange(this.#quest)}, on ${url}`,
    ]);
    this.#teller.show(0, 0);
  }

  hear(note: Note): void {
    if (!this.#isBegun) return;
    if (note.kind === 'named') this.#teller.tell(note, [`named      ${describe(note)}`]);
    if (note.kind === 'disconnected') this.#teller.tell(note, [describe(note)]);
    if (note.kind !== 'covered') return;
    this.#teller.tell(note, []);
    this.#teller.show(note.covered, this.#elapsedMs());
  }

  /** `answered` is null where somebody stopped us before. */
  end(answered: Answered | null): void {
    const elapsedMs = this.#elapsedMs();
    this.#teller.release();
    if (answered === null) {
      this.#teller.tell({ kind: 'stopped', elapsedMs }, ['Stopped before there was an answer.']);
      return;
    }
    const { outcome, proof } = answered;
    if (outcome.kind === 'refused') {
      this.#teller.tell({ elapsedMs, ...outcome }, []);
      return;
    }
    const { algorithm, prefix, bits, from, to } = this.#quest;
    const end = outcome.kind === 'found' ? outcome.nonce : to;
    const isProven = proof.covered === end - from;
    const facts = { elapsedMs, of: end - from, ...proof, isProven };
    if (outcome.kind === 'found') {
      const digest = digestOf(algorithm, prefix, outcome.nonce);
      this.#teller.tell({ ...outcome, digest, ...facts }, [
        `nonce      ${outcome.nonce}`,
        `digest     ${digest}`,
        ...describeProof(proof, end - from, elapsedMs),
      ]);
      return;
    }
    this.#teller.tell({ ...outcome, ...facts }, [
      `none       no nonce from ${from} to ${to - 1} gives ${describeZeros(bits)}`,
      ...describeProof(proof, end - from, elapsedMs),
    ]);
  }

  #elapsedMs(): number {
    return Math.round(performance.now() - this.#since);
  }
}

/** What we can vouch for ourselves. */
export function describeProof(proof: Proof, of: number, elapsedMs: number): readonly string[] {
  const { reports, peers, covered, near, expected, named } = proof;
  const rate = elapsedMs > 0 ? `, ${formatRate((1000 * of) / elapsedMs)}` : '';
  const seen =
    covered === of
      ? `all ${of} nonces are covered, each once`
      : `${covered} of ${of} nonces were seen to be covered; for the rest there is the ` +
        'word of the controller';
  const liars = named === 0 ? '' : `, without those of ${named} who claimed too much`;
  return [
    `covered    ${seen}`,
    `reports    ${reports} by ${countOf(peers, 'peer')}${liars}`,
    `near       ${nearMisses(near)}, each checked; ` + `chance gives ${Math.round(expected)}`,
    `took       ${formatSeconds(elapsedMs)}${rate}`,
  ];
}

function write(line: string): void {
  process.stdout.write(`${line}\n`);
}
