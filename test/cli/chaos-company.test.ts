/** What the peers of a run are taken for, by what they say. */

import { beforeEach, describe, expect, it } from 'vitest';
import { type ChaosPeer, Company } from '../../src/cli/chaos-company.ts';
import type { Said } from '../../src/cli/fleet-said.ts';
import type { Relay, Way } from '../../src/cli/relay.ts';

let company: Company;
let peers: ChaosPeer[];

const told = (kind: string, fields: object): Said =>
  ({ time: 7, kind, ...fields }) as unknown as Said;

function come(label: string, way: Way = 'open'): ChaosPeer {
  const relay = { way } as Relay;
  const peer = company.add({ label, relay, data: null, isSpared: false, machine: 'sound' });
  const place = company.peers.length;
  company.begin(peer, place, 1_000 + place);
  company.hear(peer, told('started', { peer: `name of ${label}` }));
  return peer;
}

const members = (...labels: readonly string[]): readonly string[] =>
  labels.map((label) => `name of ${label}`);

function obey(peer: ChaosPeer, term: number, controller: string): void {
  company.hear(peer, told('mandate', { term, controller: `name of ${controller}` }));
}

function seal(peer: ChaosPeer, transactionID: number, challenge = 12): void {
  const entry = { kind: 'sealed', block: { transactionID, challenge } };
  company.hear(peer, told('fact', { what: 'recorded', entry }));
}

function change(peer: ChaosPeer, transactionID: number, now: readonly string[]): void {
  seal(peer, transactionID, 0);
  company.hear(peer, told('roster', { transactionID, members: now }));
}

beforeEach(() => {
  company = new Company(5);
  peers = ['p1', 'p2', 'p3', 'p4', 'p5'].map((label) => come(label));
  for (const peer of peers) {
    company.hear(peer, told('founded', { members: members('p1', 'p2', 'p3', 'p4', 'p5') }));
    obey(peer, 1, 'p1');
  }
});

const at = (number: number): ChaosPeer => company.called(`p${number}`);

describe('a company', () => {
  it('can spare whoever is not needed for a majority', () => {
    expect(company.spare).toBe(2);
    at(5).life = 'dead';
    expect(company.spare).toBe(1);
    at(4).life = 'frozen';
    expect(company.spare).toBe(0);
    at(3).life = 'leaving';
    expect(company.spare).toBe(-1);
  });

  it('needs the old majority as long as somebody has not heard of the removal', () => {
    at(5).life = 'dead';
    at(4).life = 'dead';
    change(at(1), 0, members('p1', 'p2', 'p3', 'p4'));
    change(at(1), 1, members('p1', 'p2', 'p3'));
    // Of three one is to spare, of five none.
    expect(company.spare).toBe(0);
    for (const peer of [at(2), at(3)]) {
      seal(peer, 0, 0);
      seal(peer, 1, 0);
    }
    expect(company.spare).toBe(1);
  });

  it('does not count who is cut off, nor who obeys nobody yet, nor observers', () => {
    const closed = come('p6', 'closed');
    const late = come('p7', 300);
    const fresh = come('p8');
    for (const peer of [closed, late]) obey(peer, 1, 'p1');
    expect([closed, late, fresh].map((peer) => company.isAble(peer))).toEqual([false, true, false]);
    expect(company.isMember(late)).toBe(false);
    expect(company.spare).toBe(2);
  });

  it('knows the controller of the latest term, while it lives', () => {
    expect(company.controller).toBe(at(1));
    obey(at(3), 2, 'p2');
    expect(company.controller).toBe(at(2));
    at(2).life = 'dead';
    expect(company.controller).toBeNull();
  });

  it('knows whether a challenge is open', () => {
    expect(company.hasOpenChallenge).toBe(false);
    company.hear(at(2), told('challenge', { transactionID: 0 }));
    expect(company.hasOpenChallenge).toBe(true);
    seal(at(3), 0);
    expect(company.hasOpenChallenge).toBe(false);
    expect(company.sealed).toBe(0);
    expect(at(3)).toMatchObject({ height: 1, mined: 0 });
  });

  it('knows nothing of a new process but what it says', () => {
    const peer = at(1);
    company.begin(peer, 9, 99);
    expect(peer).toMatchObject({ name: null, mandate: null, isConnected: false, life: 'alive' });
    expect(company.at(9)).toBe(peer);
    expect(company.at(1)).toBeNull();
    company.hear(peer, told('recalled', { height: 4 }));
    expect(peer.height).toBe(4);
  });
});
