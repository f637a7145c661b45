/** The judge of a run hears what peers told, and finds what does not hold. */

import { describe, expect, it } from 'vitest';
import { Judge } from '../../src/cli/chaos-judge.ts';
import type { Said } from '../../src/cli/fleet-said.ts';
import type { Entry } from '../../src/domain/contract.ts';
import type { Block, Message } from '../../src/domain/message.ts';
import type { ClientID, Digest } from '../../src/domain/names.ts';
import { digestOf } from '../../src/ledger/block.ts';
import { nodeHasher } from '../../src/node/crypto.ts';

const ann = 'aaaaaaaa-0000-8000-8000-000000000000' as ClientID;
const bob = 'bbbbbbbb-0000-8000-8000-000000000000' as ClientID;

let at = 0;
function fact(what: 'recorded' | 'recalled', entry: Entry): Said {
  at += 1;
  return { time: 0, kind: 'fact', at, what, entry } as unknown as Said;
}

function said(message: object): Said {
  at += 1;
  return { time: 0, kind: 'fact', at, what: 'said', message: message as Message } as Said;
}

const founded: Entry = {
  kind: 'founded',
  founding: {
    members: [ann, bob].map((clientID) => ({ clientID, publicKey: '' as never })),
    votes: [],
  },
};

/** A change is no work, so that nobody has to search for it. */
function blockOf(transactionID: number, parent: string, change: string): Entry {
  const block = {
    transactionID,
    parent,
    root: nodeHasher.sha256(change),
    time: 0,
    challenge: 0,
    clientID: ann,
    solution: '',
    change,
  } as unknown as Block;
  return { kind: 'sealed', block, digest: digestOf(block, nodeHasher), seal: ['long'] };
}

const digestIn = (entry: Entry): Digest => (entry.kind === 'sealed' ? entry.digest : ('' as never));

const first = blockOf(0, 'network', `remove ${bob}`);
const second = blockOf(1, digestIn(first), `remove ${ann}`);
const other = blockOf(1, digestIn(first), `remove ${bob}`);

const namesOf = (judge: Judge): readonly string[] =>
  judge.judge(nodeHasher).map(({ name }) => name);

describe('the judge', () => {
  it('finds nothing where two peers write down the same', () => {
    const judge = new Judge();
    for (const peer of [ann, bob])
      for (const entry of [founded, first, second]) judge.hear(peer, fact('recorded', entry));
    expect(judge.judge(nodeHasher)).toEqual([]);
    expect(judge.facts).toBe(6);
    expect(judge.ledger()).toEqual([digestIn(first), digestIn(second)]);
  });

  it('finds two blocks of one number, whoever has them', () => {
    const judge = new Judge();
    for (const entry of [founded, first, second]) judge.hear(ann, fact('recorded', entry));
    for (const entry of [founded, first, other]) judge.hear(bob, fact('recorded', entry));
    expect(namesOf(judge)).toEqual(['S3']);
  });

  it('judges in the order in which things happened, not in that in which they were told', () => {
    const judge = new Judge();
    const [early, late] = [5, 6].map((term) =>
      said({ kind: 'heartbeat', clientID: ann, term, controllerID: null }),
    );
    if (early === undefined || late === undefined) throw new Error('There are two.');
    judge.hear(ann, late);
    judge.hear(ann, early);
    expect(namesOf(judge)).toEqual([]);
  });

  it('finds a term that falls', () => {
    const judge = new Judge();
    for (const term of [6, 5])
      judge.hear(ann, said({ kind: 'heartbeat', clientID: ann, term, controllerID: null }));
    expect(namesOf(judge)).toEqual(['S2']);
  });

  it('forgives a block that was written just before a kill, and that nobody was told of', () => {
    const judge = new Judge();
    for (const entry of [founded, first]) judge.hear(ann, fact('recorded', entry));
    judge.crashed(ann);
    for (const entry of [founded, first, second]) judge.hear(ann, fact('recalled', entry));
    judge.hear(ann, recalled(2));
    judge.hear(ann, fact('recorded', blockOf(2, digestIn(second), `remove ${bob}`)));
    expect(judge.judge(nodeHasher)).toEqual([]);
  });

  it('finds what a peer has forgotten, or remembers otherwise', () => {
    const judge = new Judge();
    for (const entry of [founded, first, second]) judge.hear(ann, fact('recorded', entry));
    judge.hear(ann, fact('recalled', first));
    judge.hear(ann, recalled(1));
    expect(namesOf(judge)).toEqual(['memory']);
    judge.hear(ann, fact('recalled', other));
    expect(namesOf(judge)).toEqual(['memory', 'memory']);
  });

  it('finds a disk with blocks that nobody recorded, and none with fewer', () => {
    const judge = new Judge();
    for (const entry of [founded, first, second]) judge.hear(ann, fact('recorded', entry));
    judge.compare('p1', [digestIn(first)]);
    expect(namesOf(judge)).toEqual([]);
    judge.compare('p1', [digestIn(first), digestIn(other)]);
    expect(namesOf(judge)).toEqual(['S4']);
  });

  it('finds a second network', () => {
    const judge = new Judge();
    for (const [peer, network] of [
      [ann, 'one'],
      [bob, 'one'],
      [bob, 'two'],
    ] as const)
      judge.hear(peer, { time: 0, kind: 'founded', network, members: [] } as unknown as Said);
    expect(namesOf(judge)).toEqual(['one network']);
  });
});

function recalled(height: number): Said {
  return { time: 0, kind: 'recalled', network: 'one', term: 1, height } as unknown as Said;
}
