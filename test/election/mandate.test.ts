import { it } from 'vitest';
import type { Vote } from '../../src/domain/message.ts';
import type { Digest, Term, TransactionID, VoteID } from '../../src/domain/names.ts';
import type { Roster } from '../../src/domain/roster.ts';
import { boothOf } from '../../src/election/booth.ts';
import { countVotes, problemOf } from '../../src/election/mandate.ts';
import { id, listOf, rosterOf } from '../names.ts';
import { runScript } from '../script.ts';

/** `ann>bob` as ann's vote for bob; `ann>bob@4` in term 4, `ann>bob#x` under roster x. */
function voteOf(text: string, roster: Roster, term: number, height: number): Vote {
  const [, voter = '', controller = '', otherTerm, otherRoster] =
    /^(\w+)>(\w+)(?:@(\d+))?(?:#(\w+))?$/.exec(text) ?? [];
  return {
    kind: 'vote',
    clientID: id(voter),
    term: Number(otherTerm ?? term) as Term,
    voteID: '0'.repeat(16) as VoteID,
    controllerID: id(controller),
    draw: '0'.repeat(64) as Digest,
    drawn: 'f',
    roster: (otherRoster ?? roster.digest) as Digest,
    transactionID: height as TransactionID,
  };
}

it('counts and checks mandates as mandate.txt says', async () => {
  await runScript(new URL('./mandate.txt', import.meta.url), {
    count: ({ roster: names = '', votes, founding }) => {
      const roster = rosterOf(names);
      const isFounding = founding === 'yes';
      const booth = boothOf({}, 3 as Term);
      for (const text of listOf(votes)) {
        const vote = voteOf(text, roster, 3, isFounding ? -1 : 5);
        booth.votes[vote.clientID] = { vote, text };
      }
      const mandate = countVotes(booth, roster, isFounding);
      const [first] = mandate ?? [];
      if (mandate === null || first === undefined) return 'no mandate';
      return `${first.vote.controllerID} by ${mandate.map(({ text }) => text).join(' ')}`;
    },
    check: ({ roster: names = '', votes, for: controller = '', height = '5' }) => {
      const roster = rosterOf(names);
      const cast = listOf(votes).map((text) => voteOf(text, roster, 3, Number(height)));
      const claim = { term: 3 as Term, controllerID: id(controller), votes: cast };
      return problemOf(claim, roster) ?? 'holds';
    },
  });
});
