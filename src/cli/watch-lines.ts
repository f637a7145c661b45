/** A message that was looked at, as one line: for people, or as JSON for programs. */

import { type NameOf, shortName } from '../client/describe.ts';
import { shortLabName } from '../client/describe-lab.ts';
import { describeLabMessage, describeMessage } from '../client/describe-message.ts';
import { describeRefusal } from '../client/describe-turn.ts';
import {
  type AnySighting,
  isOrdinary,
  type LabSighting,
  type Sighting,
} from '../record/sighting.ts';
import type { Line } from './narrator.ts';

/** Recorded payloads may be a megabyte, of which nobody reads more than the beginning. */
const SHOWN_MOST = 200;

/** For people: who says what, and what is wrong with it. */
export function lineOf(sighting: AnySighting, isLab: boolean, nameOf: NameOf = shortName): Line {
  const { fault, recorded } = sighting;
  const said = isLab
    ? saidInLab(sighting as LabSighting)
    : saidByOurs(sighting as Sighting, nameOf);
  if (said === null && fault === null) return { text: passedOver(sighting), tone: 'faint' };
  const text = `${said ?? unreadable(sighting)}${recorded.retained ? ' (retained)' : ''}`;
  if (fault === null) return { text, tone: 'plain' };
  const why = `${fault.check}: ${describeRefusal(fault.refusal)}`;
  return { text: `${text} [${why}]`, tone: isOrdinary(fault.refusal) ? 'faint' : 'bad' };
}

/** For programs: `message` is as it travelled; `payload` is its beginning if it can't be read. */
export function jsonOf({ recorded, kind, from, message, fault }: AnySighting): string {
  const { time, topic, qos, retained, payload } = recorded;
  return JSON.stringify({
    time,
    event: 'message',
    topic,
    qos,
    retained,
    bytes: recorded.bytes ?? payload.byteLength,
    kind,
    from,
    verdict: fault === null ? 'ok' : fault.check,
    ...(fault !== null && { refusal: fault.refusal }),
    ...(message === null ? { payload: shown(payload) } : { message: fieldsIn(payload) }),
  });
}

/** Written anew, as it may have had ends of lines in it. */
function fieldsIn(payload: Uint8Array): unknown {
  const { Signature: _, ...fields } = JSON.parse(new TextDecoder().decode(payload));
  return fields;
}

function saidByOurs({ message, from }: Sighting, nameOf: NameOf): string | null {
  if (message === null) return null;
  return `${from === null ? '' : `${nameOf(from)} `}${describeMessage(message, nameOf)}`;
}

/** Results and challenges name nobody who says them. */
function saidInLab({ message, from }: LabSighting): string | null {
  if (message === null) return null;
  const isNamed = from !== null && message.kind !== 'result';
  return `${isNamed ? `${shortLabName(from)} ` : ''}${describeLabMessage(message)}`;
}

/** What says nothing, and what was not looked at. */
function passedOver({ recorded, from }: AnySighting): string {
  const topic = recorded.topic.slice(0, SHOWN_MOST);
  if (recorded.payload.byteLength === 0) return `${topic} is cleared`;
  return `${String(from).slice(0, 8)} left a presence, one of many: not looked at (retained)`;
}

function unreadable({ recorded, kind, from }: AnySighting): string {
  const who = from === null ? '' : `${String(from).slice(0, 8)} `;
  const what = kind === null ? `on ${recorded.topic.slice(0, SHOWN_MOST)}` : `a ${kind}`;
  return `${who}${what}: ${shown(recorded.payload)}`;
}

/** The beginning of a payload; bytes that are no text come out as other characters. */
function shown(payload: Uint8Array): string {
  const text = new TextDecoder().decode(payload.subarray(0, SHOWN_MOST));
  return payload.byteLength > SHOWN_MOST ? `${text}…` : text;
}
