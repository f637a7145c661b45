import { expect, test } from 'vitest';
import { assert } from '../../src/domain/assert.ts';
import { nodeHasher } from '../../src/node/crypto.ts';
import { Replay } from '../../src/record/replay.ts';
import { TraceReader } from '../../src/record/trace.ts';
import { LabWorld, STATEMENT, UFES } from './lab-world.ts';

test.each([UFES, STATEMENT])(
  'peers of $dialect decide the same again from their traces',
  (base) => {
    const world = new LabWorld();
    const peers = [1, 2, 3].map(() => world.join({ ...base, challenges: 2 }));
    world.pass(5_000);
    world.say('init', 'garbage');
    world.say('solution', {
      TransactionID: 0,
      ClientID: base.dialect === 'ufes' ? 'x' : 7,
      Solution: '',
    });
    world.pass(25_000);
    for (const { trace } of peers) {
      const reader = new TraceReader();
      const [first, ...turns] = [...reader.push(new TextEncoder().encode(trace.join('')))];
      assert(first?.kind === 'head', 'A trace begins with a head.');
      const replay = new Replay(first.head, nodeHasher);
      expect(turns.length).toBeGreaterThan(10);
      for (const line of turns) {
        assert(line.kind === 'turn', 'Everything else is a turn.');
        expect(replay.take(line.turn, line.text)).toEqual({ kind: 'same' });
      }
    }
  },
);
