/** Adds up many lives: what befell them, what they decided, and how soon they recovered. */

import type { Life } from './life.ts';
import type { PersonalityName } from './personality.ts';
import type { Deed, InsiderKind, Plan } from './plan.ts';
import type { Doubles } from './traffic.ts';

const any = Number.POSITIVE_INFINITY;

export class Tally {
  readonly #faults = new Map<Deed['what'], number>();
  readonly #failoversMs: number[] = [];
  readonly #brokers = new Map<PersonalityName, number>();
  readonly #sizes: number[] = [];
  /** Of the world that had least of each. */
  readonly #least = { ms: any, faults: any, seals: any };
  worlds = 0;
  broken = 0;
  doomed = 0;
  seals = 0;
  terms = 0;
  virtualMs = 0;
  sent = 0;
  /** Worlds with a service, and finds that their services took. */
  readonly served = { worlds: 0, finds: 0 };
  readonly #doubles = new Map<keyof Doubles, number>();
  /** Worlds and their elections, by who was bad in them. */
  readonly #elections = new Map<Company, { worlds: number; elections: number }>();
  readonly #insiders = new Map<InsiderKind, number>();
  readonly #siegeFailoversMs: number[] = [];
  repeated = 0;
  invented = 0;
  strangers = 0;
  /** The longest that any world stood still beside its bad ones. */
  stillMs = 0;

  add(life: Life): void {
    this.#addBad(life);
    this.#addLife(life);
  }

