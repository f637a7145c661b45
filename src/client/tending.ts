/** What a head asks of its link beside its words: to hear presences of others, to clear its own. */

import { assert } from '../domain/assert.ts';
import type { Effect } from '../domain/contract.ts';
import type { ClientID } from '../domain/names.ts';
import type { Link } from './link.ts';

type Hands = {
  readonly self: ClientID;
  readonly link: Link;
  readonly speech: { readonly presenceTopic?: (peer: ClientID) => string };
};

/** An empty retained payload is how MQTT has a broker forget (MQTT-3.3.1-10). */
export function tendPresences(
  effect: Extract<Effect, { kind: 'attend' | 'clear' }>,
  { self, link, speech }: Hands,
): void {
  const { presenceTopic } = speech;
  assert(presenceTopic !== undefined, 'A head that speaks of presences has topics for them.');
  if (effect.kind === 'attend') link.attend(effect.to.map(presenceTopic));
  else link.publish(presenceTopic(self), '', { qos: 1, retained: true });
}
