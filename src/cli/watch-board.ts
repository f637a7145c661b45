/** A picture of a network of ours as a board: the words and columns that people see. */

import {
  formatCount,
  formatRate,
  formatSeconds,
  type NameOf,
  shortSolution,
} from '../client/describe.ts';
import { describeRefusal } from '../client/describe-turn.ts';
import { nameWithNumber } from '../client/name-book.ts';
import { countOf } from '../domain/count-of.ts';
import type { UnixMs } from '../domain/names.ts';
import { parseRules } from '../ledger/rules.ts';
import type { Occurrence, Picture, ResultPicture } from '../record/picture.ts';
import { type Doing, type Standing, standingsOf, totalRate } from '../record/standing.ts';
import { type Board, type Row, row } from './board.ts';
import { formatElapsed, shortIdle } from './screen-layout.ts';

const TITLES = ['peer', 'role', 'state', 'rate', 'wins', 'height', 'drew', 'last word'];

/** Columns of what peers are called: short names, and Names of up to four digits. */
const UNNAMED_COLUMNS = 10;
const NAMED_COLUMNS = 15;

/** `unixMs`: now, by the clock by which the messages came. */
export function boardOf(picture: Picture, unixMs: UnixMs): Board {
  const now = notBefore(picture.at, unixMs);
  const nameOf = namesIn(picture);
  const standings = standingsOf(picture, now);
  const { results, refusals, occurrences, late } = picture;
  const refused = Object.values(refusals).sort((a, b) => a.at - b.at);
  const count = refused.reduce((sum, it) => sum + it.count, 0);
  return {
    head: headOf(picture, standings, now, nameOf),
    draw: drawOf(picture, nameOf),
    peersTitle: peerLine(TITLES, columnsIn(picture)),
    peers: standings.map((standing) => peerOf(picture, standing, now, nameOf)),
    ...workOf(picture, totalRate(standings), now, nameOf),
    resultsTitle: `results: ${picture.resultsHeard}`,
    results: results.map((it) => resultOf(it, nameOf)),
    refusalsTitle: `refused: ${count}${late === 0 ? '' : ` (and ${late} late or repeated)`}`,
    refusals: refused.map(({ count: times, check, from, at, refusal }) => {
      const who = from === null ? 'somebody' : nameOf(from);
      const why = shortenNames(describeRefusal(refusal));
      const text = `${String(times).padStart(4)}  ${check.padEnd(10)}${why}`;
      return row(refusal.code, `${text}, ${who}, ${agoOf(at, now)}`, 'bad');
    }),
    events: occurrences.map((it, index) => {
      const at = formatElapsed(it.at - (picture.since ?? it.at)).padStart(6);
      return row(`${it.at} ${index}`, `${at}  ${describeOccurrence(it, nameOf)}`, toneOf(it));
    }),
  };
}

/** How people call the peers of a picture. */
export function namesIn({ peers }: Picture): NameOf {
  return (peer) => nameWithNumber(peer, peers[peer]?.name);
}

function headOf(
  picture: Picture,
  standings: readonly Standing[],
  now: UnixMs,
  nameOf: NameOf,
): Row {
  const { network, term, controller, roster, heard, since } = picture;
  const parts = [network === null ? 'no network yet' : `network ${network.slice(0, 8)}`];
  if (roster !== null) parts.push(countMembers(roster.members.length));
  parts.push(term === 0 ? 'no term yet' : `term ${term}`);
  const governs = standings.find(({ role }) => role === 'controller')?.doing.kind === 'idle';
  if (controller === null) parts.push('no controller');
  else if (!controller.isAlive) {
    parts.push(`the broker remembers ${nameOf(controller.clientID)} as controller`);
  } else parts.push(`controller ${nameOf(controller.clientID)}${governs ? '' : ', not here'}`);
  if (since !== null) parts.push(formatElapsed(now - since));
  parts.push(`${heard} message${heard === 1 ? '' : 's'}`);
  return row('head', parts.join(' · '), controller?.isAlive && governs ? 'good' : 'bad');
}

