/** A picture of a network of the labs' clients as a board. */

import { formatCount, formatSeconds } from '../client/describe.ts';
import { shortLabName } from '../client/describe-lab.ts';
import { describeRefusal } from '../client/describe-turn.ts';
import { countOf } from '../domain/count-of.ts';
import type { UnixMs } from '../domain/names.ts';
import type {
  LabOccurrence,
  LabPeerPicture,
  LabPicture,
  LabResultPicture,
} from '../record/lab-picture.ts';
import { type Board, type Row, row } from './board.ts';
import { formatElapsed } from './screen-layout.ts';
import { agoOf, notBefore } from './watch-board.ts';

const PEERS_TITLE = peerLine(['peer', 'role', 'state', 'wins', 'vote', 'last word']);

/** Nothing in these dialects says that somebody is alive: this is a hint, and no more. */
const SILENT_MS = 60_000;

/** `unixMs`: now, by the clock by which the messages came. */
export function labBoardOf(picture: LabPicture, unixMs: UnixMs): Board {
  const now = notBefore(picture.at, unixMs);
  const { results, refusals, occurrences, since } = picture;
  const refused = Object.values(refusals).sort((a, b) => a.at - b.at);
  const count = refused.reduce((sum, it) => sum + it.count, 0);
  return {
    head: headOf(picture, now),
    draw: electionOf(picture),
    peersTitle: PEERS_TITLE,
    peers: Object.values(picture.peers).map((peer) => peerOf(picture, peer, now)),
    work: workOf(picture, now),
    fraction: null,
    resultsTitle: `results: ${picture.resultsHeard}`,
    results: results.map(resultOf),
    refusalsTitle: `refused: ${count}`,
    refusals: refused.map(({ count: times, check, from, at, refusal }) => {
      const who = from === null ? 'somebody' : shortLabName(from);
      const text = `${String(times).padStart(4)}  ${check.padEnd(10)}${describeRefusal(refusal)}`;
      return row(refusal.code, `${text}, ${who}, ${agoOf(at, now)}`, 'bad');
    }),
    events: occurrences.map((it, index) => {
      const at = formatElapsed(it.at - (since ?? it.at)).padStart(6);
      return row(`${it.at} ${index}`, `${at}  ${describeOccurrence(it)}`, toneOf(it));
    }),
  };
}

function headOf(picture: LabPicture, now: UnixMs): Row {
  const { dialect, seats, controller, heard, since, peers } = picture;
  const parts = [dialect, `${Object.keys(peers).length} of ${seats} peers`];
  parts.push(controller === null ? 'no controller' : `controller ${shortLabName(controller.name)}`);
  if (since !== null) parts.push(formatElapsed(now - since));
  parts.push(countOf(heard, 'message'));
  return row('head', parts.join(' · '), controller === null ? 'bad' : 'good');
}

/** Who is elected, or what is missing until somebody is. */
function electionOf({ controller, votes, seats, peers }: LabPicture): Row {
  if (controller !== null) {
    const text = `${controller.voteID} is the highest of the first ${seats} votes`;
    return row('draw', text);
  }
  const silent = Object.values(peers).filter(({ voteID }) => voteID === null);
  const names = silent.map(({ name }) => shortLabName(name)).join(' ');
  const lack = names === '' ? '' : `; none from ${names}`;
  return row('draw', `nobody is elected: ${votes.length} of ${seats} votes${lack}`, 'bad');
}

function peerOf({ controller, challenge }: LabPicture, peer: LabPeerPicture, now: UnixMs): Row {
  const { name, wins, voteID, votes, heardAt, lastKind, gone, solved } = peer;
  const isController = controller?.name === name;
  const isWaiting = challenge !== null && solved === challenge.transactionID;
  const state = stateOf({ isController, isWaiting, isElected: controller !== null, voteID, gone });
  const isSilent = now - heardAt > SILENT_MS;
  const vote = voteID === null ? '-' : `${shortLabName(voteID)}${votes > 1 ? ` (${votes}x)` : ''}`;
  const role = isController ? 'controller' : controller === null ? '' : 'miner';
  const word = `${lastKind} ${agoOf(heardAt, now)}`;
  const text = peerLine([shortLabName(name), role, state, String(wins), vote, word]);
  const tone = gone !== null || isSilent ? 'faint' : isController ? 'good' : 'plain';
  return row(`${typeof name} ${name}`, text, tone);
}

function stateOf(of: {
  readonly isController: boolean;
  readonly isWaiting: boolean;
  readonly isElected: boolean;
  readonly voteID: LabPeerPicture['voteID'];
  readonly gone: LabPeerPicture['gone'];
}): string {
  if (of.gone !== null) return of.gone === 'lost' ? 'is lost' : 'has left';
  if (of.isController) return 'governs';
  if (of.isWaiting) return 'awaits the result';
  if (of.isElected) return '-';
  return of.voteID === null ? 'has not voted' : 'has voted';
}

function peerLine(cells: readonly string[]): string {
  const [name = '', role = '', state = '', wins = '', vote = '', word = ''] = cells;
  const left = `${name.padEnd(10)}${role.padEnd(12)}${state.padEnd(20)}`;
  return `${left}${wins.padStart(6)}  ${vote.padEnd(16)}${word}`;
}

function workOf({ challenge }: LabPicture, now: UnixMs): Row {
  if (challenge === null) return row('work', 'no challenge is open', 'faint');
  const { transactionID, bits, openedAt, solutions } = challenge;
  const begin = `challenge ${transactionID}   ${bits} zero bits   ${formatSeconds(now - openedAt)}`;
  const tries = `about ${formatCount(2 ** bits)} tries expected`;
  return row('work', `${begin}   ${tries}   ${solutions} solutions`);
}

function resultOf({
  transactionID,
  challenge,
  winner,
  solution,
  elapsedMs,
}: LabResultPicture): Row {
  const number = String(transactionID).padStart(4);
  const who = winner === null ? 'somebody unnamed' : shortLabName(winner);
  const time = elapsedMs === null ? '' : formatSeconds(elapsedMs);
  const difficulty = challenge === null ? '' : `, difficulty ${challenge}`;
  return row(transactionID, `${number}  ${who} wins ${time.padStart(8)}  ${solution}${difficulty}`);
}

function describeOccurrence(it: LabOccurrence): string {
  switch (it.kind) {
    case 'here':
      return `${shortLabName(it.peer)} is here`;
    case 'gone':
      return `${shortLabName(it.peer)} ${it.how === 'lost' ? 'is lost' : 'has left'}`;
    case 'elected':
      return `${shortLabName(it.controller)} is elected by ${countOf(it.votes, 'vote')}`;
    case 'solution-refused': {
      const who = it.miner === null ? 'somebody' : shortLabName(it.miner);
      return `a solution of ${who} for challenge ${it.transactionID} is refused`;
    }
  }
}

function toneOf({ kind }: LabOccurrence): Row['tone'] {
  if (kind === 'elected') return 'weighty';
  return kind === 'here' ? 'plain' : 'bad';
}
