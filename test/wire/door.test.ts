import fc from 'fast-check';
import { beforeEach, expect, it } from 'vitest';
import type { Enveloped } from '../../src/domain/message.ts';
import type { PublicKey } from '../../src/domain/names.ts';
import { toWire } from '../../src/wire/fields.ts';
import { topicOf } from '../../src/wire/topics.ts';
import { codeOf, Doorstep, refusalOf } from './doorstep.ts';
import { type Actor, actor, KINDS, samplesBy, say, term, transaction } from './samples.ts';

const [ann, bob] = [actor(), actor()];
const annID = ann.member.clientID;
const said = samplesBy(ann);

let step: Doorstep;
beforeEach(() => {
  step = new Doorstep();
});

/** What `who` says in a form that no honest peer would send. */
function sayStrangely(
  who: Actor,
  message: Enveloped,
  over: Readonly<Record<string, unknown>>,
): string {
  const strange = { ...toWire(message), ...over };
  const text = JSON.stringify(strange);
  const topic = topicOf('sd', message);
  const signature = who.signer.sign(`sortition/1\n${topic}\n${text}`);
  return `${text.slice(0, -1)},"Signature":"${signature}"}`;
}

const topics = Object.values(said).map((message) => topicOf('sd', message));

it.each(KINDS)('hears %s of a peer that introduced itself, with its exact text', (kind) => {
  expect(codeOf(step.hear(ann, said.introduction))).toBe('heard');
  const text = say(ann, said[kind]);
  const verdict = step.hearText(said[kind], text);
  expect(verdict).toMatchObject({
    kind: 'heard',
    event: { kind: 'heard', message: said[kind], text, retained: false },
  });
});

it('hears a retained presence, says that it is retained, and learns its key', () => {
  expect(step.hear(ann, said.presence, true)).toMatchObject({ event: { retained: true } });
  expect(step.door.keyOf(annID)).toBe(ann.member.publicKey);
});

it.each(topics)('refuses on %s whatever is no JSON object, and hears what comes next', (topic) => {
  const deep = `{"A":${'['.repeat(8)}${']'.repeat(8)}}`;
  const deepest = `{"A":${'['.repeat(32_000)}${']'.repeat(32_000)}}`;
  const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
  const cases: readonly (readonly [string | Uint8Array, string])[] = [
    ['x'.repeat(300 * 1024), 'too-large'],
    ['x'.repeat(64 * 1024 + 1), 'too-large'],
    ['x'.repeat(64 * 1024), 'not-json'],
    [bytes(0xff, 0xfe), 'not-utf8'],
    [bytes(0x7b, 0xed, 0xa0, 0x80, 0x7d), 'not-utf8'],
    [bytes(0xef, 0xbb, 0xbf, 0x7b, 0x7d), 'not-json'],
    ['', 'not-json'],
    ['{', 'not-json'],
    ["{'ClientID':1}", 'not-json'],
    ['[]', 'not-an-object'],
    ['null', 'not-an-object'],
    ['7', 'not-an-object'],
    ['"text"', 'not-an-object'],
    [deep, 'too-deep'],
    [deepest, 'too-deep'],
    ['{}', 'malformed'],
    ['{"ClientID":null}', 'malformed'],
    ['{"__proto__":{"ClientID":"x"}}', 'malformed'],
  ];
  for (const [payload, code] of cases) expect(codeOf(step.bring(topic, payload))).toBe(code);
  expect(codeOf(step.hear(ann, said.introduction))).toBe('heard');
  expect(step.checks).toBe(1);
});

it('answers any bytes and any JSON with a refusal, on every topic', () => {
  const payload = fc.oneof(fc.uint8Array(), fc.json(), fc.string({ unit: 'binary' }));
  fc.assert(
    fc.property(fc.constantFrom(...topics), payload, (topic, anything) => {
      expect(step.bring(topic, anything).kind).toBe('refused');
    }),
  );
});

