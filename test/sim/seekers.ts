/** Commands with which scripts ask a network for searches, and look what came of them. */

import type { Answered } from '../../src/client/client.ts';
import type { Algorithm, Quest } from '../../src/domain/quest.ts';
import type { Commands } from '../script.ts';
import { peerOf, type Stage, worldOf } from './stage.ts';

type Asked = { readonly prefix: string; answered: Answered | null };

/** What the searches of a world have come to so far. */
const answers = new WeakMap<Stage, Asked[]>();

export const seekers: Commands<Stage> = {
  /**
   * search via=p1 prefix=text bits=12 from=0 to=2000 algorithm=sha256d count=1 : goes on by itself;
   * of several, each has its number behind the text
   */
  search: (args, stage) => {
    const { prefix = 'text', algorithm = 'sha256d', bits = '12', from = '0', to = '2000' } = args;
    const count = Number(args['count'] ?? 1);
    const bounds = { bits: Number(bits), from: Number(from), to: Number(to) };
    for (let index = 0; index < count; index += 1) {
      const text = count === 1 ? prefix : `${prefix}${index}`;
      ask(stage, args['via'], { algorithm: algorithm as Algorithm, prefix: text, ...bounds });
    }
    return 'asked';
  },

  /** answers : in the order of the asking */
  answers: async (_, stage) => {
    await new Promise((resolve) => setImmediate(resolve));
    return (answers.get(stage) ?? []).map(describe).join('\n');
  },

  /** cheat who=p1 : from now on it claims to have searched what is leased to it, and has not */
  cheat: (args, stage) => {
    const peer = peerOf(stage, args['who']);
    worldOf(stage).idlers.add(peer.self.clientID);
    return `${peer.name} cheats`;
  },
};

function ask(stage: Stage, via: string | undefined, quest: Quest): void {
  const asked: Asked = { prefix: quest.prefix.slice(0, 20), answered: null };
  answers.set(stage, [...(answers.get(stage) ?? []), asked]);
  void peerOf(stage, via)
    .client.search(quest)
    .then((answered) => {
      asked.answered = answered;
    });
}

function describe({ prefix, answered }: Asked): string {
  if (answered === null) return `${prefix}: no answer yet`;
  const { outcome, proof } = answered;
  if (outcome.kind === 'refused') return `${prefix}: refused, ${outcome.reason}`;
  const { reports, peers, covered, near, expected, named } = proof;
  const what = outcome.kind === 'found' ? `lowest ${outcome.nonce}` : 'none';
  return (
    `${prefix}: ${what}; ${covered} covered by ${reports} reports of ${peers} peers, ` +
    `${near} near misses of about ${Math.round(expected)}, ${named} named`
  );
}
