import { it } from 'vitest';
import type { Instant } from '../../src/domain/names.ts';
import { judge, type Watch } from '../../src/election/suspicion.ts';
import { runScript } from '../script.ts';

it('suspects controllers as suspicion.txt says', async () => {
  await runScript(new URL('./suspicion.txt', import.meta.url), {
    judge: ({
      now = '0',
      heard = '0',
      jitter = '0',
      gone,
      unconfirmed,
      without,
      idle,
      ...rest
    }) => {
      const [how, at] = gone?.split(':') ?? [];
      const watch: Watch = {
        now: Number(now) as Instant,
        heartbeatMs: 5_000,
        jitterMs: Number(jitter),
        termWithoutSince: without === undefined ? null : (Number(without) as Instant),
        heardAt: Number(heard) as Instant,
        gone: (how as Watch['gone']) ?? null,
        goneAt: Number(at ?? 0) as Instant,
        isRemoved: 'removed' in rest,
        hasSteppedDown: 'stepped-down' in rest,
        obeyedAt: Number(unconfirmed ?? 0) as Instant,
        isConfirmed: unconfirmed === undefined,
        isUnjust: 'unjust' in rest,
        idleSince: idle === undefined ? null : (Number(idle) as Instant),
      };
      const verdict = judge(watch);
      return verdict.kind === 'suspect' ? `suspect: ${verdict.why}` : `wait until ${verdict.until}`;
    },
  });
});
