/** Examines a web service that work comes from, without handing anything in. */

import type { Digest, UnixMs } from '../../domain/names.ts';
import {
  type Answer,
  callService,
  describeStatus,
  isElsewhere,
  type ServicePlace,
  shown,
} from '../source-call.ts';
import type { SourceFields } from '../source-fields.ts';
import {
  type FieldReading,
  previousMost,
  readTask,
  type TaskReading,
  taskOf,
  zeroesMost,
} from '../source-task.ts';
import type { SourceUrl, SubmitUrl } from '../source-url.ts';
import { bodyOf } from '../web-source.ts';
import { type Finding, formatMs, type Result, type SourceCheckName } from './finding.ts';

export type ExaminedService = {
  readonly place: SourceUrl;
  readonly fields: SourceFields;
  readonly submit: SubmitUrl;
};

type Fields = Extract<TaskReading, { readonly kind: 'fields' }>;

/** A find as it would be handed in. */
const SAMPLE = {
  timestamp: 1_767_225_600_071 as UnixMs,
  nonce: 286_968,
  digest: '000009aa33f4b434a1007fcc53c6f11da2b07620702ac567539f852324164d35' as Digest,
};

/** In the order of `SOURCE_CHECKS`; after one that makes others impossible, without those. */
export async function* examineSource(
  service: ExaminedService,
  stop: AbortController,
): AsyncGenerator<Finding<SourceCheckName>> {
  for await (const finding of examineTask(service, stop)) {
    if (stop.signal.aborted) return;
    yield finding;
  }
  const submit = await examineSubmit(service, stop);
  if (!stop.signal.aborted) yield named('source-submit', submit);
}

async function* examineTask(
  { place, fields }: ExaminedService,
  stop: AbortController,
): AsyncGenerator<Finding<SourceCheckName>> {
  const since = performance.now();
  const called = await callOnce(place, 'GET', stop);
  const answerMs = performance.now() - since;
  if (called.kind === 'trouble') {
    yield named('source-answer', describeTrouble(place, called.trouble.problem));
    return;
  }
  const { answer } = called;
  yield named('source-answer', describeAnswer(place, answer, answerMs));
  if (answer.status !== 200) return;
  const reading = readTask(answer, place, fields);
  yield named('source-task', describeTask(reading, answer));
  if (reading.kind === 'trouble') return;
  yield named('source-previous', describePrevious(reading, fields));
  yield named('source-zeroes', describeZeroes(reading, fields, place));
  if ('code' in taskOf(reading)) return;
  const again = await callOnce(place, 'GET', stop);
  const next = again.kind === 'answer' ? readTask(again.answer, place, fields) : again;
  yield named('source-steady', describeSteadiness(reading, next));
}

function callOnce(
  place: ServicePlace,
  method: 'GET' | 'OPTIONS',
  stop: AbortController,
): ReturnType<typeof callService> {
  // A call that is late aborts its own controller, and not the examination.
  const call = new AbortController();
  const onStop = (): void => call.abort();
  stop.signal.addEventListener('abort', onStop);
  if (stop.signal.aborted) onStop();
  const called = callService(place, { method }, call);
  return called.finally(() => stop.signal.removeEventListener('abort', onStop));
}

function describeTrouble({ text }: Pick<SourceUrl, 'text'>, problem: string): Result {
  return {
    grade: 'bad',
    found: `${text} ${problem}`,
    meaning: 'expected is an answer to GET within 10 s, of up to 65,536 bytes',
    advice: 'check the URL, and whether the service runs and can be reached from this machine',
    facts: { status: null, answerMs: null },
  };
}

function describeAnswer(place: SourceUrl, answer: Answer, answerMs: number): Result {
  const { status } = answer;
  const facts = { status, answerMs };
  if (status === 200)
    return {
      grade: 'good',
      found: `${place.text} answers GET with 200 after ${formatMs(answerMs)}`,
      meaning: 'a controller asks so for each task, and every 30 s during a long search',
      advice: null,
      facts,
    };
  if (status === 204)
    return {
      grade: 'unknown',
      found: `${place.text} has no work for now (204)`,
      meaning: 'peers ask again, after 0.5 s, 1 s, 2 s and so on, up to 10 s',
      advice: 'examine it again once it has a task: what that looks like is not known yet',
      facts,
    };
  return {
    grade: 'bad',
    found: `${place.text} ${describeStatus(answer)}`,
    meaning: 'expected is 200 with a task, or 204 where there is nothing to do for now',
    advice: adviceFor(status),
    facts,
  };
}

function adviceFor(status: number): string | null {
  if (isElsewhere(status)) return 'name the URL that it sends to: redirections are not followed';
  if (status === 401 || status === 403)
    return 'put user and password into the URL, best in SORTITION_SOURCE';
  return status === 404 ? 'check the path in the URL' : null;
}

function describeTask(reading: TaskReading, answer: Answer): Result {
  const bytes = Buffer.byteLength(answer.text);
  if (reading.kind === 'trouble')
    return {
      grade: 'bad',
      found: `it ${reading.trouble.problem}`,
      meaning: 'expected is one JSON object in UTF-8',
      advice: null,
      facts: { bytes, names: [] },
    };
  const names = Object.keys(reading.object);
  return {
    grade: 'good',
    found: `it gives us ${shown(answer.text)}`,
    meaning:
      'one JSON object in UTF-8, as it must be; fields that are not asked for are left alone',
    advice: null,
    facts: { bytes, names },
  };
}