/** The election under way, or what the last draw gave. */
function drawOf({ election, draw, controller, rules }: Picture, nameOf: NameOf): Row {
  const known = Math.max(draw?.term ?? 0, controller?.term ?? 0);
  if (election !== null && election.term > known) {
    const counts = [election.commitments, election.reveals, election.votes].map(
      (heard) => Object.keys(heard).length,
    );
    const [committed = 0, revealed = 0, voted = 0] = counts;
    const text = `${committed} committed, ${revealed} revealed, ${voted} voted`;
    return row('draw', `election of term ${election.term}: ${text}`, 'weighty');
  }
  if (draw === null) return row('draw', 'no draw was heard', 'faint');
  const { term, numbers, seed, isRecomputed } = draw;
  const [highest] = numbers;
  const check =
    isRecomputed === null
      ? 'not all of it was heard'
      : isRecomputed
        ? 'computed again: it holds'
        : 'computed again: it is another one';
  const isByLot = (parseRules(rules ?? '')?.election ?? 'draw') === 'draw';
  const first = highest === undefined ? '' : `, ${nameOf(highest.peer)} ${highest.number} highest`;
  const who = isByLot ? first : ', the lot decides nothing here';
  const text = `draw of term ${term} (${check}): ${numbers.length} numbers${who}`;
  const tone = isRecomputed === false ? 'bad' : 'plain';
  return row('draw', `${text}, seed ${seed.slice(0, 8)}`, tone);
}

function peerOf(picture: Picture, standing: Standing, now: UnixMs, nameOf: NameOf): Row {
  const { peer, role, doing, perSecond } = standing;
  const { clientID, height, wins, heardAt, lastKind } = peer;
  const number = picture.draw?.numbers.find((drawn) => drawn.peer === clientID)?.number;
  const cells = [
    nameOf(clientID),
    role === 'none' ? '' : role,
    describeDoing(doing),
    perSecond > 0 ? formatRate(perSecond) : '-',
    String(wins),
    height < 0 ? '-' : String(height),
    number?.slice(0, 8) ?? '-',
    heardAt === null ? '-' : `${lastKind} ${agoOf(heardAt, now)}`,
  ];
  const isThere = !['gone', 'unheard'].includes(doing.kind);
  const tone = doing.kind === 'silent' ? 'bad' : role === 'controller' ? 'good' : 'plain';
  return row(clientID, peerLine(cells, columnsIn(picture)), isThere ? tone : 'faint');
}

function columnsIn({ peers }: Picture): number {
  const isNamed = Object.values(peers).some(({ name }) => name !== null);
  return isNamed ? NAMED_COLUMNS : UNNAMED_COLUMNS;
}

function peerLine(cells: readonly string[], columns: number): string {
  const [
    name = '',
    role = '',
    state = '',
    rate = '',
    wins = '',
    height = '',
    drew = '',
    word = '',
  ] = cells;
  const left = `${name.padEnd(columns)}${role.padEnd(12)}${state.padEnd(26)}`;
  const middle = `${rate.padStart(11)}${wins.padStart(6)}${height.padStart(8)}`;
  return `${left}${middle}  ${drew.padEnd(10)}${word}`;
}

function describeDoing(doing: Doing): string {
  switch (doing.kind) {
    case 'mines':
      return 'mines';
    case 'rests':
      return 'says no rate yet';
    case 'idle':
      return shortIdle(doing.idle);
    case 'gone':
      return doing.how === 'lost' ? 'is lost' : 'has left';
    case 'silent':
      return `is silent for ${Math.round(doing.ms / 1000)} s`;
    case 'unheard':
      return 'not heard yet';
    case 'other-network':
      return 'is in another network';
    case 'other-rules':
      return 'has other rules';
  }
}

