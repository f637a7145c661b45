/** Comes in with all that a peer wishes, or else with less: brokers don't say what they mind. */

import type { IClientOptions } from 'mqtt';
import type { Quality, Will } from '../client/link.ts';
import { type AttemptEvents, MqttAttempt } from './mqtt-attempt.ts';
import { FULL, MANNERS, type Manner } from './mqtt-manner.ts';
import { mayBeOverWishes } from './mqtt-reason.ts';

/** As one attempt: `onEnded` comes when the last of them has ended. */
export class MqttEntrance {
  readonly #options: IClientOptions;
  readonly #subscriptions: readonly string[];
  readonly #will: Will;
  readonly #events: AttemptEvents;
  #attempt: MqttAttempt;
  #manner: Manner = FULL;

  /** `first`: of `MANNERS`, the one to begin with. */
  constructor(
    options: IClientOptions,
    subscriptions: readonly string[],
    will: Will,
    events: AttemptEvents,
    first: number,
  ) {
    this.#options = options;
    this.#subscriptions = subscriptions;
    this.#will = will;
    this.#events = events;
    this.#attempt = this.#try(first);
  }

  /** In which we are, or try to get in. */
  get manner(): Manner {
    return this.#manner;
  }

  publish(topic: string, text: string, quality: Quality): void {
    this.#attempt.publish(topic, text, quality);
  }

  attend(filters: readonly string[]): void {
    this.#attempt.attend(filters);
  }

  drop(): void {
    this.#attempt.drop();
  }

  close(): Promise<void> {
    return this.#attempt.close();
  }

  #try(at: number): MqttAttempt {
    this.#manner = MANNERS[at] ?? FULL;
    const { onConnected, onDelivery, onEnded } = this.#events;
    return new MqttAttempt(
      this.#options,
      this.#subscriptions,
      this.#will,
      {
        onConnected,
        onDelivery,
        onEnded: (ending, acceptedMs) => {
          const hasNext = at + 1 < MANNERS.length;
          if (!hasNext || !mayBeOverWishes(ending, acceptedMs !== null))
            onEnded(ending, acceptedMs);
          else this.#attempt = this.#try(at + 1);
        },
      },
      this.#manner,
    );
  }
}
