/** Tells people, or programs, what a gateway does: a line now and then. */

import type { Note } from '../domain/note.ts';
import type { GatewayCounts } from '../node/gateway/gateway.ts';
import { withPort } from '../node/host.ts';
import { formatLine, type LineLook, wantsColour } from './line-format.ts';

export type GatewayFact =
  | {
      readonly kind: 'listening';
      readonly host: string;
      readonly port: number;
      /** The broker, without login. */
      readonly url: string;
    }
  | { readonly kind: 'rules'; readonly text: string }
  | { readonly kind: 'note'; readonly note: Note; readonly text: string }
  | {
      readonly kind: 'counts' | 'ended';
      readonly counts: GatewayCounts;
      /** By which the event loop was late, 99th percentile since the last such line. */
      readonly delayMs: number;
    };

export class GatewayTeller {
  readonly #isJson: boolean;
  readonly #look: LineLook = { isColoured: wantsColour(process.stdout), columns: null };

  constructor(isJson: boolean) {
    this.#isJson = isJson;
  }

  say(fact: GatewayFact): void {
    const now = Date.now();
    const line = this.#isJson
      ? JSON.stringify({ time: now, ...fieldsOf(fact) })
      : formatLine({ text: textOf(fact), tone: 'plain' }, now, this.#look);
    process.stdout.write(`${line}\n`);
  }
}

function fieldsOf(fact: GatewayFact): object {
  if (fact.kind === 'note') return fact.note;
  if (fact.kind === 'rules' || fact.kind === 'listening') return fact;
  const { kind, counts, delayMs } = fact;
  return { kind, ...counts, delayMs, residentMB: Math.round(process.memoryUsage.rss() / 1e6) };
}

function textOf(fact: GatewayFact): string {
  switch (fact.kind) {
    case 'listening':
      return `listening on ${withPort(fact.host, fact.port)}, for the network on ${fact.url}`;
    case 'rules':
    case 'note':
      return fact.text;
    case 'counts':
    case 'ended':
      return countsText(fact.counts);
  }
}

function countsText({ frames, taken, refused, connections, closed }: GatewayCounts): string {
  const no = listOf(refused);
  const ends = listOf(closed);
  return [
    `${frames} frames: ${taken} taken`,
    ...(no === '' ? [] : [`refused: ${no}`]),
    `${connections} connections`,
    ...(ends === '' ? [] : [`closed: ${ends}`]),
  ].join('; ');
}

/** `INVALID_NONCE 3, TOO_MANY 1`. */
function listOf(counts: Readonly<Partial<Record<string, number>>>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');
}
