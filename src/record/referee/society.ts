/** Who is who: keys, connections, Rules, and the rosters and networks that peers belong to. */

import type { Hasher } from '../../domain/crypto.ts';
import type { Genesis } from '../../domain/genesis.ts';
import type { Enveloped, Member, Vote } from '../../domain/message.ts';
import { senderOf } from '../../domain/message.ts';
import { type ClientID, type Digest, type PublicKey, UNFOUNDED } from '../../domain/names.ts';
import { isMember, makeRoster, type Roster } from '../../domain/roster.ts';
import { digestOfGenesis } from '../../ledger/genesis.ts';
import { membersIn } from '../../wire/evidence.ts';
import { provesName } from '../../wire/identity.ts';
import { Latest, PEERS_KEPT } from './latest.ts';
import type { Said } from './testimony.ts';

/** What is known of a peer. */
export type Person = {
  readonly clientID: ClientID;
  publicKey: PublicKey | null;
  /** Of its latest connection, and when that was first heard of. */
  incarnation: number;
  incarnationAt: number;
  /** The text of the Rules that it goes by. */
  rules: string | null;
  /** A peer is of one network in its life. */
  network: Digest | null;
};

/** Each change of members makes one; there is a new one every few seconds at most. */
const ROSTERS_KEPT = 1_000;

/** A list has 20 kB at most, and anybody may say one. */
const LISTS_KEPT = 20;

/** A roster with the Rules that are hashed into its digest. */
type Proven = { readonly roster: Roster; readonly rules: string };

export class Society {
  readonly #hasher: Hasher;
  /** Who spoke or was spoken of last stays longest. */
  readonly #people = new Latest<ClientID, Person>(PEERS_KEPT);
  readonly #rulesTexts = new Set<string>();
  /** Members that somebody claims for a roster's digest, until Rules are known that prove it. */
  readonly #claims = new Latest<Digest, readonly Member[]>(ROSTERS_KEPT);
  readonly #rosters = new Latest<Digest, Proven>(ROSTERS_KEPT);
  readonly #networkOfRoster = new Latest<Digest, Digest>(ROSTERS_KEPT);
  readonly #known: { readonly genesis: Genesis; readonly digest: Digest } | null;
  readonly #lists = new Latest<Digest, Genesis>(LISTS_KEPT);

  /** `genesis`: a list of first balances that is known beforehand. */
  constructor(hasher: Hasher, genesis: Genesis | null = null) {
    this.#hasher = hasher;
    this.#known = genesis && { genesis, digest: digestOfGenesis(genesis, hasher) };
  }

  /** Who have spoken, or were spoken of. */
  get people(): readonly Person[] {
    return [...this.#people.values()];
  }

  person(clientID: ClientID): Person {
    const known = this.#people.get(clientID);
    if (known !== undefined) {
      this.#people.set(clientID, known);
      return known;
    }
    const person: Person = {
      clientID,
      publicKey: null,
      incarnation: 0,
      incarnationAt: 0,
      rules: null,
      network: null,
    };
    this.#people.set(clientID, person);
    return person;
  }

  /** Null for somebody whose key was never told. */
  keyOf(clientID: ClientID): PublicKey | null {
    return this.#people.get(clientID)?.publicKey ?? null;
  }

  /** Whether a key is the peer's own. A second key for a known name is nobody's. */
  proves(member: Member): boolean {
    const known = this.keyOf(member.clientID);
    return known === null ? provesName(member, this.#hasher) : known === member.publicKey;
  }

  /** Keeps a key that proves its name. */
  meet({ clientID, publicKey }: Member): void {
    this.person(clientID).publicKey ??= publicKey;
  }

  /** Null where it was never told. */
  networkOf(clientID: ClientID): Digest | null {
    return this.#people.get(clientID)?.network ?? null;
  }

  /** Null where nobody has told its members, or nobody the Rules that they are hashed with. */
  rosterOf(digest: Digest): Roster | null {
    return this.#rosterOf(digest)?.roster ?? null;
  }

  /** The Rules that are hashed into the digest of this roster; null where they are not known. */
  rulesOf(digest: Digest): string | null {
    return this.#rosterOf(digest)?.rules ?? null;
  }

  /** The list of first balances that Rules name so; null where nobody has told it. */
  genesisOf(digest: Digest): Genesis | null {
    return this.#known?.digest === digest ? this.#known.genesis : (this.#lists.get(digest) ?? null);
  }

  /** Null where it is not known which network it is of. */
  networkOfRoster(digest: Digest): Digest | null {
    return this.#networkOfRoster.get(digest) ?? null;
  }

  /** A roster that a network's ledger came to. */
  keepRoster(roster: Roster, rules: string, network: Digest): void {
    this.#rosters.set(roster.digest, { roster, rules });
    this.#networkOfRoster.set(roster.digest, network);
  }

  /** Whether `members` are those of the digest; null where no Rules are known to hash them with. */
  isRoster(members: readonly Member[], digest: Digest): boolean | null {
    if (this.#rulesTexts.size === 0) return null;
    return this.#prove(members, digest) !== null;
  }

  learn(said: Said): void {
    const { message, at, retained } = said;
    for (const member of membersIn(message)) if (this.proves(member)) this.meet(member);
    const person = this.person(senderOf(message));
    if ('incarnation' in message && message.incarnation > person.incarnation) {
      person.incarnation = message.incarnation;
      person.incarnationAt = at;
    }
    if ('rules' in message) {
      this.#rulesTexts.add(message.rules);
      if (!retained || person.rules === null) person.rules = message.rules;
    }
    if ('network' in message && message.network !== null) person.network ??= message.network;
    if ('genesis' in message)
      this.#lists.set(digestOfGenesis(message.genesis, this.#hasher), message.genesis);
    this.#learnRosters(said);
  }

  #learnRosters({ message, evidence }: Said): void {
    const members = claimedMembers(message);
    const votes = evidence.flatMap((it) => (it.message.kind === 'vote' ? [it.message] : []));
    const [first] = votes;
    if (members === null || first === undefined) return;
    this.#claims.set(first.roster, members);
    const network = networkOfVotes(first) ?? this.networkOf(senderOf(message));
    if (network === null) return;
    this.#networkOfRoster.set(first.roster, network);
    for (const { clientID } of members) this.person(clientID).network ??= network;
  }

  #rosterOf(digest: Digest): Proven | null {
    const known = this.#rosters.get(digest);
    if (known !== undefined) return known;
    const members = this.#claims.get(digest);
    if (members === undefined) return null;
    const proven = this.#prove(members, digest);
    if (proven !== null) this.#rosters.set(digest, proven);
    return proven;
  }

  /** The roster of these members, if any Rules that we know give it this digest. */
  #prove(members: readonly Member[], digest: Digest): Proven | null {
    for (const rules of this.#rulesTexts) {
      const roster = makeRoster(members, rules, this.#hasher);
      if (roster.digest === digest) return { roster, rules };
    }
    return null;
  }
}

/** Members of the roster that the votes inside a message name; null where it has none. */
function claimedMembers(message: Enveloped): readonly Member[] | null {
  if (message.kind === 'mandate') return message.members;
  return message.kind === 'answer' && 'founding' in message ? message.founding.members : null;
}

/** A founding makes a network, which its first roster names. */
function networkOfVotes(vote: Vote): Digest | null {
  return vote.transactionID === UNFOUNDED ? vote.roster : null;
}

/** Whether somebody is known not to be in the roster of this digest. */
export function isOutside(society: Society, clientID: ClientID, digest: Digest): boolean {
  const roster = society.rosterOf(digest);
  return roster !== null && !isMember(roster, clientID);
}
