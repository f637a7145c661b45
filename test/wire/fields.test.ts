import { expect, it } from 'vitest';
import { fromWire, toWire } from '../../src/wire/fields.ts';
import { actor, samplesBy } from './samples.ts';

const samples = samplesBy(actor());

it('spells fields as the labs do, ClientID first, at every depth', () => {
  const { accepted } = samples.vote;
  const wire = toWire(samples.vote);
  expect(Object.keys(wire)).toEqual([
    'ClientID',
    'Term',
    'VoteID',
    'ControllerID',
    'Draw',
    'Drawn',
    'Roster',
    'TransactionID',
    'Accepted',
  ]);
  const { Accepted } = wire;
  expect(Accepted).toEqual({
    Term: accepted?.term,
    Block: {
      TransactionID: accepted?.block.transactionID,
      Parent: accepted?.block.parent,
      Root: accepted?.block.root,
      Time: accepted?.block.time,
      Challenge: accepted?.block.challenge,
      ClientID: accepted?.block.clientID,
      Solution: accepted?.block.solution,
    },
  });
});

it('spells PublicKey and HashRate, and puts the miner of a result first', () => {
  expect(Object.keys(toWire(samples.introduction))).toContain('PublicKey');
  expect(Object.keys(toWire(samples.heartbeat))).toContain('HashRate');
  expect(Object.keys(toWire(samples.result)).slice(0, 2)).toEqual(['ClientID', 'ControllerID']);
});

it('leaves out what the topic says: the kind, and whom an answer is for', () => {
  expect(Object.keys(toWire(samples.answer))).toEqual(['ClientID', 'Blocks', 'Seals']);
});

it('ignores names that do not begin with a capital letter, so that none can shadow another', () => {
  const value = JSON.parse('{"ClientID":"a","clientID":"b","_x":1,"2":2,"Ä":3,"":4}');
  expect(fromWire(value)).toEqual({ clientID: 'a' });
});

it('takes nothing from a prototype, neither the own one nor one sent along', () => {
  const value = JSON.parse('{"__proto__":{"Polluted":1},"Constructor":{"Prototype":{"X":1}}}');
  const fields = fromWire(value) as object;
  expect(Object.getPrototypeOf(fields)).toBeNull();
  expect('polluted' in fields || 'toString' in fields).toBe(false);
  expect('x' in {} || 'polluted' in {}).toBe(false);
});
