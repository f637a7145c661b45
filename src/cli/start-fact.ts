/** What happens in a run of many peers, each thing once, and the line that tells it to people. */

import { describe, formatSeconds, type NameOf, shortName } from '../client/describe.ts';
import { countOf } from '../domain/count-of.ts';
import type { ClientID, Digest, TransactionID } from '../domain/names.ts';
import type { Note } from '../domain/note.ts';
import type { Ending } from './fleet-process.ts';

/** A sealed solution, checked by ourselves. */
export type Outcome = {
  readonly transactionID: TransactionID;
  readonly bits: number;
  readonly winner: ClientID;
  readonly solution: string;
  readonly elapsedMs: number;
  readonly digest: Digest;
  readonly preimage: string;
  /** What our own SHA-256 of the preimage says against it; null if nothing. */
  readonly problem: string | null;
};

type NoteOf<Kind extends Note['kind']> = Extract<Note, { readonly kind: Kind }>;

export type Fact =
  /** The broker is there; `wanted` are the ports that were asked for. Null: no WebSocket. */
  | {
      readonly kind: 'broker';
      readonly url: string;
      readonly ports: Ports;
      readonly wanted: Ports;
    }
  | { readonly kind: 'starting'; readonly peers: number }
  /** A process has said who it is. */
  | {
      readonly kind: 'peer';
      readonly name: ClientID;
      /** The small number by which people call it. */
      readonly called: number | null;
      readonly pid: number;
      readonly url: string;
    }
  /** Everybody who founds has been heard. */
  | { readonly kind: 'gathered'; readonly here: number; readonly wanted: number }
  | NoteOf<'election'>
  | NoteOf<'drawn'>
  /** `afterMs`: since everybody was here, in the first term; else since the election began. */
  | (Omit<NoteOf<'mandate'>, 'isSelf'> & { readonly afterMs: number | null })
  | NoteOf<'roster'>
  | NoteOf<'stepped-down'>
  /** `isSame`: a new controller goes on with what the last one had opened. */
  | (NoteOf<'challenge'> & { readonly isSame: boolean })
  | ({ readonly kind: 'result' } & Outcome)
  | Omit<NoteOf<'solution-refused'>, 'isOwn'>
  /** Two peers have different blocks of one number: this must not happen. */
  | {
      readonly kind: 'contradiction';
      readonly transactionID: TransactionID;
      readonly digests: readonly Digest[];
    }
  | (NoteOf<'no-quorum' | 'disconnected' | 'failed' | 'recorded' | 'threads-missing'> & {
      readonly name: ClientID;
    })
  /** A process has ended though nobody had asked it to leave. */
  | {
      readonly kind: 'gone';
      readonly name: ClientID | null;
      readonly pid: number;
      readonly ending: Ending;
      readonly wasController: boolean;
      readonly living: number;
    }
  /** `nobody`: there is no controller to kill. `ending`: everybody is asked to leave. */
  | { readonly kind: 'nobody' | 'ending' }
  | { readonly kind: 'paused' | 'resumed' };

/** Of TCP and of WebSocket. */
export type Ports = { readonly port: number; readonly wsPort: number | null };

/** A fact in one plain line. */
export function describeFact(fact: Fact): string {
  return describeFactWith(shortName, fact);
}