it('answers a signed message with anything in any of its fields, or under any name', () => {
  const names = [
    'Peers',
    'Term',
    'Votes',
    'Members',
    'Block',
    'Seal',
    'Founding',
    'Blocks',
    'Result',
  ];
  const name = fc.oneof(fc.constantFrom(...names, '__proto__', 'constructor'), fc.string());
  const others = fc.dictionary(name, fc.jsonValue());
  step.door.learn(ann.member);
  fc.assert(
    fc.property(fc.constantFrom(...KINDS), others, (kind, over) => {
      step.at += 1000;
      const verdict = step.hearText(said[kind], sayStrangely(ann, said[kind], over));
      expect(['heard', 'malformed', 'too-deep', 'wrong-name', 'forged-evidence']).toContain(
        codeOf(verdict),
      );
    }),
    { numRuns: 300 },
  );
});

it('says what it found instead of an object', () => {
  const found = ['[]', 'null', '7', '"x"', 'true'].map((payload) =>
    refusalOf(step.bring('sd/init', payload)),
  );
  expect(found).toEqual(
    ['a list', 'null', 'a number', 'a string', 'a boolean'].map((what) => ({
      code: 'not-an-object',
      found: what,
    })),
  );
});

it('nesting of eight levels is still read', () => {
  const text = sayStrangely(ann, said.introduction, { New: [[[[[[['8th']]]]]]] });
  expect(codeOf(step.hearText(said.introduction, text))).toBe('heard');
  const deeper = sayStrangely(ann, said.introduction, { New: [[[[[[[[]]]]]]]] });
  expect(codeOf(step.hearText(said.introduction, deeper))).toBe('too-deep');
});

it('shows an unknown topic without its control characters, and not all of it', () => {
  expect(step.bring('sd/\u001b[2J', '{}')).toEqual({
    kind: 'refused',
    event: {
      kind: 'refused',
      from: null,
      refusal: { code: 'unknown-topic', topic: 'sd/?[2J' },
    },
  });
  const refusal = refusalOf(step.bring(`sd/${'x'.repeat(60_000)}`, '{}'));
  expect(JSON.stringify(refusal).length).toBeLessThan(200);
});

it('counts a refusal for whom the message says it is from, if it says so', () => {
  const from = (topic: string, payload: object) => {
    const verdict = step.bring(topic, JSON.stringify(payload));
    return verdict.kind === 'refused' ? verdict.event.from : 'heard';
  };
  expect(from('sd/init', { ClientID: annID })).toBe(annID);
  expect(from('sd/init', { ClientID: 'ann' })).toBeNull();
  expect(from('sd/result', { ClientID: annID })).toBeNull();
  expect(from('sd/result', { ClientID: annID, ControllerID: bob.member.clientID })).toBe(
    bob.member.clientID,
  );
});

it('asks for a signature as the last field', () => {
  const refusal = { code: 'malformed', field: 'Signature', problem: 'must be the last field' };
  const text = say(ann, said.introduction);
  expect(refusalOf(step.hearText(said.introduction, `${text} `))).toEqual(refusal);
  const unsigned = JSON.stringify(toWire(said.introduction));
  expect(refusalOf(step.hearText(said.introduction, unsigned))).toEqual(refusal);
});

it('of a field that stands twice the last one counts, as for every reader of JSON', () => {
  const text = JSON.stringify(toWire(said.introduction)).replace('{', '{"Known":77,');
  const signature = ann.signer.sign(`sortition/1\nsd/init\n${text}`);
  const verdict = step.bring('sd/init', `${text.slice(0, -1)},"Signature":"${signature}"}`);
  expect(verdict).toMatchObject({ event: { message: said.introduction } });
});

it('refuses presence on the topic of another peer', () => {
  const topic = `sd/peer/${bob.member.clientID}`;
  const text = say(ann, said.presence);
  expect(refusalOf(step.bring(topic, text))).toEqual({ code: 'wrong-topic', topic });
});

it('refuses a key that does not prove the name of its sender', () => {
  for (const kind of ['introduction', 'presence', 'commitment', 'solution'] as const) {
    const message = { ...said[kind], publicKey: bob.member.publicKey };
    const refusal = refusalOf(step.hear(bob, message));
    expect(refusal).toEqual({ code: 'wrong-name', name: annID });
  }
  expect(step.checks).toBe(0);
});

