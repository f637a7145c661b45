import { it } from 'vitest';
import { type Candidate, type Care, changeDue } from '../../src/controller/care.ts';
import type { Instant } from '../../src/domain/names.ts';
import type { Admission } from '../../src/domain/roster.ts';
import { changeText } from '../../src/ledger/change.ts';
import { id, listOf, member, rosterOf } from '../names.ts';
import { runScript } from '../script.ts';

/** `eve@90`: last heard at 90 s; `eve@90+20`: there since 20 s; `eve@90!`: gone; `?`: not ready. */
function candidateOf(text: string): Candidate {
  const [, name = '', heard = '0', since = '0', mark] =
    /^(\w+)@(\d+)(?:\+(\d+))?([!?])?$/.exec(text) ?? [];
  return {
    ...member(name),
    hasSaidGoodbye: mark === '!',
    heardAt: (Number(heard) * 1_000) as Instant,
    hereSince: (Number(since) * 1_000) as Instant,
    isReady: mark === undefined,
  };
}

it('cares for the roster as care.txt says', async () => {
  await runScript(new URL('./care.txt', import.meta.url), {
    due: ({ roster = '', seats = '3', peers, now = '100', since = '0', leaving, ...more }) => {
      const admit = more['admit'] as Admission | undefined;
      const care: Care = {
        self: id('ann'),
        isLeaving: leaving !== undefined,
        electorate: {
          roster: rosterOf(roster),
          seats: Number(seats),
          admit: admit ?? 'waiting',
          founders: listOf(more['founders']).map(member),
        },
        peers: listOf(peers).map(candidateOf),
        now: (Number(now) * 1_000) as Instant,
        since: (Number(since) * 1_000) as Instant,
        removalMs: 60_000,
        patienceMs: 15_000,
      };
      const change = changeDue(care);
      return change === null ? 'nothing' : changeText(change).replace(/ key of \w+/, '');
    },
  });
});
