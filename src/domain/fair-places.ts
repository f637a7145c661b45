/** A bounded number of places, of which no single address can keep all others out. */

/** All of these are in the order of their coming. */
type Group<Holder> = { readonly all: Set<Holder>; readonly unproven: Set<Holder> };

/** Whether there was a place, and who lost one for it. */
export type Taking<Holder> =
  | { readonly isIn: true; readonly instead: Holder | null }
  | { readonly isIn: false };

/**
 * Gives places to those that come, with nothing asked while there is room.
 *
 * When all are taken, a group that has at least two more than the newcomer's loses one. So each
 * exchange makes the groups more alike: one that comes again and again wins nothing from groups
 * with few, and there is no endless exchange. Otherwise the newcomer takes the place of a member of
 * its own group that has proved nothing; and where each group has one place, of any such member.
 *
 * In a group those go first that have proved nothing, the oldest of them first: the newest may be
 * about to prove itself. Then the newest goes: who was there before a crowd came stays.
 */
export class FairPlaces<Holder> {
  readonly #most: number;
  /** The group of each. */
  readonly #places = new Map<Holder, string>();
  readonly #groups = new Map<string, Group<Holder>>();
  /** Of all groups. */
  readonly #unproven = new Set<Holder>();

  constructor(most: number) {
    this.#most = most;
  }

  /** `group`: what shares a part of the places, such as `networkOf` an address. */
  take(holder: Holder, group: string): Taking<Holder> {
    this.leave(holder);
    let instead: Holder | null = null;
    if (this.#places.size >= this.#most) {
      const loser = this.#loserTo(group);
      if (loser === undefined) return { isIn: false };
      this.leave(loser);
      instead = loser;
    }
    const members = this.#groups.get(group) ?? { all: new Set(), unproven: new Set() };
    this.#groups.set(group, members);
    members.all.add(holder);
    members.unproven.add(holder);
    this.#unproven.add(holder);
    this.#places.set(holder, group);
    return { isIn: true, instead };
  }

  /** It has done what honest members do, and is no longer the first of its group to go. */
  prove(holder: Holder): void {
    if (!this.#unproven.delete(holder)) return;
    this.#groups.get(this.#places.get(holder) ?? '')?.unproven.delete(holder);
  }

  /** Does nothing for a holder that has no place. */
  leave(holder: Holder): void {
    const group = this.#places.get(holder);
    if (group === undefined) return;
    this.prove(holder);
    this.#places.delete(holder);
    const members = this.#groups.get(group);
    members?.all.delete(holder);
    if (members?.all.size === 0) this.#groups.delete(group);
  }

  #loserTo(group: string): Holder | undefined {
    const own = this.#groups.get(group);
    const ownSize = own?.all.size ?? 0;
    let largest = own;
    let most = ownSize;
    for (const members of this.#groups.values()) {
      if (members.all.size <= most) continue;
      largest = members;
      most = members.all.size;
    }
    if (largest !== undefined && most >= ownSize + 2) {
      return firstOf(largest.unproven) ?? [...largest.all].at(-1);
    }
    return firstOf(own?.unproven ?? this.#unproven);
  }
}

function firstOf<Holder>(holders: Iterable<Holder>): Holder | undefined {
  for (const holder of holders) return holder;
  return undefined;
}

/**
 * The network of an address, which shares a part of the places: an IPv4 address is one alone, also
 * where it is written as IPv6 (RFC 4291 section 2.5.5.2); of an IPv6 address the first 64 bits
 * count, since one machine has all of the rest to choose from.
 */
export function networkOf(address: string): string {
  const [plain = ''] = address.toLowerCase().split('%');
  if (!plain.includes(':')) return plain;
  const [head = '', tail = ''] = plain.split('::');
  const [before, after] = [wordsOf(head), wordsOf(tail)];
  const zeros = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => 0);
  const words = [...before, ...zeros, ...after];
  const isMapped = words.slice(0, 5).every((word) => word === 0) && words[5] === 0xffff;
  if (isMapped) return words.slice(6, 8).flatMap(bytesOf).join('.');
  return `${words
    .slice(0, 4)
    .map((word) => word.toString(16))
    .join(':')}::/64`;
}

/** Words of 16 bits; an IPv4 address at the end is two of them. */
function wordsOf(text: string): readonly number[] {
  if (text === '') return [];
  return text.split(':').flatMap((part) => {
    if (!part.includes('.')) return [Number.parseInt(part, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = part.split('.').map(Number);
    return [a * 256 + b, c * 256 + d];
  });
}

function bytesOf(word: number): readonly number[] {
  return [Math.floor(word / 256), word % 256];
}
