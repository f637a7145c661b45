/** What a head was told and what it decided, in plain lines for people. */

import type { Effect, Entry, Event, Recovered, Reply } from '../domain/contract.ts';
import { countOf } from '../domain/count-of.ts';
import { type Message, senderOf } from '../domain/message.ts';
import type { Note } from '../domain/note.ts';
import type { Refusal } from '../domain/refusal.ts';
import type { Fetched, Submitted } from '../domain/task.ts';
import type { LabMessage, LabRefusal } from '../lab/message.ts';
import type { LabNote } from '../lab/note.ts';
import { describe, formatCount, formatRate, shortName, shortSolution } from './describe.ts';
import { describeLab, shortLabName } from './describe-lab.ts';
import { describeLabMessage, describeMessage } from './describe-message.ts';
import { describeOutcome, describeRange } from './describe-quest.ts';

/** The words of one dialect. */
export type Words<Said, Told> = {
  /** With the name of who says it. */
  readonly message: (message: Said) => string;
  readonly note: (note: Told) => string;
};

export const ourWords: Words<Message, Note> = {
  message: (message) =>
    message.kind === 'transaction'
      ? describeMessage(message)
      : `${shortName(senderOf(message))} ${describeMessage(message)}`,
  note: (note) => describe(note),
};

export const labWords: Words<LabMessage, LabNote> = {
  message: (message) => {
    const who = 'clientID' in message && message.kind !== 'result' ? message.clientID : null;
    return `${who === null ? '' : `${shortLabName(who)} `}${describeLabMessage(message)}`;
  },
  note: describeLab,
};

/** What happens to a peer, behind its name. */
export function describeEvent<Said, Fault extends Refusal | LabRefusal>(
  event: Event<Said, Fault>,
  words: Pick<Words<Said, never>, 'message'>,
): string {
  switch (event.kind) {
    case 'started':
      return `starts, with ${countEntries(event.recovered)} from its journal`;
    case 'connected':
      return 'is connected';
    case 'disconnected':
      return `has no connection: ${event.reason.replace(/\.$/, '')}`;
    case 'woken':
      return 'is woken: its deadline has come';
    case 'heard':
      return `hears: ${words.message(event.message)}${event.retained ? ' (retained)' : ''}`;
    case 'cleared':
      return `hears that its ${event.what} is cleared`;
    case 'refused':
      return `has a message refused at its door: ${describeRefusal(event.refusal)}`;
    case 'found':
      return `finds ${shortSolution(event.solution)}`;
    case 'searched': {
      const end = event.exhausted ? ', and that is all there is' : '';
      return `has tried ${formatCount(event.tried)}, ${formatRate(event.perSecond)}${end}`;
    }
    case 'asked':
      return `is asked to ${event.command.kind}`;
    case 'failed':
      return `cannot write into its journal: ${event.code}`;
    case 'recorded':
      return 'has everything written down';
    case 'fetched':
      return `hears from its service: ${describeFetched(event.fetched)}`;
    case 'submitted':
      return `hears from its service: ${describeSubmitted(event.submitted)}`;
  }
}

/** What it does then, likewise. */
export function describeEffect<Said, Told>(
  effect: Effect<Said, Told>,
  words: Words<Said, Told>,
): string {
  switch (effect.kind) {
    case 'connect':
      return 'connects';
    case 'record':
      return `writes down ${describeEntry(effect.entry)}`;
    case 'confirm':
      return 'asks whether that is written down';
    case 'say':
      return `says: ${words.message(effect.message)}${effect.retained ? ' (retained)' : ''}`;
    case 'attend':
      return `listens to the presences of ${effect.to.length}`;
    case 'clear':
      return 'clears its presence';
    case 'serve':
      return `sends ${shortName(effect.to)} its ledger from ${effect.from} on`;
    case 'mine':
      return effect.work.range === undefined
        ? `mines block ${effect.work.transactionID}, ${effect.work.bits} zero bits`
        : `searches ${describeRange(effect.work.range)}, ${effect.work.bits} zero bits`;
    case 'rest':
      return 'stops mining';
    case 'fetch':
      return 'asks its service for a task';
    case 'submit':
      return `hands its service nonce ${effect.find.nonce}`;
    case 'reply':
      return describeReply(effect.reply);
    case 'note':
      return `tells: ${words.note(effect.note)}`;
    case 'leave':
      return 'goes';
  }
}

function describeFetched(fetched: Fetched): string {
  return fetched.kind === 'task'
    ? `${fetched.task.bits} zero bits behind ${fetched.task.previous}`
    : fetched.trouble.problem;
}

function describeSubmitted(submitted: Submitted): string {
  if (submitted.kind === 'trouble') return submitted.trouble.problem;
  return submitted.kind === 'rejected' ? `rejected, ${submitted.problem}` : submitted.kind;
}

function describeReply(reply: Reply): string {
  if (reply.kind === 'done') return 'has done what it was asked';
  return reply.kind === 'declined'
    ? `declines: ${reply.fault.code}`
    : `answers: ${describeOutcome(reply.outcome)}`;
}

/** A refusal's code with its facts: `malformed: Term is missing`, `stale-term (term 1, ours 2)`. */
export function describeRefusal({ code, ...facts }: { readonly code: string }): string {
  const { field, problem, ...others } = facts as Readonly<Record<string, unknown>>;
  const said = [field, problem].filter((it) => it !== undefined).join(' ');
  const named = Object.entries(others).map(([name, value]) => `${name} ${value}`);
  const list = named.length === 0 ? '' : ` (${named.join(', ')})`;
  return `${code}${said === '' ? '' : `: ${said}`}${list}`;
}

function describeEntry(entry: Entry): string {
  switch (entry.kind) {
    case 'incarnation':
      return `its incarnation ${entry.incarnation}`;
    case 'term':
      return `term ${entry.term}`;
    case 'voted':
      return `its vote for ${shortName(entry.controllerID)} in term ${entry.term}`;
    case 'obeyed':
      return `that it obeys ${shortName(entry.controllerID)} in term ${entry.term}`;
    case 'genesis':
      return `what ${countOf(entry.genesis.length, 'key')} own from the start`;
    case 'founded':
      return `the founding by ${entry.founding.members.length}`;
    case 'accepted':
      return `block ${entry.block.transactionID} as acknowledged in term ${entry.term}`;
    case 'sealed':
      return `block ${entry.block.transactionID} as final`;
  }
}

function countEntries({ entries, standing }: Recovered): string {
  const blocks = standing === undefined ? '' : ` and ${standing.chain.height} blocks`;
  return `${entries.length} ${entries.length === 1 ? 'entry' : 'entries'}${blocks}`;
}
