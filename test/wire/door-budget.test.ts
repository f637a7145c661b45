import { beforeEach, expect, it } from 'vitest';
import type { Heartbeat } from '../../src/domain/message.ts';
import { signMessage } from '../../src/wire/envelope.ts';
import { topicOf } from '../../src/wire/topics.ts';
import { codeOf, Doorstep } from './doorstep.ts';
import { type Actor, actor, samplesBy, say, voteBy } from './samples.ts';

const [ann, bob] = [actor(), actor()];
const HEARTBEAT = samplesBy(ann).heartbeat;

let step: Doorstep;
let beat = 0;
beforeEach(() => {
  step = new Doorstep();
});

/** A heartbeat like no other. */
function heartbeatOf(who: Actor): Heartbeat {
  beat += 1;
  return { ...HEARTBEAT, clientID: who.member.clientID, beat };
}

/** What `who` did not sign. */
function forge(who: Actor): string {
  const signer = { ...who.signer, sign: () => `${'x'.repeat(85)}Q` };
  return signMessage(heartbeatOf(who), 'sd/heartbeat', signer);
}

/** How often each answer was given to so many messages. */
function tally(times: number, payload: () => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (let time = 0; time < times; time += 1) {
    const code = codeOf(step.bring('sd/heartbeat', payload()));
    counts[code] = (counts[code] ?? 0) + 1;
  }
  return counts;
}

function makeMembers(...actors: readonly Actor[]): void {
  for (const who of actors) step.door.learn(who.member);
  step.view = { ...step.view, members: new Set(actors.map((who) => who.member.clientID)) };
}

it('checks 2,000 signatures at once, and 2,000 a second from then on', () => {
  makeMembers(ann, bob);
  step.always = false;
  const text = forge(ann);
  expect(tally(2500, () => text)).toEqual({ forged: 2000, 'too-many': 500 });
  step.at += 250;
  expect(tally(1000, () => text)).toEqual({ forged: 500, 'too-many': 500 });
  step.at += 60_000;
  expect(tally(2500, () => text)).toEqual({ forged: 2000, 'too-many': 500 });
  expect(step.checks).toBe(4500);
});

it('of them senders outside the roster take 500', () => {
  makeMembers(ann);
  step.door.learn(bob.member);
  step.always = false;
  const [stranger, member] = [forge(bob), forge(ann)];
  expect(tally(700, () => stranger)).toEqual({ forged: 500, 'too-many': 200 });
  expect(tally(2000, () => member)).toEqual({ forged: 1500, 'too-many': 500 });
  step.at += 100;
  expect(tally(100, () => stranger)).toEqual({ forged: 50, 'too-many': 50 });
});

it('before there is a roster nobody is outside of it', () => {
  step.door.learn(bob.member);
  step.always = false;
  const text = forge(bob);
  expect(tally(2500, () => text)).toEqual({ forged: 2000, 'too-many': 500 });
});

it('a sender may say 2,000 things at once and 500 a second, and is not heard beyond it', () => {
  makeMembers(ann, bob);
  step.always = true;
  expect(tally(1500, () => forge(ann))).toEqual({ heard: 1500 });
  step.at += 500;
  // 500 are left of the 2,000, and 250 have come back.
  expect(tally(1000, () => forge(ann))).toEqual({ heard: 750, 'too-many': 250 });
  expect(tally(100, () => forge(bob))).toEqual({ heard: 100 });
});

it('a forged flood in the controller’s name does not silence it', () => {
  makeMembers(ann);
  const forged = forge(ann);
  for (let second = 0; second < 5; second += 1) {
    for (let tick = 0; tick < 20; tick += 1) {
      step.at += 50;
      expect(tally(90, () => forged)).toEqual({ forged: 90 });
      expect(codeOf(step.hear(ann, heartbeatOf(ann)))).toBe('heard');
    }
  }
});

it('a flood of strangers does not silence a member', () => {
  makeMembers(ann);
  step.door.learn(bob.member);
  step.always = false;
  const forged = forge(bob);
  expect(tally(5000, () => forged)).toEqual({ forged: 500, 'too-many': 4500 });
  step.always = null;
  expect(codeOf(step.hear(ann, heartbeatOf(ann)))).toBe('heard');
});

it('a repeat costs no check and is charged to nobody', () => {
  makeMembers(ann);
  const message = heartbeatOf(ann);
  const text = say(ann, message);
  expect(tally(10_000, () => text)).toEqual({ heard: 10_000 });
  expect(step.checks).toBe(1);
});

it('remembers the last 2,000 texts, and only those that held', () => {
  makeMembers(ann);
  step.always = true;
  const first = forge(ann);
  expect(tally(1, () => first)).toEqual({ heard: 1 });
  expect(tally(1999, () => forge(ann))).toEqual({ heard: 1999 });
  step.at += 10_000;
  expect(tally(1, () => first)).toEqual({ heard: 1 });
  expect(step.checks).toBe(2000);
  tally(1, () => forge(ann));
  tally(1, () => first);
  expect(step.checks).toBe(2002);
  step.always = false;
  const forged = forge(ann);
  expect(tally(2, () => forged)).toEqual({ forged: 2 });
});

it('does not keep long texts, which are rare', () => {
  makeMembers(ann);
  const message = { ...samplesBy(ann).mandate };
  const votes = Array.from({ length: 20 }, () => actor());
  const mandate = {
    ...message,
    members: votes.map((who) => who.member),
    votes: votes.map((who) => say(who, voteBy(who, ann.member.clientID))),
  };
  const text = say(ann, mandate);
  expect(codeOf(step.bring(topicOf('sd', mandate), text))).toBe('heard');
  expect(step.checks).toBe(21);
  expect(codeOf(step.bring(topicOf('sd', mandate), text))).toBe('heard');
  // The votes are remembered, the long text around them is not.
  expect(step.checks).toBe(22);
});

it('evidence that would break the budget is refused, and goes on where it was', () => {
  makeMembers(ann);
  step.always = true;
  expect(tally(1990, () => forge(ann))).toEqual({ heard: 1990 });
  step.always = null;
  const voters = Array.from({ length: 12 }, () => actor());
  const mandate = {
    ...samplesBy(ann).mandate,
    members: voters.map((who) => who.member),
    votes: voters.map((who) => say(who, voteBy(who, ann.member.clientID))),
  };
  expect(codeOf(step.hear(ann, mandate))).toBe('too-many');
  expect(step.checks).toBe(2000);
  step.at += 10;
  // Five more for the sender: the mandate itself once more, and the last three votes.
  expect(codeOf(step.hear(ann, mandate))).toBe('heard');
  expect(step.checks).toBe(2004);
});
