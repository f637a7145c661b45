import fc from 'fast-check';
import { expect, it } from 'vitest';
import { nodeVerifier } from '../../src/node/crypto.ts';
import { cutSignature, signatureInput, signMessage } from '../../src/wire/envelope.ts';
import { openText } from '../../src/wire/payload.ts';
import { readMessage } from '../../src/wire/schema.ts';
import { readTopic, topicOf } from '../../src/wire/topics.ts';
import { anyMessage } from './arbitrary.ts';
import { actor, KINDS, samplesBy } from './samples.ts';

const ann = actor();
const verifier = nodeVerifier();

/** What the other side reads of a payload. */
function read(topic: string, text: string): unknown {
  const place = readTopic('sd', topic);
  const opened = openText(text);
  if (place === null || place.kind === 'transaction' || !opened.ok) return null;
  const reading = readMessage(place.kind, place.owner, opened.value);
  return reading.ok ? reading.message : reading.refusal;
}

it.each(KINDS)('%s comes back as it was said, and its signature holds', (kind) => {
  const message = samplesBy(ann)[kind];
  const topic = topicOf('sd', message);
  const text = signMessage(message, topic, ann.signer);
  expect(read(topic, text)).toStrictEqual(message);
  const cut = cutSignature(text);
  const input = signatureInput(topic, cut?.signed ?? '');
  expect(verifier.verify(ann.member.publicKey, input, cut?.signature ?? '')).toBe(true);
});

it('any well-formed message comes back as it was said', () => {
  const signer = { ...ann.signer, sign: () => `${'s'.repeat(85)}A` };
  fc.assert(
    fc.property(anyMessage, (message) => {
      const topic = topicOf('sd', message);
      const back = read(topic, signMessage(message, topic, signer));
      // A clone has the usual prototype, which some of the generated objects lack.
      expect(back).toStrictEqual(structuredClone(message));
    }),
    { numRuns: 500 },
  );
});

it('signs the exact text before its Signature, under its topic', () => {
  let signed = '';
  const signer = {
    publicKey: ann.member.publicKey,
    sign: (text: string) => {
      signed = text;
      return `${'s'.repeat(85)}A`;
    },
  };
  const message = samplesBy(ann).request;
  const text = signMessage(message, 'sd/sync', signer);
  expect(signed).toBe(`sortition/1\nsd/sync\n{"ClientID":"${message.clientID}","From":-1}`);
  expect(text).toBe(
    `{"ClientID":"${message.clientID}","From":-1,"Signature":"${'s'.repeat(85)}A"}`,
  );
});

it('cuts off the last field only, and leaves every other byte as it is', () => {
  const signature = `${'x'.repeat(85)}Q`;
  const inner = `{ "Signature" : "first",\n "ClientID":"a","Signature":"${signature}" , "B":1e0`;
  expect(cutSignature(`${inner},"Signature":"${signature}"}`)).toEqual({
    signed: `${inner}}`,
    signature,
  });
});

it.each([
  ['no signature', '{"A":1}'],
  ['a signature that is not last', `{"Signature":"${'x'.repeat(86)}","A":1}`],
  ['a short one', `{"A":1,"Signature":"${'x'.repeat(84)}Q"}`],
  ['one of another alphabet', `{"A":1,"Signature":"${'+'.repeat(85)}Q"}`],
  ['a second spelling of one', `{"A":1,"Signature":"${'x'.repeat(85)}R"}`],
  ['a space after it', `{"A":1,"Signature":"${'x'.repeat(85)}Q" }`],
  ['a line feed after all', `{"A":1,"Signature":"${'x'.repeat(85)}Q"}\n`],
])('finds no signature in a text with %s', (_, text) => {
  expect(cutSignature(text)).toBeNull();
});
