/** Commands for scripts in which a stranger repeats what it has overheard, or a member lies. */

import type { Delivery } from '../../src/client/link.ts';
import { assert } from '../../src/domain/assert.ts';
import type { ClientID, Term, TransactionID } from '../../src/domain/names.ts';
import type { Arguments, Commands } from '../script.ts';
import { peerOf, type Stage, worldOf } from './stage.ts';

/** A second into the lives of these worlds, by the clocks of their peers. */
const laterUnix = 1_767_225_601_000;

export const strangers: Commands<Stage> = {
  /**
   * claim from=p3 term=9007199254740991 height=9 incarnation=7 every=5000 for=20000 : heartbeats of
   * a member, with the counts that it claims
   */
  claim: (args, stage) => {
    const world = worldOf(stage);
    const peer = peerOf(stage, args['from']);
    const { every = '5000', for: forMs = '5000' } = args;
    const view = world.view(peer);
    const times = Number(forMs) / Number(every);
    for (let time = 0; time < times; time += 1)
      world.agenda.plan(time * Number(every), () =>
        world.utter(peer, {
          kind: 'heartbeat',
          clientID: peer.self.clientID,
          // After all that it said itself until it was killed.
          incarnation: Number(args['incarnation'] ?? laterUnix),
          beat: time + 1,
          term: Number(args['term'] ?? view.term) as Term,
          controllerID: view.controllerID,
          transactionID: Number(args['height'] ?? view.height) as TransactionID,
          network: view.network,
          state: 'ready',
          hashRate: 0,
        }),
      );
    return `${times} times`;
  },

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
