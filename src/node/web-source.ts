/** A web service that work comes from: GET gives a task, POST takes a find. */

import type { WorkSource } from '../client/work-source.ts';
import type { Fetched, Find, Submitted, Trouble } from '../domain/task.ts';
import {
  type Answer,
  type CallOptions,
  callService,
  describeStatus,
  type ServicePlace,
} from './source-call.ts';
import { type SourceFields, USUAL_FIELDS } from './source-fields.ts';
import { readTask, taskOf } from './source-task.ts';
import type { SourceUrl } from './source-url.ts';

/** What a service does in its own way. */
export type SourceManner = {
  /** What its fields are called. */
  readonly fields?: SourceFields;
  /** Where finds are handed in, if not where tasks come from. */
  readonly submit?: ServicePlace;
};

/** With these, a find will never be taken, however often it is handed in. */
const forGood: ReadonlySet<number> = new Set([400, 409, 410, 412, 422]);

/** Nothing happens until it is called. */
export function createWebSource(place: SourceUrl, manner: SourceManner = {}): WorkSource {
  return new WebSource(place, manner);
}

/** The body of a POST that hands a find in. */
export function bodyOf(
  { timestamp, nonce, digest }: Pick<Find, 'timestamp' | 'nonce' | 'digest'>,
  fields: SourceFields,
): string {
  return JSON.stringify({
    [fields.timestamp]: timestamp,
    [fields.nonce]: nonce,
    [fields.digest]: digest,
  });
}

type InTrouble = { readonly kind: 'trouble'; readonly trouble: Trouble };

class WebSource implements WorkSource {
  readonly #place: SourceUrl;
  readonly #fields: SourceFields;
  readonly #submit: ServicePlace;
  /** Calls under way. */
  readonly #calls = new Set<AbortController>();

  constructor(place: SourceUrl, { fields = USUAL_FIELDS, submit = place }: SourceManner) {
    this.#place = place;
    this.#fields = fields;
    this.#submit = submit;
  }

  fetch(answer: (fetched: Fetched) => void): void {
    const read = (said: Answer): Fetched => {
      const task = taskOf(readTask(said, this.#place, this.#fields));
      return 'code' in task ? { kind: 'trouble', trouble: task } : { kind: 'task', task };
    };
    this.#call<Fetched>(this.#place, { method: 'GET' }, read, answer);
  }

  submit(find: Find, answer: (submitted: Submitted) => void): void {
    const options = {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': find.key },
      body: bodyOf(find, this.#fields),
    };
    this.#call<Submitted>(this.#submit, options, readVerdict, answer);
  }

  close(): void {
    for (const call of this.#calls) call.abort();
    this.#calls.clear();
  }

  #call<Said>(
    place: ServicePlace,
    options: CallOptions,
    read: (answer: Answer) => Said,
    say: (said: Said | InTrouble) => void,
  ): void {
    // One for each call: a signal that stays remembers all that were ever made from it.
    const call = new AbortController();
    this.#calls.add(call);
    void callService(place, options, call).then((called) => {
      if (this.#calls.delete(call)) say(called.kind === 'trouble' ? called : read(called.answer));
    });
  }
}

function readVerdict(answer: Answer): Submitted {
  const { status, patienceMs } = answer;
  if (status >= 200 && status < 300) return { kind: 'accepted' };
  const problem = describeStatus(answer);
  if (forGood.has(status)) return { kind: 'rejected', problem };
  return { kind: 'trouble', trouble: { code: 'status', problem, patienceMs } };
}
