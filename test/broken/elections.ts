/** Clients that break elections. */

import type { Enveloped, Vote } from '../../src/domain/message.ts';
import type { ClientID, Nonce, Term, VoteID } from '../../src/domain/names.ts';
import { numberOf } from '../../src/election/draw.ts';
import { nodeHasher } from '../../src/node/crypto.ts';
import type { Broken } from './client.ts';
import type { Said, Tape } from './tape.ts';

/** The second election, whose controller has a majority's votes and not everybody's. */
const TERM = 2;

const mandateOf = (tape: Tape): Said<'mandate'> =>
  tape.first('mandate', ({ term }) => term === TERM);

const controllerOf = (tape: Tape): ClientID => mandateOf(tape).message.clientID;

/** Somebody who voted, and is not the controller. */
function voterOf(tape: Tape, isInMandate: boolean): Said<'vote'> {
  const { votes } = mandateOf(tape).message;
  return tape.first(
    'vote',
    (vote, { payload }) =>
      vote.term === TERM &&
      vote.clientID !== controllerOf(tape) &&
      votes.includes(new TextDecoder().decode(payload)) === isInMandate,
  );
}

/** One voter's vote, wherever it stands. */
function dubVote(tape: Tape, voter: ClientID, change: (vote: Vote) => Vote): Tape {
  return tape.dub((message) =>
    message.kind === 'vote' && message.term === TERM && message.clientID === voter
      ? change(message)
      : message,
  );
}

function rig(vote: Vote, text: string): Vote {
  const draw = nodeHasher.sha256(text);
  return { ...vote, draw, voteID: numberOf(draw, vote.clientID, nodeHasher) };
}

/** Says it as somebody else. */
const as = <Said extends Enveloped>(message: Said, clientID: ClientID): Said => ({
  ...message,
  clientID,
});

const observerOf = (tape: Tape): ClientID => {
  const { members } = mandateOf(tape).message;
  const names = new Set(members.map(({ clientID }) => clientID));
  return tape.first('heartbeat', ({ clientID }) => !names.has(clientID)).message.clientID;
};

