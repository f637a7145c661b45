/** Stands before a door with payloads in hand, and counts how many signatures it checks. */

import type { Enveloped } from '../../src/domain/message.ts';
import type { Instant } from '../../src/domain/names.ts';
import type { Refusal } from '../../src/domain/refusal.ts';
import { nodeHasher, nodeVerifier } from '../../src/node/crypto.ts';
import { Door, type DoorView, type Verdict } from '../../src/wire/door.ts';
import { topicOf } from '../../src/wire/topics.ts';
import { type Actor, actor, PREFIX, say, term, transaction } from './samples.ts';

/** What a peer knows that has heard nothing. */
export const NOTHING: DoorView = {
  term: term(0),
  height: transaction(-1),
  members: new Set(),
  judge: () => null,
};

export class Doorstep {
  readonly self: Actor = actor();
  readonly door: Door;
  view: DoorView = NOTHING;
  at = 0;
  /** How many signatures were checked. */
  checks = 0;
  /** Set to make every signature pass or fail without looking at it. */
  always: boolean | null = null;

  constructor() {
    const verifier = nodeVerifier();
    this.door = new Door({
      prefix: PREFIX,
      self: this.self.member,
      hasher: nodeHasher,
      verifier: {
        verify: (publicKey, text, signature) => {
          this.checks += 1;
          return this.always ?? verifier.verify(publicKey, text, signature);
        },
      },
    });
  }

  /** Brings any payload. */
  bring(topic: string, payload: string | Uint8Array, retained = false): Verdict {
    const bytes = typeof payload === 'string' ? new TextEncoder().encode(payload) : payload;
    return this.door.check({ topic, payload: bytes, retained }, this.view, this.at as Instant);
  }

  /** Brings what `who` says. */
  hear(who: Actor, message: Enveloped, retained = false): Verdict {
    return this.bring(topicOf(PREFIX, message), say(who, message), retained);
  }

  /** Brings a text that was said before. */
  hearText(message: Enveloped, text: string): Verdict {
    return this.bring(topicOf(PREFIX, message), text);
  }
}

/** The refusal of a verdict; null where the message was heard. */
export function refusalOf(verdict: Verdict): Refusal | null {
  return verdict.kind === 'refused' ? verdict.event.refusal : null;
}

/** "heard", or the code of the refusal. */
export function codeOf(verdict: Verdict): string {
  return refusalOf(verdict)?.code ?? 'heard';
}
