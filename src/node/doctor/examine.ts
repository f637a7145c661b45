/** Examines a broker from its door to the cleaning up, and tells each finding once it is there. */

import type { Address } from '../mqtt-connection.ts';
import { explain } from '../mqtt-reason.ts';
import type { WorldError } from '../world-error.ts';
import { examineLogin, examineMqtt5, examineVersion } from './arrival.ts';
import { arrive } from './coming.ts';
import { Company } from './company.ts';
import type { CheckName, Finding, Result } from './finding.ts';
import { examineRetained } from './keeping.ts';
import { ProbeEnded, withinMs } from './probe.ts';
import { examineRights } from './rights.ts';
import { examinePayload, examineTopicNames } from './sizes.ts';
import { examineOrder, examineOverlap, examineRoundTrip, examineSameOrder } from './travel.ts';
import { ECHO_MS, Ward } from './ward.ts';
import { examineFrozenWill, examineTakeover, examineWill } from './wills.ts';

/** A broker that is quick tells a will within this time, and is then at leisure for the rest. */
const QUIET_MS = 1_000;

export class Doctor {
  readonly #patient: Address;
  readonly #ward: Ward;
  #fatal: WorldError | null = null;
  #isStopped = false;

  constructor(patient: Address, prefix: string) {
    this.#patient = patient;
    this.#ward = new Ward(patient.options, prefix);
  }

  /** What kept us out for good, so that nothing else could be examined; else null. */
  get fatal(): WorldError | null {
    return this.#fatal;
  }

  /** In the order of `CHECKS`; only the first where we are not let in. Takes 7 to 25 s. */
  async *examine(): AsyncGenerator<Finding> {
    const arrival = await this.#arrive();
    yield named('reachable', arrival);
    if (arrival.grade === 'bad') return;
    const company = await this.#prepare();
    if (!(company instanceof Company)) {
      yield named('round-trip', company);
      return;
    }
    const isHeard = await this.#settle();
    for await (const finding of isHeard ? this.#examineAll() : this.#examineDoor()) {
      if (this.#isStopped) return;
      yield finding;
    }
    yield named('peers', company.describe());
    yield named('clock', company.describeClocks());
    const isBusy = company.live.length > 0;
    const rights = await this.#try(() => examineRights(this.#ward, isBusy));
    if (this.#isStopped) return;
    yield named('rights', rights);
    yield named('cleaned-up', await this.#try(() => this.#clean()));
  }

  /** Gives the examination up, and takes away what it left behind. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#ward.dismiss();
    await this.#try(() => this.#clean());
  }

  async #arrive(): Promise<Result> {
    const { result, manner, fatal } = await arrive(this.#ward, this.#patient);
    this.#fatal = fatal;
    if (manner !== null) this.#ward.manner = manner;
    return result;
  }

  async #prepare(): Promise<Company | Result> {
    try {
      return await Company.open(this.#ward);
    } catch (error) {
      if (!(error instanceof ProbeEnded)) throw error;
      return this.#describeFailure(error);
    }
  }

  /** Finds topics on which we hear ourselves; false if there are none. */
  async #settle(): Promise<boolean> {
    if (await this.#hearsItself()) return true;
    this.#ward.useFlatTopics();
    return await this.#hearsItself();
  }

  async #hearsItself(): Promise<boolean> {
    const topic = this.#ward.topic('hello');
    const probe = await this.#ward.enter().catch(() => null);
    if (probe === null) return false;
    await probe.subscribe(topic);
    void probe.publish(topic, this.#ward.mark('hello'), { qos: 1, retained: false });
    return await probe.hears((it) => it.topic === topic, ECHO_MS);
  }

  /** Where we do not hear ourselves, there is little to find out. */
  async *#examineDoor(): AsyncGenerator<Finding> {
    const ward = this.#ward;
    const { broker, username } = this.#patient;
    yield named('login', await this.#try(() => examineLogin(ward, broker, username)));
    yield named('version', await this.#try(() => examineVersion(ward)));
    yield named('mqtt-5', await this.#try(() => examineMqtt5(ward)));
    yield named('round-trip', {
      grade: 'bad',
      found: `nothing that we say below ${ward.prefix} comes back`,
      meaning: 'peers would not hear one another',
      advice: `allow reading and writing of ${ward.prefix}/# in the access rules of the broker`,
      facts: { medianMs: null, longestMs: null },
    });
  }

  async *#examineAll(): AsyncGenerator<Finding> {
    const ward = this.#ward;
    const { broker, username } = this.#patient;
    const travel = this.#tryBoth(() => examineRoundTrip(ward));
    const { roundTrip, qos } = await travel;
    const frozen = this.#try(() => examineFrozenWill(ward));
    const will = this.#try(() => examineWill(ward));
    // Its time is measured while nothing else is at work.
    await withinMs(will, QUIET_MS);
    yield named('login', await this.#try(() => examineLogin(ward, broker, username)));
    yield named('version', await this.#try(() => examineVersion(ward)));
    yield named('mqtt-5', await this.#try(() => examineMqtt5(ward)));
    yield named('round-trip', roundTrip);
    yield named('qos-1', qos);
    yield named('order', await this.#try(() => examineOrder(ward)));
    yield named('same-order', await this.#try(() => examineSameOrder(ward)));
    yield named('overlap', await this.#try(() => examineOverlap(ward)));
    yield named('payload', await this.#try(() => examinePayload(ward)));
    yield named('topic-names', await this.#try(() => examineTopicNames(ward)));
    yield named('retained', await this.#try(() => examineRetained(ward)));
    yield named('will', await will);
    yield named('will-takeover', await this.#try(() => examineTakeover(ward)));
    yield named('will-frozen', await frozen);
  }

  async #clean(): Promise<Result> {
    const left = await this.#ward.clean();
    await this.#ward.dismiss();
    const isClean = left.length === 0;
    return {
      grade: isClean ? 'good' : 'fair',
      found: isClean ? 'nothing of ours is left behind' : `${left.join(', ')} is still retained`,
      meaning: 'the broker is as it was before',
      advice: isClean ? null : 'publish an empty retained message there',
      facts: { left },
    };
  }

  /** A connection that is refused in the middle spoils one finding, and not the others. */
  async #try(examination: () => Promise<Result>): Promise<Result> {
    try {
      return await examination();
    } catch (error) {
      if (!(error instanceof ProbeEnded)) throw error;
      return this.#describeFailure(error);
    }
  }

  async #tryBoth(
    examination: () => Promise<{ readonly roundTrip: Result; readonly qos: Result }>,
  ): Promise<{ readonly roundTrip: Result; readonly qos: Result }> {
    try {
      return await examination();
    } catch (error) {
      if (!(error instanceof ProbeEnded)) throw error;
      const result = this.#describeFailure(error);
      return { roundTrip: result, qos: result };
    }
  }

  #describeFailure({ ending, wasAccepted }: ProbeEnded): Result {
    const { reason } = explain(ending, { ...this.#patient, wasAccepted });
    return {
      grade: 'unknown',
      found: `it could not be found out: ${reason.replace(/\.$/, '')}`,
      meaning: 'the broker ended a connection in the middle',
      advice: null,
      facts: {},
    };
  }
}

function named(check: CheckName, result: Result): Finding {
  return { check, ...result };
}