export const BROKEN_VOTERS: readonly Broken[] = [
  {
    rule: 'R01',
    does: 'governs in the term of another',
    play: (tape) => {
      const { message, time } = tape.first('challenge', ({ term }) => term === TERM);
      const who = voterOf(tape, true).message.clientID;
      return { tape: tape.with(time + 40, as(message, who)), who };
    },
  },
  {
    rule: 'R03',
    does: 'votes twice',
    play: (tape) => {
      const { message, time } = voterOf(tape, true);
      const second = { ...message, controllerID: message.clientID };
      return { tape: tape.with(time + 20, second), who: message.clientID };
    },
  },
  {
    rule: 'R05',
    does: 'forgets its term',
    play: (tape) => {
      const later = mandateOf(tape).time + 20_000;
      const { message } = tape.first('heartbeat', (_, { time }) => time > later);
      const fallen = { ...message, term: 1 as Term };
      return { tape: tape.dub((it) => (it === message ? fallen : it)), who: message.clientID };
    },
  },
  {
    rule: 'R06',
    does: 'chooses its number',
    play: (tape) => {
      const who = voterOf(tape, true).message.clientID;
      const highest = 'f'.repeat(16) as VoteID;
      return { tape: dubVote(tape, who, (vote) => ({ ...vote, voteID: highest })), who };
    },
  },
  {
    rule: 'R07',
    does: 'draws a lot of its own',
    play: (tape) => {
      const who = voterOf(tape, true).message.clientID;
      return { tape: dubVote(tape, who, (vote) => rig(vote, 'heads')), who };
    },
  },
  {
    rule: 'R07',
    does: 'votes for itself, whatever the draw says',
    play: (tape) => {
      const who = voterOf(tape, false).message.clientID;
      return { tape: dubVote(tape, who, (vote) => ({ ...vote, controllerID: who })), who };
    },
  },
  {
    rule: 'R07',
    does: 'votes for itself where another one is the lowest',
    election: 'present',
    play: (tape) => {
      const who = voterOf(tape, false).message.clientID;
      return { tape: dubVote(tape, who, (vote) => ({ ...vote, controllerID: who })), who };
    },
  },
  {
    rule: 'R07',
    does: 'votes without the lot for somebody who does not take part',
    election: 'lowest',
    play: (tape) => {
      const who = voterOf(tape, false).message.clientID;
      const dead = tape.first('mandate', ({ term }) => term === 1).message.clientID;
      return { tape: dubVote(tape, who, (vote) => ({ ...vote, controllerID: dead })), who };
    },
  },
  {
    rule: 'R08',
    does: 'reveals another nonce than it committed to',
    play: (tape) => {
      const { clientID: who } = tape.first('reveal', ({ term }) => term === TERM).message;
      const nonce = nodeHasher.sha256('another') as string as Nonce;
      const dubbed = tape.dub((message) =>
        message.kind === 'reveal' && message.term === TERM && message.clientID === who
          ? { ...message, nonce }
          : message,
      );
      return { tape: dubbed, who };
    },
  },
  {
    rule: 'R09',
    does: 'counts somebody who committed when all others had revealed',
    play: (tape) => {
      const commitment = tape.first('commitment', ({ term }) => term === TERM);
      const late = commitment.message.clientID;
      const reveals = tape.all('reveal').filter(({ message }) => message.term === TERM);
      const last = Math.max(...reveals.map(({ time }) => time));
      const isLate = (message: Enveloped | null): boolean =>
        message?.kind === 'commitment' && message.term === TERM && message.clientID === late;
      // Only one voter counts it; the others have revealed nothing that we heard.
      const who = voterOf(tape, true).message.clientID;
      const others = (message: Enveloped | null): boolean =>
        message?.kind === 'vote' && message.term === TERM && message.clientID !== who;
      return {
        tape: tape
          .without(({ message }) => isLate(message) || others(message))
          .without(({ message }) => message?.kind === 'mandate' && message.term === TERM)
          .with(last + 2_800, commitment.message),
        who,
      };
    },
  },
  {
    rule: 'R10',
    does: 'takes part in an election without a seat',
    play: (tape) => {
      const { message, time } = tape.first('commitment', ({ term }) => term === TERM);
      const who = observerOf(tape);
      return { tape: tape.with(time + 1, as(message, who)), who };
    },
  },
  {
    rule: 'R10',
    does: 'acknowledges without a seat',
    play: (tape) => {
      const { message, time } = tape.first('acknowledgement', ({ term }) => term === TERM);
      const who = observerOf(tape);
      return { tape: tape.with(time + 1, as(message, who)), who };
    },
  },
  {
    rule: 'R11',
    does: 'hides in its vote what it acknowledged',
    play: (tape) => {
      const { message, time } = voterOf(tape, true);
      const { clientID, transactionID } = message;
      const digest = nodeHasher.sha256('a block that came to nothing');
      const term = 1 as Term;
      const yes = { kind: 'acknowledgement', clientID, term, transactionID, digest } as const;
      return { tape: tape.with(time - 20_000, yes), who: clientID };
    },
  },
  {
    rule: 'R12',
    does: 'governs by the votes of a minority',
    play: (tape) => {
      const who = controllerOf(tape);
      const dubbed = tape.dub((message) =>
        message.kind === 'mandate' && message.term === TERM
          ? { ...message, votes: message.votes.slice(1) }
          : message,
      );
      return { tape: dubbed, who };
    },
  },
  {
    rule: 'R12',
    does: 'shows a mandate with a vote that nobody gave',
    play: (tape) => {
      const { message } = mandateOf(tape);
      const [first = ''] = message.votes;
      const forged = first.replace(/"Signature":"..../, '"Signature":"0000');
      const dubbed = tape.dub((it) =>
        it.kind === 'mandate' && it.term === TERM
          ? { ...it, votes: [forged, ...it.votes.slice(1)] }
          : it,
      );
      return { tape: dubbed, who: message.clientID };
    },
  },
  {
    rule: 'R13',
    does: 'forgets what its voters had acknowledged',
    play: (tape) => {
      const voter = voterOf(tape, true).message;
      const { block } = tape.first(
        'proposal',
        (it) => it.term === TERM && it.block.transactionID === voter.transactionID,
      ).message;
      const other = { ...block, clientID: voter.clientID };
      const accepted = { term: 1 as Term, block: other };
      const dubbed = dubVote(tape, voter.clientID, (vote) => ({ ...vote, accepted }));
      return { tape: dubbed, who: controllerOf(tape) };
    },
  },
];