it.each(KINDS)('%s of a peer whose key is unknown is refused unless it brings the key', (kind) => {
  const bringers = ['introduction', 'presence', 'commitment', 'solution', 'mandate', 'quest'];
  const brings = bringers.includes(kind);
  const verdict = step.hear(ann, said[kind]);
  expect(codeOf(verdict)).toBe(brings ? 'heard' : 'unknown-sender');
  expect(step.door.keyOf(annID)).toBe(brings ? ann.member.publicKey : null);
});

it('does not learn a key from a message whose signature is another’s', () => {
  expect(codeOf(step.hear(bob, said.introduction))).toBe('forged');
  expect(step.door.keyOf(annID)).toBeNull();
  expect(codeOf(step.hear(ann, said.heartbeat))).toBe('unknown-sender');
});

it('knows its own key, and those it is told, from the start', () => {
  expect(step.door.keyOf(step.self.member.clientID)).toBe(step.self.member.publicKey);
  step.door.learn(ann.member);
  expect(codeOf(step.hear(ann, said.heartbeat))).toBe('heard');
});

it('refuses what belongs to a term below its own before it checks the signature', () => {
  step.door.learn(ann.member);
  step.view = { ...step.view, term: term(4) };
  const stale = KINDS.filter((kind) => codeOf(step.hear(ann, said[kind])) === 'stale-term');
  expect(stale).toEqual([
    'commitment',
    'reveal',
    'vote',
    'mandate',
    'challenge',
    'proposal',
    'acknowledgement',
    'lease',
    'outcome',
  ]);
  expect(refusalOf(step.hear(bob, said.vote))).toEqual({ code: 'stale-term', term: 3, ours: 4 });
});

it('refuses proposals, acknowledgements and pages of blocks that it has, but no solution', () => {
  step.door.learn(ann.member);
  step.view = { ...step.view, height: transaction(1) };
  const stale = KINDS.filter((kind) => codeOf(step.hear(ann, said[kind])) === 'stale-transaction');
  expect(stale).toEqual(['proposal', 'acknowledgement', 'answer']);
});

it.each(KINDS)('%s signed by somebody else is forged', (kind) => {
  step.door.learn(ann.member);
  expect(codeOf(step.hear(bob, said[kind]))).toBe('forged');
});

it('a signature holds on its topic only, and for every byte', () => {
  step.door.learn(ann.member);
  const text = say(ann, said.solution);
  expect(codeOf(step.bring('sd/solution', text.replace('"00ff"', '"00fe"')))).toBe('forged');
  expect(codeOf(step.bring('sd/solution', text.replace('{', '{ ')))).toBe('forged');
  const answer = say(ann, said.answer);
  const elsewhere = `sd/sync/${bob.member.clientID}`;
  expect(codeOf(step.bring(elsewhere, answer))).toBe('forged');
});

it('lone surrogates in an unknown field neither crash it nor pass for something else', () => {
  const text = sayStrangely(ann, said.introduction, { New: '\ud800' });
  expect(codeOf(step.hearText(said.introduction, text))).toBe('heard');
  expect(codeOf(step.hearText(said.introduction, text.replace('d800', 'd801')))).toBe('forged');
});

it('a second key for a known name is refused, however it came about', () => {
  step.door.learn({ clientID: annID, publicKey: bob.member.publicKey as PublicKey });
  expect(codeOf(step.hear(ann, said.introduction))).toBe('wrong-name');
});

it('hears its own voice unchecked, and its echo without another check', () => {
  const own = samplesBy(step.self);
  const text = say(step.self, own.result);
  expect(step.door.hearOwn(own.result, text)).toMatchObject({
    kind: 'heard',
    message: own.result,
    text,
    retained: false,
    evidence: [own.acknowledgement],
  });
  step.door.hearOwn(own.acknowledgement, say(step.self, own.acknowledgement));
  expect(codeOf(step.hearText(own.result, text))).toBe('heard');
  expect(step.checks).toBe(0);
});