  #addBad({ plan, world, siege }: Life): void {
    const { mischief, stillMs, failoverMs } = siege;
    const elections = Math.max(...world.peers.map((peer) => world.view(peer).term));
    const before = this.#elections.get(companyOf(plan)) ?? { worlds: 0, elections: 0 };
    this.#elections.set(companyOf(plan), {
      worlds: before.worlds + 1,
      elections: before.elections + elections,
    });
    if (plan.insider !== null) count(this.#insiders, plan.insider);
    if (plan.hasStranger) this.strangers += 1;
    this.repeated += mischief.repeated;
    this.invented += mischief.invented;
    this.stillMs = Math.max(this.stillMs, stillMs);
    if (failoverMs !== null) this.#siegeFailoversMs.push(failoverMs);
  }

  /** How many elections a world with such company had, on average. */
  electionsPerWorld(company: Company): number {
    const { worlds, elections } = this.#elections.get(company) ?? { worlds: 0, elections: 0 };
    return worlds === 0 ? 0 : elections / worlds;
  }

  #addLife({ plan, world, violation, faults, failoversMs, settled, chatted }: Life): void {
    const views = world.peers.map((peer) => world.view(peer));
    const seals = Math.max(...views.map(({ height }) => height));
    const { now } = world.agenda;
    this.worlds += 1;
    if (violation !== null) this.broken += 1;
    if (plan.isDoomed) this.doomed += 1;
    this.seals += seals;
    this.terms += Math.max(...views.map(({ term }) => term));
    this.virtualMs += now;
    this.#failoversMs.push(...failoversMs);
    this.sent += settled.sent + chatted;
    if (world.service !== null) this.served.worlds += 1;
    this.served.finds += world.service?.taken.length ?? 0;
    for (const [end, times] of Object.entries(settled.doubles))
      this.#doubles.set(end as keyof Doubles, this.doubles(end as keyof Doubles) + times);
    this.#sizes.push(plan.peers);
    count(this.#brokers, plan.personality);
    for (const { what } of plan.deeds) count(this.#faults, what);
    this.#least.ms = Math.min(this.#least.ms, now);
    this.#least.faults = Math.min(this.#least.faults, faults);
    this.#least.seals = Math.min(this.#least.seals, seals);
  }

  /** The same for machines. */
  totals(): Readonly<Record<string, unknown>> {
    const { worlds, broken, doomed, seals, terms, virtualMs, sent, faults, strangers } = this;
    return {
      ...{ worlds, broken, doomed, seals, terms, virtualMs, sent, faults },
      elections: Object.fromEntries(this.#elections),
      ...{ strangers, repeated: this.repeated, invented: this.invented },
      insiders: Object.fromEntries(this.#insiders),
      standStillMs: this.stillMs,
    };
  }

  get faults(): number {
    return [...this.#faults.values()].reduce((a, b) => a + b, this.doomed);
  }

  /** So many double spends ended in that way. */
  doubles(end: keyof Doubles): number {
    return this.#doubles.get(end) ?? 0;
  }

  /** Several lines for people. */
  describe(): string {
    const sizes = this.#sizes.toSorted((a, b) => a - b);
    const { ms, faults, seals } = this.#least;
    return [
      `seats: ${sizes[0]} to ${sizes.at(-1)}, median ${sizes[Math.floor(sizes.length / 2)]}; ` +
        `brokers: ${inOrder(this.#brokers)}`,
      `faults: ${inOrder(this.#faults)}`,
      `least of a world: ${(ms / 1000).toFixed(1)} s, ${faults} faults, ${seals} blocks sealed`,
      `${this.seals} blocks sealed in ${this.terms} terms, ${hours(this.virtualMs)} of world time`,
      `${this.doomed} worlds lost their majority for good in the end, and decided nothing more`,
      `${this.sent} transactions sent; of double spends through two peers at once ` +
        `${this.doubles('one')} went one way, ${this.doubles('both')} both ways; neither way ` +
        `${this.doubles('refused')} (refused by both peers), ` +
        `${this.doubles('overtaken')} (overtaken by a third with their nonce), ` +
        `${this.doubles('lost')} (lost with who had taken them), ` +
        `${this.doubles('late')} (too late), ${this.doubles('forgotten')} (forgotten)`,
      `${this.#failoversMs.length} times a controller was lost, or cut off: ` +
        `the next mandate after ${spread(this.#failoversMs)}`,
      ...this.#describeBad(),
    ].join('\n');
  }

  #describeBad(): readonly string[] {
    const elections = COMPANIES.map((company) => {
      const { worlds } = this.#elections.get(company) ?? { worlds: 0 };
      return `${this.electionsPerWorld(company).toFixed(2)} in ${worlds} ${company}`;
    });
    return [
      `elections per world: ${elections.join(', ')}`,
      `strangers in ${this.strangers} worlds: ${this.repeated} messages repeated, ` +
        `${this.invented} made up; bad members: ${inOrder(this.#insiders) || 'none'}`,
      `beside them no block for ${(this.stillMs / 1000).toFixed(1)} s at most; ` +
        `${this.#siegeFailoversMs.length} controllers killed, ` +
        `the next mandate after ${spread(this.#siegeFailoversMs)}`,
    ];
  }
}

/** Who is bad in a world. */
type Company = 'without bad ones' | 'with a stranger' | 'with a bad member' | 'with both';

const COMPANIES: readonly Company[] = [
  'without bad ones',
  'with a stranger',
  'with a bad member',
  'with both',
];

function companyOf({ hasStranger, insider }: Plan): Company {
  if (insider === null) return hasStranger ? 'with a stranger' : 'without bad ones';
  return hasStranger ? 'with both' : 'with a bad member';
}

/** `5.80 s (median), 66.50 s (99 %), 78.40 s (worst)`. */
function spread(times: readonly number[]): string {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): string =>
    `${((sorted[Math.floor(share * (sorted.length - 1))] ?? 0) / 1000).toFixed(2)} s`;
  return `${at(0.5)} (median), ${at(0.99)} (99 %), ${at(1)} (worst)`;
}

function count<Name>(counts: Map<Name, number>, name: Name): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

/** `crash 12, weather 4`: the most first. */
function inOrder(counts: ReadonlyMap<string, number>): string {
  const sorted = [...counts].sort(([, a], [, b]) => b - a);
  return sorted.map(([name, times]) => `${name} ${times}`).join(', ');
}

function hours(ms: number): string {
  return `${(ms / 3_600_000).toFixed(1)} hours`;
}
