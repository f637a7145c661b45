/** Challenges of other controllers that nobody will ever solve. */

import { expect, test } from 'vitest';
import { describeLab } from '../../src/client/describe-lab.ts';
import type { LabSettings } from '../../src/lab/state.ts';
import { LabWorld, type Ours, STATEMENT } from './lab-world.ts';

/** One of ours under another controller; its miner finds nothing. */
function obeying(settings: Partial<LabSettings> = {}): { world: LabWorld; peer: Ours } {
  const world = new LabWorld();
  const peer = world.join({ ...STATEMENT, peers: 2, mines: false, ...settings });
  world.say('init', { ClientID: 1 });
  world.say('voting', { ClientID: 1, VoteID: 65_535 });
  world.pass(3_000);
  expect(peer.all('elected')).toMatchObject([{ controller: 1 }]);
  return { world, peer };
}

test('a challenge of 13 hex digits is called hopeless, and given up after a minute', () => {
  const { world, peer } = obeying();
  world.say('challenge', { TransactionID: 0, Challenge: 13 });
  const [note] = peer.all('hopeless');
  expect(note).toMatchObject({ transactionID: 0, bits: 52, giveUpMs: 60_000 });
  expect(note && describeLab(note)).toMatch(
    /never be solved: 52 zero bits take 1\.4 years at .*after 60 s \(--give-up\)/,
  );
  world.pass(59_000);
  expect(peer.all('gave-up')).toHaveLength(0);
  world.pass(2_000);
  expect(peer.all('gave-up')).toMatchObject([{ transactionID: 0 }]);
  world.say('challenge', { TransactionID: 1, Challenge: 2 });
  expect(peer.all('challenge')).toMatchObject([{ bits: 52 }, { bits: 8 }]);
});

test('the next challenge is not given up in place of a hopeless one', () => {
  const { world, peer } = obeying();
  world.say('challenge', { TransactionID: 0, Challenge: 13 });
  world.pass(30_000);
  world.say('challenge', { TransactionID: 1, Challenge: 2 });
  world.pass(60_000);
  expect(peer.all('gave-up')).toHaveLength(0);
});

test('one of 12 hex digits is mined until somebody has solved it', () => {
  const { world, peer } = obeying();
  world.say('challenge', { TransactionID: 0, Challenge: 12 });
  world.pass(3_600_000);
  expect(peer.all('hopeless')).toHaveLength(0);
  expect(peer.all('gave-up')).toHaveLength(0);
});

test('--give-up is what is said of a hopeless challenge as well', () => {
  const { world, peer } = obeying({ giveUpMs: 5_000 });
  world.say('challenge', { TransactionID: 0, Challenge: 15 });
  expect(peer.all('hopeless')).toMatchObject([{ bits: 60, giveUpMs: 5_000 }]);
  world.pass(6_000);
  expect(peer.all('gave-up')).toMatchObject([{ afterMs: 5_000 }]);
});

test('more than 60 bits are unplayable, and not given up', () => {
  const { world, peer } = obeying();
  world.say('challenge', { TransactionID: 0, Challenge: 16 });
  world.pass(61_500);
  expect(peer.all('refused')).toMatchObject([{ code: 'unplayable' }]);
  expect(peer.all('gave-up')).toHaveLength(0);
});

test('what was given up and is said again is passed over, and its winner told once', () => {
  const { world, peer } = obeying();
  world.say('challenge', { TransactionID: 0, Challenge: 13 });
  world.pass(61_000);
  world.say('challenge', { TransactionID: 0, Challenge: 13 });
  world.pass(2_000);
  expect(peer.all('challenge')).toHaveLength(1);
  expect(peer.all('refused')).toHaveLength(0);
  for (let time = 0; time < 2; time += 1) {
    world.say('result', { ClientID: 1, TransactionID: 0, Solution: 'x', Result: 1 });
  }
  expect(peer.all('result')).toMatchObject([{ miner: 1 }]);
  world.say('challenge', { TransactionID: 0, Challenge: 13 });
  world.pass(2_000);
  expect(peer.all('refused')).toMatchObject([{ code: 'already-solved' }]);
});
