/** One peer of a lab dialect, assembled over the hands that our own peers have. */

import { assert } from '../domain/assert.ts';
import type { Reply } from '../domain/contract.ts';
import type { Hasher } from '../domain/crypto.ts';
import type { ClientID } from '../domain/names.ts';
import { DIALECTS, type Dialect } from '../lab/dialect.ts';
import { createLabPeer, labSelf } from '../lab/head.ts';
import type { LabMessage, LabRefusal, Name } from '../lab/message.ts';
import type { LabNote } from '../lab/note.ts';
import { readLab } from '../lab/reading.ts';
import type { LabSettings, LabState } from '../lab/state.ts';
import { labSubscriptions, writeLab } from '../lab/writing.ts';
import type { Clock } from './clock.ts';
import { Driver } from './driver.ts';
import type { Witness } from './hands.ts';
import type { Delivery, Link } from './link.ts';
import { MemoryJournal } from './memory-journal.ts';
import type { Miner } from './miner.ts';
import type { Speech, Verdict } from './speech.ts';

export type LabClientOptions = {
  readonly settings: LabSettings;
  /** First part of every topic. */
  readonly prefix: string;
  /** 64 hex digits: names and all dice come from them. */
  readonly seed: string;
  readonly hasher: Hasher;
  readonly clock: Clock;
  readonly miner: Miner | null;
  /** Makes the link; the filters are what it must subscribe to, at QoS 1. */
  readonly openLink: (filters: readonly string[]) => Link;
  readonly onNote: (note: LabNote) => void;
  readonly witness?: Witness<LabMessage, LabRefusal, LabNote> | undefined;
};

type LabSpeech = Speech<LabMessage, LabRefusal, null>;

export class LabClient {
  readonly clientID: Name;
  readonly #driver: Driver<LabState, LabMessage, LabRefusal, LabNote, null>;
  readonly #seed: string;
  readonly #left: Promise<void>;

  constructor(options: LabClientOptions) {
    const { settings, prefix, seed, hasher, clock, miner, onNote } = options;
    this.#seed = seed;
    this.clientID = labSelf(settings.dialect, seed, hasher).clientID;
    let onLeft: () => void = () => undefined;
    this.#left = new Promise((resolve) => {
      onLeft = resolve;
    });
    const hands = {
      self: String(this.clientID) as ClientID,
      link: options.openLink(labSubscriptions(prefix)),
      journal: new MemoryJournal(),
      speech: createLabSpeech(prefix, DIALECTS[settings.dialect]),
      clock,
      miner,
      onNote,
      onLeft,
      witness: options.witness,
    };
    this.#driver = new Driver(createLabPeer(settings, hasher), hands, () => null);
  }

  start(): void {
    this.#driver.start(this.#seed);
  }

  pause(): Promise<Reply> {
    return this.#driver.ask({ kind: 'pause' });
  }

  resume(): Promise<Reply> {
    return this.#driver.ask({ kind: 'resume' });
  }

  /** Says goodbye; resolves when the connection is closed. */
  async leave(): Promise<void> {
    void this.#driver.ask({ kind: 'leave' });
    await this.#left;
  }

  /** Stops as a crash would. */
  kill(): void {
    this.#driver.kill();
  }
}

/** JSON without a signature; what we say counts when the broker brings it back. */
function createLabSpeech(prefix: string, dialect: Dialect): LabSpeech {
  type Heard = Verdict<LabMessage, LabRefusal>;
  const understand = ({ topic, payload, retained }: Delivery): Heard | null => {
    const word = topic.slice(prefix.length + 1);
    // It clears what a broker keeps, and is no message of a peer.
    if (payload.length === 0) return null;
    // Nobody knows from when it is: the next challenge and the next introduction will come.
    if (retained) return refused({ code: 'retained', topic: word });
    const reading = readLab(dialect, word, payload);
    if (!reading.ok) return refused(reading.refusal);
    const { message, text } = reading;
    return { kind: 'heard', message, text, retained, evidence: [] };
  };
  return {
    hearsItself: true,
    utter: (message) => {
      assert(message.kind !== 'answer', 'There is no ledger to ask for in these dialects.');
      return { ...writeLab(prefix, message), qos: 1 };
    },
    hearOwn: (message, text) => ({ kind: 'heard', message, text, retained: false, evidence: [] }),
    understand,
  };
}

function refused(refusal: LabRefusal): Verdict<LabMessage, LabRefusal> {
  return { kind: 'refused', from: null, refusal };
}