/** The same with what people call the peers. */
export function describeFactWith(nameOf: NameOf, fact: Fact): string {
  switch (fact.kind) {
    case 'broker':
      return describeBroker(fact);
    case 'starting':
      return `starting ${countOf(fact.peers, 'peer')}`;
    case 'peer':
      return `${nameOf(fact.name)} comes in (process ${fact.pid})`;
    case 'nobody':
      return 'there is no controller at the moment';
    case 'ending':
      return 'asking everybody to leave';
    case 'gathered':
      return `${fact.here} of ${fact.wanted} peers are here`;
    case 'drawn':
      return describeDraw(fact, nameOf);
    case 'mandate': {
      const { afterMs } = fact;
      const after = afterMs === null ? '' : `, after ${afterMs} ms`;
      return `${describe({ ...fact, isSelf: false }, nameOf)}${after}`;
    }
    case 'challenge':
      return fact.isSame
        ? `challenge ${fact.transactionID} goes on under term ${fact.term}`
        : describe(fact, nameOf);
    case 'result':
      return describeOutcome(fact, nameOf);
    case 'solution-refused':
      return describe({ ...fact, isOwn: false }, nameOf);
    case 'contradiction':
      return (
        `Peers contradict one another about block ${fact.transactionID}: ` +
        `${fact.digests.join(' and ')}; please report this.`
      );
    case 'no-quorum':
    case 'disconnected':
    case 'failed':
    case 'recorded':
    case 'threads-missing':
      return `${nameOf(fact.name)}: ${describe(fact, nameOf)}`;
    case 'gone':
      return describeGone(fact, nameOf);
    default:
      return describe(fact, nameOf);
  }
}

function describeBroker({ url, ports, wanted }: Extract<Fact, { kind: 'broker' }>): string {
  const taken = [
    ...(ports.port === wanted.port || wanted.port === 0 ? [] : [wanted.port]),
    ...(ports.wsPort === wanted.wsPort || wanted.wsPort === 0 ? [] : [wanted.wsPort]),
  ];
  const moved = taken.length === 0 ? '' : `port ${taken.join(' and port ')} is taken: `;
  const web = ports.wsPort === null ? '' : ` and, for WebSocket, on port ${ports.wsPort}`;
  return `${moved}broker on ${url}${web}`;
}

function describeDraw({ term, numbers, highest, named }: NoteOf<'drawn'>, nameOf: NameOf): string {
  if (named !== undefined) {
    const why = named.why === 'governs' ? 'governs already' : 'has the lowest name';
    return `named in term ${term}: ${nameOf(named.peer)} ${why}, of ${numbers.length}`;
  }
  const number = numbers.find(({ peer }) => peer === highest)?.number ?? '';
  return `drawn in term ${term}: ${nameOf(highest)} is highest of ${numbers.length}, ${number}`;
}

function describeOutcome(fact: Outcome, nameOf: NameOf): string {
  if (fact.problem !== null) {
    return `result ${fact.transactionID} is wrong: ${fact.problem}; its preimage: ${fact.preimage}`;
  }
  return (
    `result ${fact.transactionID}: ${nameOf(fact.winner)} wins with ` +
    `${fact.solution.replace(/^0{17,}/, '0…')} ` +
    `after ${formatSeconds(fact.elapsedMs)}, digest ${fact.digest.slice(0, 16)} (checked)`
  );
}

function describeGone(fact: Extract<Fact, { kind: 'gone' }>, nameOf: NameOf): string {
  const { name, pid, ending, living } = fact;
  const process = pid === 0 ? 'a process' : `process ${pid}`;
  const who = name === null ? process : `${nameOf(name)} (${process})`;
  const what = fact.wasController ? `the controller ${who}` : who;
  const lastLine = lastLineOf(ending);
  const words = ending.how === 'died' && lastLine !== '' ? `: ${lastLine}` : '';
  // No more is known: where one lacked memory or threads, others may end in a moment.
  const others = `${countOf(living, 'other')} ${living === 1 ? 'has' : 'have'} not ended`;
  return `${what} ${describeEnding(ending)}${words}; ${others}`;
}

/** What it said last where errors go, which tells why it ended; empty where it said nothing. */
export function lastLineOf({ lastWords }: Ending): string {
  return lastWords.trim().split('\n').at(-1) ?? '';
}

/** As the end of a sentence, such as "was killed". */
export function describeEnding(ending: Ending): string {
  if (ending.signal === 'SIGKILL') return 'was killed';
  if (ending.signal !== null) return `was ended by ${ending.signal}`;
  if (ending.code === null) return 'could not be started';
  return ending.how === 'left' ? 'has left' : `ended with exit code ${ending.code}`;
}
