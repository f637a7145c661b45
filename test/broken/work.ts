/** Clients that break mining. */

import type { Block, Enveloped, Result } from '../../src/domain/message.ts';
import type { ClientID, UnixMs } from '../../src/domain/names.ts';
import { digestOf, type Opening, openingOfBlock, zeroBits } from '../../src/ledger/block.ts';
import { merkleRoot } from '../../src/ledger/merkle.ts';
import { nodeHasher } from '../../src/node/crypto.ts';
import type { Broken } from './client.ts';
import type { Said, Tape } from './tape.ts';

type Accepted = Said<'result'> & { readonly message: Extract<Result, { result: 1 }> };

/** Results with a mined block, without the first few. */
const winsOf = (tape: Tape): readonly Accepted[] =>
  tape
    .all('result')
    .filter((line): line is Accepted => line.message.result === 1)
    .filter(({ message }) => message.block.change === undefined && message.transactionID >= 4);

function winOf(tape: Tape): Accepted {
  const [win] = winsOf(tape);
  if (win === undefined) throw new Error('There is a result on the tape.');
  return win;
}

const challengeOf = (tape: Tape): Said<'challenge'> =>
  tape.first(
    'challenge',
    ({ transactionID }) => transactionID === winOf(tape).message.transactionID,
  );

const isSolved = (opening: Opening, clientID: ClientID, solution: string): boolean =>
  zeroBits(digestOf({ ...opening, clientID, solution }, nodeHasher)) >= opening.challenge;

/** Digits that solve it for this miner, or that don't. */
function digits(opening: Opening, miner: ClientID, areRight: boolean): string {
  for (let nonce = 1; ; nonce += 1) {
    const solution = nonce.toString(16).padStart(16, '0');
    if (isSolved(opening, miner, solution) === areRight) return solution;
  }
}

/** Somebody else than the winner and the controller. */
function otherThan(tape: Tape, ...names: readonly ClientID[]): ClientID {
  return tape.first('solution', ({ clientID }) => !names.includes(clientID)).message.clientID;
}

function dubResult(tape: Tape, change: (message: Accepted['message']) => Enveloped): Tape {
  const win = winOf(tape).message;
  return tape.dub((message) => (message === win ? change(win) : message));
}

