/** Asks for the blocks that others have and we don't, until we have them. */

import type { TransactionID } from '../domain/names.ts';
import type { Step } from './step.ts';

export const askMs = 1_000;

/** Whoever claimed the height may have lied, or be gone: we stop asking, and hear of it again. */
const mostAsked = 20;

/** We hear of blocks that we don't have, or of a network: asks, and goes on asking. */
export function fallBehind(step: Step, target: TransactionID): void {
  const { state } = step;
  if (target <= state.memory.height) return;
  const isNew = state.behind === null;
  state.behind = {
    target: Math.max(target, state.behind?.target ?? target) as TransactionID,
    asked: state.behind?.asked ?? 0,
  };
  if (isNew) ask(step);
}

/** Says the request, and again each second until we have caught up. */
export function ask(step: Step): void {
  const { behind, memory, settings } = step.state;
  step.cancel('ask');
  if (behind === null) return;
  if (memory.height >= behind.target || behind.asked >= mostAsked) {
    step.state.behind = null;
    return;
  }
  behind.asked += 1;
  const { self, isQuiet } = settings;
  step.say({
    kind: 'request',
    clientID: step.self,
    from: memory.height,
    ...(isQuiet === true && { publicKey: self.publicKey }),
  });
  step.alarm('ask', askMs);
}
