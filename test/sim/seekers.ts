/** Commands with which scripts ask a network for searches, and look what came of them. */

import type { Answered } from '../../src/client/client.ts';
import type { Algorithm } from '../../src/domain/quest.ts';
import type { Commands } from '../script.ts';
import { peerOf, type Stage, worldOf } from './stage.ts';

type Asked = { readonly prefix: string; answered: Answered | null };

/** What the searches of a world have come to so far. */
const answers = new WeakMap<Stage, Asked[]>();

export const seekers: Commands<Stage> = {
  /** search via=p1 prefix=text bits=12 from=0 to=2000 algorithm=sha256d : goes on by itself */
  search: (args, stage) => {
    const { prefix = 'text', algorithm = 'sha256d', bits = '12', from = '0', to = '2000' } = args;
    const asked: Asked = { prefix: prefix.slice(0, 20), answered: null };
    answers.set(stage, [...(answers.get(stage) ?? []), asked]);
    const quest = {
      algorithm: algorithm as Algorithm,
      prefix,
      bits: Number(bits),
      from: Number(from),
      to: Number(to),
    };
    void peerOf(stage, args['via'])
      .client.search(quest)
      .then((answered) => {
        asked.answered = answered;
      });
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