const forge = (text: string): string => text.replace(/"Signature":"..../, '"Signature":"0000');

export const BROKEN_WORKERS: readonly Broken[] = [
  {
    rule: 'R02',
    does: 'announces two winners',
    play: (tape) => {
      const { message, time } = winOf(tape);
      const { block, controllerID } = message;
      const clientID = otherThan(tape, block.clientID, controllerID);
      const solution = digits(openingOfBlock(block), clientID, true);
      const other: Block = { ...block, clientID, solution };
      const second = { ...message, clientID, solution, block: other };
      return { tape: tape.with(time + 50, second), who: controllerID };
    },
  },
  {
    rule: 'R04',
    does: 'acknowledges two blocks',
    play: (tape) => {
      const { message, time } = tape.first('acknowledgement');
      const digest = nodeHasher.sha256('another block');
      return { tape: tape.with(time + 30, { ...message, digest }), who: message.clientID };
    },
  },
  {
    rule: 'R14',
    does: 'opens a challenge that is too easy',
    play: (tape) => {
      const { message } = challengeOf(tape);
      const dubbed = tape.dub((it) =>
        it.kind === 'challenge' &&
        it.transactionID === message.transactionID &&
        it.clientID === message.clientID
          ? { ...it, challenge: 1 }
          : it,
      );
      return { tape: dubbed, who: message.clientID };
    },
  },
  {
    rule: 'R15',
    does: 'opens two challenges',
    play: (tape) => {
      const { message, time } = challengeOf(tape);
      const second = { ...message, time: (message.time + 1) as UnixMs };
      return { tape: tape.with(time + 10, second), who: message.clientID };
    },
  },
  {
    rule: 'R15',
    does: 'proposes two blocks',
    play: (tape) => {
      const { message, time } = tape.first('proposal');
      const { block } = message;
      const clientID = otherThan(tape, block.clientID);
      const solution = digits(openingOfBlock(block), clientID, true);
      const second = { ...message, block: { ...block, clientID, solution } };
      return { tape: tape.with(time + 1, second), who: message.clientID };
    },
  },
  {
    rule: 'R16',
    does: 'proposes a block that nobody worked for',
    play: (tape) => {
      const { transactionID } = winOf(tape).message;
      const isIt = (message: Enveloped): message is Said<'proposal'>['message'] =>
        message.kind === 'proposal' && message.block.transactionID === transactionID;
      const proposal = tape.first('proposal', isIt).message;
      const { block } = proposal;
      const solution = digits(openingOfBlock(block), block.clientID, false);
      const dubbed = tape.dub((it) => (isIt(it) ? { ...it, block: { ...block, solution } } : it));
      return { tape: dubbed, who: proposal.clientID };
    },
  },
  {
    rule: 'R17',
    does: 'forges a seal',
    play: (tape) => {
      const { seal, controllerID } = winOf(tape).message;
      const forged = seal.map((text, index) => (index === 0 ? forge(text) : text));
      return { tape: dubResult(tape, (win) => ({ ...win, seal: forged })), who: controllerID };
    },
  },
  {
    rule: 'R17',
    does: 'takes one yes for a majority',
    play: (tape) => {
      const { seal, controllerID } = winOf(tape).message;
      const few = seal.slice(0, 1);
      return { tape: dubResult(tape, (win) => ({ ...win, seal: few })), who: controllerID };
    },
  },
  {
    rule: 'R17',
    does: 'counts a yes twice',
    play: (tape) => {
      const { seal, controllerID } = winOf(tape).message;
      const twice = [...seal.slice(0, 2), ...seal.slice(0, 1)];
      return { tape: dubResult(tape, (win) => ({ ...win, seal: twice })), who: controllerID };
    },
  },
  {
    rule: 'R18',
    does: 'guesses',
    play: (tape) => {
      const { block, controllerID } = winOf(tape).message;
      const who = otherThan(tape, block.clientID, controllerID);
      const solution = digits(openingOfBlock(block), who, false);
      const { transactionID } = block;
      const guess = { kind: 'solution', clientID: who, transactionID, solution } as const;
      return { tape: tape.with(challengeOf(tape).time + 5, guess), who };
    },
  },
  {
    rule: 'R19',
    does: 'steals a solution',
    play: (tape) => {
      for (const { message } of winsOf(tape)) {
        const { block, controllerID } = message;
        const { clientID, transactionID, solution } = block;
        const who = otherThan(tape, clientID, controllerID);
        if (isSolved(openingOfBlock(block), who, solution)) continue;
        const { time } = tape.first('solution', (it) => it.solution === solution);
        const stolen = { kind: 'solution', clientID: who, transactionID, solution } as const;
        return { tape: tape.with(time + 2, stolen), who };
      }
      throw new Error('There is a solution that is not somebody else’s, too.');
    },
  },
  {
    rule: 'R20',
    does: 'answers late',
    play: (tape) => {
      const { message, time } = winOf(tape);
      const { block, controllerID } = message;
      const who = otherThan(tape, block.clientID, controllerID);
      const solution = digits(openingOfBlock(block), who, true);
      const { transactionID } = block;
      const late = { kind: 'solution', clientID: who, transactionID, solution } as const;
      return { tape: tape.with(time + 20_000, late), who };
    },
  },
  {
    rule: 'R21',
    does: 'refuses a solution that is right',
    play: (tape) => {
      const { clientID, transactionID, solution, controllerID } = winOf(tape).message;
      const { time } = tape.first('solution', (it) => it.solution === solution);
      const about = { clientID, controllerID, transactionID, solution };
      const no = { kind: 'result', ...about, result: 0, reason: 'invalid' } as const;
      return { tape: tape.with(time + 1, no), who: controllerID };
    },
  },
  {
    rule: 'R22',
    does: 'announces a result when everybody has forgotten it',
    play: (tape) => {
      const { message } = winOf(tape);
      const late = tape.map((line) =>
        line.message === message ? { ...line, time: (line.time + 40_000) as UnixMs } : line,
      );
      return { tape: late, who: message.controllerID };
    },
  },
  {
    rule: 'R23',
    does: 'acknowledges what nobody proposed',
    play: (tape) => {
      const { seal, transactionID } = winOf(tape).message;
      const { message } = tape.first(
        'acknowledgement',
        (it, { payload }) =>
          it.transactionID === transactionID && !seal.includes(new TextDecoder().decode(payload)),
      );
      const digest = nodeHasher.sha256('another block');
      const other = { ...message, digest };
      return { tape: tape.dub((it) => (it === message ? other : it)), who: message.clientID };
    },
  },
  {
    rule: 'R23',
    does: 'acknowledges in a term that is over for it',
    play: (tape) => {
      const { message, time } = tape.first('vote', ({ term }) => term === 2);
      const { clientID, transactionID } = message;
      const digest = nodeHasher.sha256('a block of the past');
      const old = { kind: 'acknowledgement', clientID, term: 1, transactionID, digest };
      return { tape: tape.with(time + 10_000, old as Enveloped), who: clientID };
    },
  },
  {
    rule: 'R39',
    does: 'says a batch that is not what its Root says',
    play: (tape) => {
      const { message } = tape.first('batch');
      const more = { ...message, transactions: [...message.transactions, ...message.transactions] };
      return { tape: tape.dub((it) => (it === message ? more : it)), who: message.clientID };
    },
  },
  {
    rule: 'R39',
    does: 'puts a transaction into a block that nobody signed',
    play: (tape) => {
      const { message, time } = tape.first('batch');
      const forged = message.transactions.map((text) =>
        text.replace(/"signature": "..../, '"signature": "0000'),
      );
      const root = merkleRoot(forged, nodeHasher);
      const other = { ...message, transactions: forged, root };
      return { tape: tape.with(time + 100, other), who: message.clientID };
    },
  },
  {
    rule: 'R39',
    does: 'opens a challenge for what is spent already',
    play: (tape) => {
      const [first, second] = tape.all('batch');
      if (!first || !second) throw new Error('There are two batches.');
      const { root } = second.message;
      const { transactions } = first.message;
      const again = { ...second.message, transactions, root: first.message.root };
      const { message } = tape.first('challenge', (it) => it.root === root);
      return {
        tape: tape
          .dub((it) => (it === second.message ? again : it))
          .dub((it) =>
            it.kind === 'challenge' && it.root === root ? { ...it, root: again.root } : it,
          ),
        who: message.clientID,
      };
    },
  },
  {
    rule: 'R24',
    does: 'leaves a block out of its answer',
    play: (tape) => {
      const { message } = tape.first('answer', (it) => 'blocks' in it && it.blocks.length > 2);
      if (!('blocks' in message)) throw new Error('It has blocks.');
      const { blocks } = message;
      const cut = { ...message, blocks: blocks.filter((_, index) => index !== 1) };
      return { tape: tape.dub((it) => (it === message ? cut : it)), who: message.clientID };
    },
  },
];
