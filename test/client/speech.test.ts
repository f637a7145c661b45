/** What a peer hears of its own words: at once from its hands, and not again from the broker. */

import { describe, expect, it } from 'vitest';
import { createSpeech } from '../../src/client/speech.ts';
import type { Message } from '../../src/domain/message.ts';
import type { Instant, Nonce, Term, TransactionID } from '../../src/domain/names.ts';
import { nodeHasher } from '../../src/node/crypto.ts';
import { toyIdentity, toySigner, toyVerifier } from '../../src/sim/toy-crypto.ts';
import { Door } from '../../src/wire/door.ts';

const self = toyIdentity('1'.repeat(64), nodeHasher);
const other = toyIdentity('2'.repeat(64), nodeHasher);
const view = {
  term: 0 as Term,
  height: 0 as TransactionID,
  members: new Set<never>(),
  judge: () => null,
};

function speaker(): ReturnType<typeof createSpeech> {
  const door = new Door({ prefix: 'sd', self, hasher: nodeHasher, verifier: toyVerifier() });
  door.learn(other);
  return createSpeech('sd', self.clientID, toySigner(self.publicKey), door);
}

const reveal = (of: typeof self, nonce: string): Message => ({
  kind: 'reveal',
  clientID: of.clientID,
  term: 1 as Term,
  nonce: nonce.repeat(64) as Nonce,
});

describe('the speech of a peer', () => {
  it('leaves out its own words when the broker brings them back', () => {
    const speech = speaker();
    const message = reveal(self, 'a');
    const { topic, text } = speech.utter(message);
    const echo = { topic, payload: new TextEncoder().encode(text), retained: false };
    speech.hearOwn(message, text);
    expect(speech.understand(echo, view, 1 as Instant)).toBeNull();
  });

  it('hears that its presence or a mandate is cleared, and no fault in what is empty', () => {
    const speech = speaker();
    const cleared = (topic: string): unknown =>
      speech.understand({ topic, payload: new Uint8Array(), retained: false }, view, 1 as Instant);
    expect(cleared(`sd/peer/${self.clientID}`)).toEqual({ kind: 'cleared', what: 'presence' });
    expect(cleared('sd/controller')).toEqual({ kind: 'cleared', what: 'mandate' });
    for (const topic of [`sd/peer/${other.clientID}`, 'sd/init', 'sd/transaction', 'sd/elsewhere'])
      expect(cleared(topic)).toBeNull();
  });

  it('hears what somebody says in its name, and what others say', () => {
    const speech = speaker();
    const { topic, text } = speech.utter(reveal(self, 'b'));
    const payload = new TextEncoder().encode(text);
    const heard = speech.understand({ topic, payload, retained: false }, view, 1 as Instant);
    expect(heard).toMatchObject({ kind: 'heard', message: { clientID: self.clientID } });
    const garbage = { topic, payload: Uint8Array.of(0xff), retained: false };
    const refused = speech.understand(garbage, view, 1 as Instant);
    expect(refused).toMatchObject({ kind: 'refused', refusal: { code: 'not-utf8' } });
  });
});