function workOf(
  { challenge, roster }: Picture,
  perSecond: number,
  now: UnixMs,
  nameOf: NameOf,
): Pick<Board, 'work' | 'fraction'> {
  if (challenge === null)
    return { work: row('work', 'no challenge is open', 'faint'), fraction: null };
  const { transactionID, bits, openedAt, proposal } = challenge;
  const elapsedMs = Math.max(0, now - openedAt);
  const expected = 2 ** bits;
  const tried = (perSecond * elapsedMs) / 1000;
  const begin = `challenge ${transactionID}   ${bits} bits   ${formatSeconds(elapsedMs)}   `;
  const search = `about ${formatCount(expected)} tries expected, ${formatRate(perSecond)} in all`;
  const acknowledged = proposal?.acknowledged.length ?? 0;
  const final =
    proposal === null
      ? ''
      : `   block of ${nameOf(proposal.miner)} proposed, acknowledged by ${acknowledged}` +
        `${roster === null ? '' : ` of ${roster.members.length}`}`;
  return { work: row('work', `${begin}${search}${final}`), fraction: tried / expected };
}

function resultOf({ block, digest, elapsedMs }: ResultPicture, nameOf: NameOf): Row {
  const { transactionID, change, challenge, clientID, solution } = block;
  const number = String(transactionID).padStart(4);
  if (change !== undefined)
    return row(digest, `${number}  ${describeChange(change, nameOf)}`, 'plain');
  const time = formatSeconds(elapsedMs).padStart(8);
  const won = `${number}  ${challenge} bits  ${nameOf(clientID)} wins ${time}`;
  return row(digest, `${won}  ${digest.slice(0, 24)}  ${shortSolution(solution)}`);
}

function describeChange(change: string, nameOf: NameOf): string {
  const [verb, name = ''] = change.split(' ');
  return `${nameOf(name as Standing['peer']['clientID'])} is ${
    verb === 'admit' ? 'admitted' : 'removed'
  }`;
}

function describeOccurrence(it: Occurrence, nameOf: NameOf): string {
  switch (it.kind) {
    case 'here':
      return `${nameOf(it.peer)} is here`;
    case 'gone': {
      const how = { lost: 'is lost', disconnected: 'has left', leaving: 'is leaving' }[it.how];
      return `${nameOf(it.peer)} ${how}`;
    }
    case 'election':
      return `election of term ${it.term}, begun by ${nameOf(it.peer)}`;
    case 'mandate':
      return (
        `${nameOf(it.controller)} is controller of term ${it.term}, ` +
        `by ${countOf(it.votes, 'vote')}`
      );
    case 'stepped-down':
      return `${nameOf(it.controller)} is no longer controller of term ${it.term}`;
    case 'roster':
      return `${describeChange(it.change, nameOf)}: ${countMembers(it.members)}`;
    case 'solution-refused':
      return (
        `solution of ${nameOf(it.miner)} for challenge ${it.transactionID} ` +
        `refused: ${it.reason}`
      );
  }
}

function toneOf({ kind }: Occurrence): Row['tone'] {
  if (kind === 'mandate' || kind === 'election') return 'weighty';
  return kind === 'gone' || kind === 'stepped-down' || kind === 'solution-refused'
    ? 'bad'
    : 'plain';
}

function countMembers(count: number): string {
  return `${count} member${count === 1 ? '' : 's'}`;
}

function shortenNames(text: string): string {
  return text.replace(/\b([0-9a-f]{8})(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, '$1');
}

/** A clock that was set back, or a recording that jumps, makes nothing lie in the future. */
export function notBefore(at: UnixMs | null, now: UnixMs): UnixMs {
  return Math.max(at ?? 0, now) as UnixMs;
}

/** How long ago something was. */
export function agoOf(at: UnixMs, now: UnixMs): string {
  return `${((now - at) / 1000).toFixed(1)} s ago`;
}
