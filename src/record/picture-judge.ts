/** What a message breaks, as far as somebody can tell who only listens. */

import type { Hasher } from '../domain/crypto.ts';
import type { Enveloped, Mandate, Message, Vote } from '../domain/message.ts';
import { senderOf } from '../domain/message.ts';
import type { Term } from '../domain/names.ts';
import type { Refusal } from '../domain/refusal.ts';
import { makeRoster } from '../domain/roster.ts';
import { isFar } from '../election/booth.ts';
import { commitmentOf } from '../election/draw.ts';
import { problemOf } from '../election/mandate.ts';
import { digestOf, zeroBits } from '../ledger/block.ts';
import { isMemberIn, type Picture } from './picture.ts';

/** A message that the door let in; `retained`: the broker had kept it. */
type Heard = {
  readonly message: Message;
  readonly evidence: readonly Message[];
  readonly retained: boolean;
};

/**
 * Null for what breaks nothing that shows from here. Heads know more, and the referee judges by all
 * rules: this is what one sees at a glance.
 */
export function judge(picture: Picture, heard: Heard, hasher: Hasher): Refusal | null {
  const { message, retained } = heard;
  const stale = staleness(picture, message);
  if (stale !== null) return stale;
  // Its age is unknown.
  if (retained && message.kind !== 'presence' && message.kind !== 'mandate')
    return { code: 'retained' };
  switch (message.kind) {
    case 'introduction':
    case 'presence':
      // What a broker kept may be of peers long gone: their rules are nobody's business.
      return retained ? null : problemOfRules(picture, message.rules);
    case 'heartbeat':
      return problemOfNetwork(picture, message.network);
    case 'commitment':
    case 'reveal':
    case 'vote':
      return problemOfVoter(picture, message, hasher);
    case 'mandate':
      return problemOfMandate(picture, message, heard.evidence, hasher);
    case 'challenge':
      return problemOfOffice(picture, message);
    case 'proposal':
      return problemOfOffice(picture, message) ?? problemOfWork(message.block, hasher);
    case 'acknowledgement':
      return problemOfMember(picture, message);
    case 'result':
      return message.result === 1 ? problemOfResult(picture, message, hasher) : null;
    default:
      return null;
  }
}

/** What came too late, or again. */
function staleness(picture: Picture, message: Message): Refusal | null {
  if ('incarnation' in message) {
    const known = picture.peers[message.clientID];
    if (known !== undefined && message.incarnation < known.incarnation) {
      return { code: 'stale-incarnation' };
    }
    if (message.kind !== 'heartbeat' || known?.beat == null) return null;
    const isSame = known.beat.incarnation === message.incarnation;
    return isSame && message.beat <= known.beat.beat ? { code: 'stale-beat' } : null;
  }
  if ('term' in message && message.term < picture.term) {
    return { code: 'stale-term', term: message.term, ours: picture.term };
  }
  const number = numberIn(message);
  const { height } = picture;
  return number === null || height === null || number >= height
    ? null
    : { code: 'stale-transaction', transactionID: number };
}

function numberIn(message: Message) {
  if (message.kind === 'proposal') return message.block.transactionID;
  return message.kind === 'acknowledgement' || message.kind === 'challenge'
    ? message.transactionID
    : null;
}

function problemOfRules({ rules, rulesOf }: Picture, theirs: string): Refusal | null {
  return rules === null || rulesOf === 'anybody' || rules === theirs
    ? null
    : { code: 'other-rules', theirs, ours: rules };
}

function problemOfNetwork({ network }: Picture, theirs: Picture['network']): Refusal | null {
  if (network === null || theirs === null || network === theirs) return null;
  return { code: 'other-network', theirs, ours: network };
}

function problemOfMember(picture: Picture, message: Enveloped): Refusal | null {
  const isKnown = picture.roster !== null && picture.controller?.isAlive === true;
  return !isKnown || isMemberIn(picture, senderOf(message)) ? null : { code: 'not-a-member' };
}

function problemOfVoter(
  picture: Picture,
  message: Extract<Message, { kind: 'commitment' | 'reveal' | 'vote' }>,
  hasher: Hasher,
): Refusal | null {
  const stranger = problemOfMember(picture, message);
  if (stranger !== null) return stranger;
  const { clientID, term } = message;
  if (isFar(term, picture.term)) return { code: 'far-term', term, ours: picture.term };
  if (message.kind !== 'reveal' || picture.election?.term !== term) return null;
  const commit = picture.election.commitments[clientID];
  if (commit === undefined) return null;
  const isOpened = commitmentOf(term, clientID, message.nonce, hasher) === commit;
  return isOpened ? null : { code: 'wrong-commitment' };
}

function problemOfMandate(
  picture: Picture,
  mandate: Mandate,
  evidence: readonly Message[],
  hasher: Hasher,
): Refusal | null {
  const votes = evidence.filter((message): message is Vote => message.kind === 'vote');
  const rules = picture.peers[mandate.clientID]?.rules ?? picture.rules;
  // Without the Rules, the digest of its roster can't be computed.
  if (rules === null) return null;
  const roster = makeRoster(mandate.members, rules, hasher);
  const claim = { term: mandate.term, controllerID: mandate.clientID, votes };
  const problem = problemOf(claim, roster);
  return problem === null ? null : { code: 'not-a-mandate', problem };
}

/** Of a term whose mandate was not heard yet, anybody may be controller. */
function problemOfOffice(
  { controller }: Picture,
  message: Enveloped & { readonly term: Term },
): Refusal | null {
  const isOther = controller?.term === message.term && controller.clientID !== senderOf(message);
  return isOther ? { code: 'not-the-controller', term: message.term } : null;
}

type Result = Extract<Message, { kind: 'result'; result: 1 }>;

function problemOfResult(picture: Picture, { block }: Result, hasher: Hasher): Refusal | null {
  const known = picture.results.find((it) => it.block.transactionID === block.transactionID);
  if (known !== undefined && known.digest !== digestOf(block, hasher)) {
    return { code: 'wrong-block', problem: 'another block of this number was announced before' };
  }
  return problemOfWork(block, hasher);
}

function problemOfWork(block: Result['block'], hasher: Hasher): Refusal | null {
  if (block.change !== undefined) return null;
  const bits = zeroBits(digestOf(block, hasher));
  if (bits >= block.challenge) return null;
  const problem = `its digest has ${bits} zero bits where ${block.challenge} are needed`;
  return { code: 'wrong-block', problem };
}
