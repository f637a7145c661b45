import { beforeEach, expect, it } from 'vitest';
import type { Answer, Mandate, Result } from '../../src/domain/message.ts';
import { signMessage } from '../../src/wire/envelope.ts';
import { codeOf, Doorstep, refusalOf } from './doorstep.ts';
import {
  acknowledgementBy,
  actor,
  blockBy,
  foundingOf,
  samplesBy,
  say,
  term,
  transaction,
  voteBy,
} from './samples.ts';

const [ann, bob, cat, dan] = [actor(), actor(), actor(), actor()];
const annID = ann.member.clientID;
const bobID = bob.member.clientID;
const catID = cat.member.clientID;
const danID = dan.member.clientID;
const members = [ann.member, bob.member, cat.member];
const votes = [ann, bob].map((who) => say(who, voteBy(who, annID)));

const mandate: Mandate = { ...samplesBy(ann).mandate, votes, members };
const acknowledgements = [bob, cat].map((who) => acknowledgementBy(who));
const seal = [bob, cat].map((who) => say(who, acknowledgementBy(who)));

const result: Result = {
  kind: 'result',
  clientID: catID,
  controllerID: annID,
  transactionID: transaction(0),
  solution: '00ff',
  result: 1,
  block: blockBy(catID),
  seal,
};

let step: Doorstep;
beforeEach(() => {
  step = new Doorstep();
});

/** Ann's mandate with these votes is refused for this. */
function problemOf(over: Partial<Mandate>): unknown {
  const refusal = refusalOf(step.hear(ann, { ...mandate, ...over }));
  return refusal?.code === 'forged-evidence' ? refusal.problem : refusal;
}

it('hands a mandate in with its votes, and learns the keys of all its members', () => {
  const verdict = step.hear(ann, mandate);
  expect(verdict).toMatchObject({
    kind: 'heard',
    event: { message: mandate, evidence: [voteBy(ann, annID), voteBy(bob, annID)] },
  });
  for (const { clientID, publicKey } of members) {
    expect(step.door.keyOf(clientID)).toBe(publicKey);
  }
});

it.each<[string, Partial<Mandate>]>([
  ['Vote 1 cannot be read (not-json).', { votes: ['vote'] }],
  ['Vote 1 cannot be read (not-an-object).', { votes: ['[]'] }],
  ['Vote 1 cannot be read (too-deep).', { votes: [`{"A":${'['.repeat(9)}${']'.repeat(9)}}`] }],
  ['Vote 1 cannot be read (ClientID is missing).', { votes: ['{}'] }],
  ['Vote 2 is a second one by NAME.', { votes: [votes[1] ?? '', votes[1] ?? ''] }],
  ['Vote 1 is of term 2.', { votes: [say(bob, voteBy(bob, annID, { term: term(2) }))] }],
  ['Vote 1 is for NAME.', { votes: [say(ann, voteBy(ann, bobID))] }],
  ['Vote 2 is not signed by NAME.', { votes: [votes[0] ?? '', say(cat, voteBy(bob, annID))] }],
])('refuses a mandate: %s', (problem, over) => {
  expect(problemOf(over)).toBe(problem.replace('NAME', bobID));
});

it('refuses a vote of somebody who is no member of the mandate, though it knows the key', () => {
  step.door.learn(dan.member);
  expect(problemOf({ votes: [say(dan, voteBy(dan, annID))] })).toBe(
    `Vote 1 is by ${danID}, who is no member.`,
  );
});

it('refuses votes that are not signed, or signed for another topic', () => {
  const [vote = ''] = votes;
  const unsigned = vote.replace(/,"Signature":.*/, '}');
  expect(problemOf({ votes: [unsigned] })).toBe('Vote 1 is not signed.');
  const elsewhere = signMessage(voteBy(bob, annID), 'sd/reveal', bob.signer);
  expect(problemOf({ votes: [elsewhere] })).toBe(`Vote 1 is not signed by ${bobID}.`);
});

it('refuses a mandate whose members have keys that prove other names', () => {
  const wrong = { clientID: catID, publicKey: dan.member.publicKey };
  expect(problemOf({ members: [ann.member, bob.member, wrong] })).toEqual({
    code: 'wrong-name',
    name: catID,
  });
  expect(step.door.keyOf(catID)).toBeNull();
});

it('learns nobody but its sender from a mandate with forged votes', () => {
  problemOf({ votes: [say(cat, voteBy(bob, annID))] });
  expect([annID, bobID, catID].map((id) => step.door.keyOf(id))).toEqual([
    ann.member.publicKey,
    null,
    null,
  ]);
});

