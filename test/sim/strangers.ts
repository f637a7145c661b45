/** Commands for scripts in which a stranger publishes again what it has overheard. */

import type { Delivery } from '../../src/client/link.ts';
import { assert } from '../../src/domain/assert.ts';
import type { ClientID } from '../../src/domain/names.ts';
import type { Arguments, Commands } from '../script.ts';
import { peerOf, type Stage, worldOf } from './stage.ts';

export const strangers: Commands<Stage> = {
  /**
   * repeat from=p1|controller topic=heartbeat every=200 for=90000 : the last such message again and
   * again; with `all`, all that were ever said, in their order, each of them once
   */
  repeat: (args, stage) => {
    const { every = '200', for: forMs = '90000' } = args;
    const recorded = recordedOf(stage, args);
    const world = worldOf(stage);
    const last = recorded.at(-1);
    const times = 'all' in args ? recorded.length : Number(forMs) / Number(every);
    for (let time = 0; time < times; time += 1) {
      const said = 'all' in args ? recorded[time] : last;
      assert(said !== undefined, 'A stranger repeats what it has heard.');
      world.agenda.plan(time * Number(every), () => world.inject(said.topic, said.payload));
    }
    return `${Math.ceil(times)} times`;
  },
};

function recordedOf({ overheard, ...stage }: Stage, args: Arguments): readonly Delivery[] {
  const sender: ClientID = peerOf({ overheard, ...stage }, args['from']).self.clientID;
  return overheard.filter(
    ({ topic, payload }) =>
      topic === `sd/${args['topic']}` && new TextDecoder().decode(payload).includes(sender),
  );
}
