/** Runs a false world through a bad life, and says what did not hold (PROTOCOL 9). */

import { describe } from '../client/describe.ts';
import type { Hasher } from '../domain/crypto.ts';
import { majority } from '../domain/roster.ts';
import { Chance } from './chance.ts';
import { calm, type Nemesis } from './network.ts';
import { type Inhabitant, World } from './world.ts';

/** Long enough for any suspicion, a few elections given up, and a binding that has to lapse. */
const healMs = 120_000;

export type Life = { readonly world: World; readonly title: string; readonly fault: string | null };

/** All chances of a life come from its seed. */
export function live(seed: number, hasher: Hasher): Life {
  const chance = new Chance(seed * 7919);
  const peers = 1 + Math.floor(chance.next() * 7);
  const extra = chance.happens(0.4) ? 1 + Math.floor(chance.next() * 4) : 0;
  const nemesis = chooseNemesis(chance);
  const world = new World({
    seed,
    hasher,
    settings: { peers },
    nemesis,
    solveMs: 2_000,
  });
  const { loss, delayMs } = nemesis;
  const title =
    `seed ${seed}: ${peers} seats, ${extra} more peers, ` +
    `loss ${loss.toFixed(2)}, delay up to ${delayMs[1]} ms`;
  const fault =
    founding(world, chance, peers + extra) ??
    faults(world, chance, peers) ??
    turnover(world, chance) ??
    heal(world);
  return { world, title, fault: fault ?? brokenSafety(world) };
}

function chooseNemesis(chance: Chance): Nemesis {
  const loss = chance.happens(0.5) ? chance.next() * 0.3 : 0;
  return { loss, repeat: loss / 2, delayMs: [0.5, chance.happens(0.3) ? 300 : 3] };
}

function founding(world: World, chance: Chance, count: number): string | null {
  for (let started = 0; started < count; started += 1) {
    world.start();
    world.run(chance.happens(0.5) ? 0 : chance.next() * 3_000);
  }
  const isFounded = world.runUntil(() => world.controller() !== null, healMs);
  return isFounded ? null : 'no founding came about';
}

/** A minority goes, one way or another, and the broker with it now and then. */
function faults(world: World, chance: Chance, seats: number): string | null {
  for (let gone = 0; gone < Math.floor((seats - 1) / 2); gone += 1) {
    world.run(chance.next() * 10_000);
    const victim = chance.happens(0.7) ? world.controller() : (members(world)[0] ?? null);
    if (victim === null) continue;
    if (chance.happens(0.3)) world.leave(victim);
    else world.kill(victim);
    if (chance.happens(0.3)) interruptBroker(world, chance);
  }
  world.run(40_000);
  return null;
}

/** Members leave or are removed one after another, and new peers come in their place. */
function turnover(world: World, chance: Chance): string | null {
  if (chance.happens(0.5)) return null;
  for (let round = 0; round < 3; round += 1) {
    const victim = chance.happens(0.5) ? world.controller() : (members(world)[0] ?? null);
    if (victim !== null && canSpare(world, victim)) {
      if (chance.happens(0.6)) world.leave(victim);
      else world.kill(victim);
    }
    if (chance.happens(0.5)) world.start();
    world.run(chance.happens(0.5) ? chance.next() * 5_000 : 75_000);
  }
  return null;
}

/** Whether a majority of the roster lives on without it. */
function canSpare(world: World, victim: Inhabitant): boolean {
  const size = world.view(victim).members.length;
  return members(world).length - 1 >= majority(size);
}

function interruptBroker(world: World, chance: Chance): void {
  world.network.stop(chance.happens(0.5));
  world.run(chance.next() * 20_000);
  world.network.restart();
}

/** Without faults there must be a controller again, and blocks must flow to everybody. */
function heal(world: World): string | null {
  world.network.nemesis = calm;
  if (!world.runUntil(() => world.controller() !== null, healMs)) return 'no controller came back';
  const height = Math.max(...world.alive().map((peer) => world.view(peer).height));
  const isFlowing = world.runUntil(
    () => world.alive().every((peer) => world.view(peer).height > height + 2),
    healMs,
  );
  return isFlowing ? null : `no blocks beyond ${height} reached everybody`;
}

function members(world: World): readonly Inhabitant[] {
  return world.alive().filter((peer) => ['member', 'controller'].includes(world.view(peer).role));
}

/** S1 and S4; the rest of the invariants get checkers of their own. */
export function brokenSafety(world: World): string | null {
  const controllers = new Map<number, string>();
  for (const { note } of world.told) {
    if (note.kind !== 'mandate') continue;
    const other = controllers.get(note.term);
    if (other !== undefined && other !== note.controller)
      return `S1: two controllers in term ${note.term}`;
    controllers.set(note.term, note.controller);
  }
  const ledgers = world.peers.map(({ journal }) => journal.blocks().map((b) => JSON.stringify(b)));
  const longest = ledgers.reduce((a, b) => (b.length > a.length ? b : a), []);
  for (const [index, ledger] of ledgers.entries()) {
    const forks = ledger.findIndex((block, height) => block !== longest[height]);
    if (forks >= 0) return `S4: block ${forks} of p${index + 1} is another than elsewhere`;
  }
  return null;
}

/** What happened, for somebody who has to find out why. */
export function retell(world: World): string {
  return world.told
    .map(({ at, peer, note }) => {
      const text = describe(note, (id) => world.nameOf(id));
      return `${at.toFixed(1).padStart(9)} ${peer.padEnd(4)} ${text}`;
    })
    .join('\n');
}
