/** What a peer of a lab dialect notes, each in one plain line for people. */

import { countOf } from '../domain/count-of.ts';
import type { Name } from '../lab/message.ts';
import type { LabNote } from '../lab/note.ts';
import { formatCount } from './describe.ts';
import { describeUnheard } from './describe-trouble.ts';

type NoteOf<Kind extends LabNote['kind']> = LabNote & { readonly kind: Kind };

type Sentences = { readonly [Kind in LabNote['kind']]: (note: NoteOf<Kind>) => string };

/** Without a capital and without a full stop, as in `describe`. */
export function describeLab(note: LabNote): string {
  // The table has a function for each kind; only the compiler cannot follow which one it gives.
  const sentence = SENTENCES[note.kind] as (note: LabNote) => string;
  return sentence(note);
}

export function labTone(note: LabNote): 'plain' | 'faint' | 'good' | 'best' | 'weighty' | 'bad' {
  switch (note.kind) {
    case 'elected':
      return note.isSelf ? 'best' : 'weighty';
    case 'result':
      return note.isOwn ? 'best' : 'good';
    case 'found':
      return 'good';
    case 'progress':
      return 'faint';
    case 'disconnected':
    case 'unheard':
    case 'waiting':
    case 'solution-refused':
    case 'gave-up':
    case 'hopeless':
    case 'controller-gone':
    case 'other-controller':
    case 'refused':
      return 'bad';
    default:
      return 'plain';
  }
}

const SENTENCES: Sentences = {
  connected: () => 'connected to the broker',
  disconnected: ({ reason, attempts }) =>
    `no connection: ${reason.replace(/\.$/, '')}; ` +
    `trying again (${countOf(attempts, 'attempt')} so far)`,
  unheard: ({ topics }) => describeUnheard(topics),
  joined: ({ peer, known, wanted }) => `${shortLabName(peer)} is here (${known} of ${wanted})`,
  waiting: describeWaiting,
  voted: ({ vote }) => `everybody is here: we vote with ${shortLabName(vote)}`,
  elected: ({ controller, vote, votes, isSelf }) =>
    `${isSelf ? 'we are' : `${shortLabName(controller)} is`} controller, with ` +
    `${shortLabName(vote)} as the highest of ${countOf(votes, 'vote')}`,
  challenge: ({ transactionID, bits, expected, isOwn }) =>
    `challenge ${transactionID}${isOwn ? ' of ours' : ''}: ${bits} zero bits, about ` +
    `${formatCount(expected)} tries`,
  hopeless: ({ transactionID, bits, giveUpMs }) =>
    `challenge ${transactionID} will practically never be solved: ${bits} zero bits take ` +
    `${yearsOf(bits)} years at 100 million tries a second; we give it up after ` +
    `${seconds(giveUpMs)} (--give-up) and go on with the next one`,
  progress: ({ transactionID, tried, perSecond, expected }) =>
    `challenge ${transactionID}: ${formatCount(tried)} of about ${formatCount(expected)} tried, ` +
    `${formatCount(perSecond)} a second`,
  found: ({ transactionID, solution }) => `we solved challenge ${transactionID}: ${solution}`,
  result: ({ transactionID, miner, isOwn }) => {
    const who = miner === null ? 'somebody who is not named' : shortLabName(miner);
    return `challenge ${transactionID} is won by ${isOwn ? 'us' : who}`;
  },
  'solution-refused': ({ transactionID, miner, reason, isOwn }) => {
    const whose = isOwn ? 'our solution' : `a solution of ${shortLabName(miner ?? 'somebody')}`;
    return `${whose} for challenge ${transactionID} is refused: ${reason}`;
  },
  'gave-up': ({ transactionID, afterMs }) =>
    `challenge ${transactionID} is given up after ${seconds(afterMs)}`,
  'controller-gone': ({ controller, how, sinceMs }) =>
    `${controller === null ? 'the controller' : shortLabName(controller)} ${GONE[how]} ` +
    `(last heard ${seconds(sinceMs)} ago); this dialect elects no other one: start all peers again`,
  'other-controller': ({ transactionID }) =>
    `somebody else acts as controller, too: challenge ${transactionID} is not ours`,
  refused: ({ code, count, refusal }) => {
    const { code: _, ...facts } = refusal;
    const because = Object.values(facts).join(' ');
    return `${count} message${count === 1 ? '' : 's'} refused: ${code} ${because}`.trimEnd();
  },
  finished: ({ solved }) => `${solved} challenges are solved: we open no other one`,
  paused: () => 'paused',
  resumed: () => 'mining again',
  leaving: () => 'leaving',
};

const GONE: Readonly<Record<NoteOf<'controller-gone'>['how'], string>> = {
  lost: 'is lost: the broker says so',
  disconnected: 'has left',
  silent: 'is silent',
  unanswered: 'does not answer our solution',
};

function describeWaiting({ lack, known, votes, wanted, silent }: NoteOf<'waiting'>): string {
  const begin = `nobody is elected: ${known} of ${wanted} are here`;
  if (lack === 'peers') return `${begin}, ${wanted - known} missing; ${votes} have voted`;
  const who = silent.slice(0, 10).map(shortLabName).join(' ');
  const ours = lack === 'own-vote' ? '; the broker has not brought back our own vote' : '';
  return `${begin}, ${votes} votes have come; none from ${who === '' ? 'others' : who}${ours}`;
}

/** Enough of a name to tell it from the others. */
export function shortLabName(name: Name): string {
  return String(name).slice(0, 8);
}

function yearsOf(bits: number): string {
  const years = 2 ** bits / 100_000_000 / (365 * 24 * 3_600);
  return years < 10 ? years.toFixed(1) : String(Math.round(years));
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1_000)} s`;
}
