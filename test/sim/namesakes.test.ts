/** Names where the lowest one governs: what a stranger, a liar and a twin can do with them. */

import { expect, it } from 'vitest';
import type { Delivery } from '../../src/client/link.ts';
import type { Settings } from '../../src/domain/contract.ts';
import type { Introduction, Member } from '../../src/domain/message.ts';
import { nodeHasher } from '../../src/node/crypto.ts';
import { type Inhabitant, World } from '../../src/sim/world.ts';
import { plainReader } from '../../src/wire/reader.ts';
import { DEFAULT_PREFIX, readTopic } from '../../src/wire/topics.ts';

const settings = { peers: 3, election: 'present' } as const;

/** What each has said of itself last. */
function introductionIn({ topic, payload }: Delivery): Introduction | null {
  const place = readTopic(DEFAULT_PREFIX, topic);
  if (place?.kind !== 'introduction') return null;
  const read = plainReader.letter(place, topic, payload);
  return read.ok && read.letter.message.kind === 'introduction' ? read.letter.message : null;
}

class Town {
  readonly world: World;
  readonly #introductions = new Map<string, Introduction>();

  constructor(seed: number) {
    const onCarried = (delivery: Delivery): void => {
      const said = introductionIn(delivery);
      if (said !== null) this.#introductions.set(said.clientID, said);
    };
    this.world = new World({ seed, hasher: nodeHasher, settings, onCarried });
  }

  /** Identities in order of their ClientIDs. */
  identities(count: number): readonly Member[] {
    const all = Array.from({ length: count }, () => this.world.identity());
    return all.sort((a, b) => (a.clientID < b.clientID ? -1 : 1));
  }

  start(self: Member | undefined, more: Partial<Settings> = {}): Inhabitant {
    if (self === undefined) throw new Error('Somebody starts.');
    return this.world.start({ self, ...more });
  }

  /** It says another Name of itself than its own, with its own key. */
  pretend(peer: Inhabitant, name: number): void {
    const said = this.#introductions.get(peer.self.clientID);
    if (said !== undefined) this.world.utter(peer, { ...said, name });
  }

  governs(peer: Inhabitant): boolean {
    return this.world.controller() === peer;
  }

  until(isDone: () => boolean, forMs = 60_000): void {
    if (!this.world.runUntil(isDone, forMs)) throw new Error(`Not within ${forMs} ms.`);
  }

  told(peer: Inhabitant): readonly string[] {
    return this.world.told
      .filter((it) => it.peer === peer.name && it.note.kind === 'same-name')
      .map(({ note }) => (note.kind === 'same-name' ? this.world.nameOf(note.by) : ''));
  }
}

it('a stranger with a founder’s Name holds up no founding that is fixed', () => {
  const town = new Town(5);
  const [stranger, ...founders] = town.identities(4);
  // Its ClientID is the lowest.
  town.start(stranger, { founders, name: 1 });
  const members = founders.map((self, index) => town.start(self, { founders, name: index + 1 }));
  town.until(() => town.world.controller() !== null, 5_000);
  expect(members.map((peer) => town.world.view(peer).role)).toContain('controller');
  expect(members.flatMap((peer) => town.told(peer))).toEqual([]);
});

it('a founder with the Name of another one is told so, and the founding waits for another', () => {
  const town = new Town(5);
  const founders = town.identities(3);
  const [first, second] = founders.map((self) => town.start(self, { founders, name: 7 }));
  if (first === undefined || second === undefined) throw new Error('Three are here.');
  town.world.run(30_000);
  expect(town.world.controller()).toBeNull();
  expect(town.told(first)).toEqual([]);
  expect(town.told(second)).toEqual([first.name]);
});

it('a stranger with a member’s Name takes nothing from it, and gets no seat', () => {
  const town = new Town(6);
  const [stranger, ...others] = town.identities(4);
  const members = others.map((self, index) => town.start(self, { name: index + 1 }));
  const [first, second] = members;
  if (first === undefined || second === undefined) throw new Error('Three are here.');
  town.until(() => town.governs(first));
  const guest = town.start(stranger, { name: 2 });
  // A free seat, too, is not for it while a member has its Name.
  const third = members[2];
  if (third !== undefined) town.world.leave(third);
  town.world.run(60_000);
  expect(town.world.view(guest).role).toBe('observer');
  expect(town.told(guest)).toEqual([second.name]);
  expect(town.told(second)).toEqual([]);
  // Once nobody has it any more, it is as good as another one.
  town.world.leave(second);
  town.until(() => town.world.view(guest).role === 'member');
});

it('of two observers with one Name the one that waits longer is admitted', () => {
  const town = new Town(6);
  const [low, ...others] = town.identities(5);
  const [own, ...founders] = others;
  const members = founders.map((self, index) => town.start(self, { name: index + 1 }));
  const [, , third] = members;
  if (third === undefined) throw new Error('Three are here.');
  town.until(() => town.world.controller() !== null);
  const waiting = town.start(own, { name: 9 });
  town.world.run(5_000);
  // A stranger claims the same Name under a lower key.
  const stranger = town.start(low, { name: 9 });
  town.world.run(1_000);
  town.world.leave(third);
  town.until(() => town.world.view(waiting).role === 'member');
  expect(town.world.view(stranger).role).toBe('observer');
});

it('a member that says a lower Name than it commits under gets no office by it', () => {
  const town = new Town(7);
  const [one, two, three] = town
    .identities(3)
    .map((self, index) => town.start(self, { name: index + 1 }));
  if (one === undefined || two === undefined || three === undefined) throw new Error('Three.');
  town.until(() => town.governs(one));
  town.world.kill(one);
  town.until(() => town.governs(two));
  const lie = (): void => {
    town.pretend(three, 1);
    town.world.agenda.plan(1_000, lie);
  };
  lie();
  town.world.run(300_000);
  expect(town.governs(two)).toBe(true);
  const terms = town.world.view(two).term;
  // Believed after 15, 30, 60 and 120 s, and each time in vain.
  expect(terms).toBeGreaterThan(2);
  expect(terms).toBeLessThanOrEqual(7);
  expect(town.world.view(two).height).toBeGreaterThan(30);
});

it('a member that comes back with the Name of another one keeps its seat, and is told', () => {
  const town = new Town(8);
  const [one, two, three] = town
    .identities(3)
    .map((self, index) => town.start(self, { name: index + 1 }));
  if (one === undefined || two === undefined || three === undefined) throw new Error('Three.');
  town.until(() => town.governs(one));
  town.world.kill(three);
  Object.assign(three.settings, { name: 1 });
  town.world.restart(three);
  town.world.run(60_000);
  expect(town.world.view(three).role).toBe('member');
  expect(town.told(three)).toEqual([one.name]);
  expect(town.governs(one)).toBe(true);
});