it('does not check again what it heard directly', () => {
  for (const who of [ann, bob]) {
    step.door.learn(who.member);
    step.hearText(voteBy(who, annID), say(who, voteBy(who, annID)));
  }
  expect(step.checks).toBe(2);
  expect(codeOf(step.hear(ann, mandate))).toBe('heard');
  expect(step.checks).toBe(3);
});

it('hands a result in with the acknowledgements of its seal', () => {
  for (const who of [ann, bob, cat]) step.door.learn(who.member);
  expect(step.hear(ann, result)).toMatchObject({
    kind: 'heard',
    event: { evidence: acknowledgements },
  });
});

it('takes no result of its miner, who is not its sender', () => {
  for (const who of [ann, bob, cat]) step.door.learn(who.member);
  expect(codeOf(step.hear(cat, result))).toBe('forged');
});

it('names the signer of a seal whom it does not know, and whose signature does not hold', () => {
  step.door.learn(ann.member);
  step.door.learn(bob.member);
  expect(refusalOf(step.hear(ann, result))).toEqual({
    code: 'forged-evidence',
    problem: `Acknowledgement 2 is by ${catID}, whose key is not known.`,
  });
  step.door.learn(cat.member);
  const forged = { ...result, seal: [say(bob, acknowledgementBy(cat))] } as Result;
  expect(refusalOf(step.hear(ann, forged))).toEqual({
    code: 'forged-evidence',
    problem: `Acknowledgement 1 is not signed by ${catID}.`,
  });
});

it('hands an answer in with the acknowledgements of its seals, one after another', () => {
  for (const who of [ann, bob, cat]) step.door.learn(who.member);
  const next = acknowledgementBy(bob, 1);
  const answer: Answer = {
    kind: 'answer',
    clientID: annID,
    to: step.self.member.clientID,
    blocks: [blockBy(catID), blockBy(bobID, 1)],
    seals: [seal, [say(bob, next)]],
  };
  expect(step.hear(ann, answer)).toMatchObject({
    event: { evidence: [...acknowledgements, next] },
  });
});

it('hands a founding in with its votes; its sender’s key is inside', () => {
  const founding = foundingOf([ann, bob, cat], annID);
  const answer = { kind: 'answer', clientID: bobID, to: step.self.member.clientID } as const;
  const verdict = step.hear(bob, { ...answer, founding });
  expect(verdict).toMatchObject({ kind: 'heard' });
  expect(verdict.kind === 'heard' && verdict.event.evidence.length).toBe(3);
  expect(step.door.keyOf(catID)).toBe(cat.member.publicKey);
});

it('refuses a founding without the votes of all its members', () => {
  const founding = foundingOf([ann, bob, cat], annID);
  const answer = { kind: 'answer', clientID: bobID, to: step.self.member.clientID } as const;
  const some = { ...founding, votes: founding.votes.slice(0, 2) };
  expect(refusalOf(step.hear(bob, { ...answer, founding: some }))).toEqual({
    code: 'forged-evidence',
    problem: 'A founding of 3 members has 2 votes.',
  });
  const [first = '', second = ''] = founding.votes;
  const twice = { ...founding, votes: [first, second, second] };
  expect(refusalOf(step.hear(bob, { ...answer, founding: twice }))).toEqual({
    code: 'forged-evidence',
    problem: `Vote 3 is a second one by ${bobID}.`,
  });
});

it('learns the keys of all members that a commitment vouches for', () => {
  const commitment = { ...samplesBy(ann).commitment, members };
  expect(codeOf(step.hear(ann, commitment))).toBe('heard');
  for (const { clientID, publicKey } of members) expect(step.door.keyOf(clientID)).toBe(publicKey);
});

it('refuses a commitment that names a member with a key that proves another name', () => {
  const wrong = { clientID: cat.member.clientID, publicKey: bob.member.publicKey };
  const commitment = { ...samplesBy(ann).commitment, members: [ann.member, wrong] };
  const refusal = { code: 'wrong-name', name: wrong.clientID };
  expect(refusalOf(step.hear(ann, commitment))).toEqual(refusal);
  // Nor does it help to leave its own key out, once that is known.
  const { publicKey: _, ...bare } = commitment;
  expect(refusalOf(step.hear(ann, bare))).toEqual(refusal);
  expect(step.door.keyOf(wrong.clientID)).toBeNull();
});