function describePrevious({ object, previous }: Fields, fields: SourceFields): Result {
  const name = fields.previous;
  const expected = `a text of up to ${previousMost} characters`;
  if (previous.problem === null)
    return {
      grade: 'good',
      found: `previous is "${name}": ${shown(JSON.stringify(previous.value))}`,
      meaning: 'the text in front of the timestamp and the nonce, of all three the double SHA-256',
      advice: null,
      facts: { name, value: previous.value },
    };
  const isText = (value: unknown): boolean => typeof value === 'string';
  return describeFault('previous', fields, previous, object, expected, isText);
}

function describeZeroes(
  { object, zeroes }: Fields,
  fields: SourceFields,
  { bitsPerZero }: SourceUrl,
): Result {
  const name = fields.zeroes;
  const unit = bitsPerZero === 1 ? 'bits' : 'hex digits';
  const expected = `a whole number of zero ${unit} from 0 to ${zeroesMost(bitsPerZero)}`;
  if (zeroes.problem === null)
    return {
      grade: 'good',
      found: `zeroes is "${name}": ${String(object[name])} ${unit}, about 2^${zeroes.value} tries`,
      meaning: `a digest must begin with ${zeroes.value} zero bits`,
      advice: bitsPerZero === 1 ? 'where hex digits are meant, put ?unit=hex behind the URL' : null,
      facts: { name, value: zeroes.value },
    };
  const isNumber = (value: unknown): boolean => Number.isInteger(value);
  const isQuoted = (value: unknown): boolean => typeof value === 'string' && /^\d+$/.test(value);
  const fault = describeFault('zeroes', fields, zeroes, object, expected, isNumber);
  const [quoted] = Object.keys(object).filter((other) => isQuoted(object[other]));
  const advice = `if "${quoted}" is meant: without quotes, as a number`;
  return fault.advice === null && quoted !== undefined ? { ...fault, advice } : fault;
}

/** A field that is missing, perhaps under another name, or not what it must be. */
function describeFault(
  ours: 'previous' | 'zeroes',
  fields: SourceFields,
  { problem }: FieldReading<unknown>,
  object: Fields['object'],
  expected: string,
  isRight: (value: unknown) => boolean,
): Result {
  const name = fields[ours];
  const others = Object.keys(object).filter((other) => other !== name && isRight(object[other]));
  const isThere = Object.hasOwn(object, name);
  const what = isThere ? `it is ${shown(JSON.stringify(object[name]))}` : 'there is no such field';
  // What was said already is said along: the option counts once.
  const said = Object.entries(fields).filter(([key, their]) => key !== ours && key !== their);
  const names = others
    .map((other) => [...said, [ours, other]].map((pair) => pair.join('=')).join(','))
    .join(' or ');
  return {
    grade: 'bad',
    found: `it gives us ${problem}: ${what}`,
    meaning: `expected is ${expected}`,
    advice: isThere || names === '' ? null : `is it called otherwise? --source-fields ${names}`,
    facts: { name, value: null },
  };
}

function describeSteadiness(first: Fields, next: TaskReading): Result {
  const [one, other] = [taskOf(first), taskOf(next)];
  const isSame = JSON.stringify(one) === JSON.stringify(other);
  const problem = 'code' in other ? `it ${other.problem}` : 'it gives us another task';
  return {
    grade: isSame ? 'good' : 'fair',
    found: isSame ? 'asked again, it gives us the same task' : `asked again, ${problem}`,
    meaning: isSame
      ? 'a task is the same until it is done, so that a search goes on'
      : 'a task that changes is taken for a new one, and the search begins anew',
    advice: isSame
      ? null
      : 'have it give the same task until that is done, unless it was done in this moment',
    facts: { isSame },
  };
}

/** Only asks what the address would take: a find would have to be true. */
async function examineSubmit(
  { fields, submit }: ExaminedService,
  stop: AbortController,
): Promise<Result> {
  const called = await callOnce(submit, 'OPTIONS', stop);
  const body = bodyOf(SAMPLE, fields);
  const meaning = `expected is 2xx to POST, once for each find, with a body such as ${body}`;
  if (called.kind === 'trouble')
    return {
      grade: 'bad',
      found: `${submit.text}, where finds go, ${called.trouble.problem}`,
      meaning,
      advice: 'check the URL of --source-submit, or of --source',
      facts: { status: null, allowsPost: false },
    };
  const { answer } = called;
  const { status, allowed } = answer;
  const allowsPost = allowed === null ? null : allowed.includes('POST');
  const facts = { status, allowsPost };
  if (allowsPost === true)
    return { grade: 'good', found: `${submit.text} takes POST`, meaning, advice: null, facts };
  if (isElsewhere(status) || status === 401 || status === 403 || allowsPost === false)
    return {
      grade: 'bad',
      found:
        allowsPost === false && !isElsewhere(status)
          ? `${submit.text}, where finds go, takes no POST, but ${allowed?.join(', ')}`
          : `${submit.text}, where finds go, ${describeStatus(answer)}`,
      meaning,
      advice: adviceFor(status) ?? 'name the address that takes finds with --source-submit',
      facts,
    };
  return {
    grade: 'unknown',
    found: `${submit.text} is where finds go; it does not say whether it takes POST`,
    meaning,
    advice: null,
    facts,
  };
}

function named(check: SourceCheckName, result: Result): Finding<SourceCheckName> {
  return { check, ...result };
}
