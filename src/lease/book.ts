/** What one peer knows of the search for a quest: who is to search what, and what is searched. */

import type { Report } from '../domain/message.ts';
import type { ClientID, Instant } from '../domain/names.ts';
import type { Quest, Range } from '../domain/quest.ts';
import { expectedNear, isTooFew, nearBitsOf } from './near.ts';
import { gapsIn, isSameRange, join, type Ranges } from './ranges.ts';

/** A lease of one range. */
export type Grant = Range & {
  readonly holder: ClientID;
  /** When we first knew of it. */
  since: Instant;
  /** From then on others may be given it. */
  until: Instant;
  /** Others may be given it already; a late report still counts. */
  isOver: boolean;
};

/** A range that somebody says is searched, up to its find if it has one. */
export type Claim = Range & {
  readonly by: ClientID;
  /** As it was leased. */
  readonly lease: Range;
  readonly near: number;
  readonly expected: number;
};

/** How often somebody let a lease lapse, and when last. */
export type Lapses = { readonly count: number; readonly at: Instant };

/** Plain data. */
export type Book = {
  readonly quest: Quest;
  /** Leased, and not reported. */
  grants: Grant[];
  /** Reported, by those who were not named. */
  claims: Claim[];
  /** The nonces of all claims. */
  cover: Ranges;
  /** The lowest find that anybody showed. */
  found: number | null;
  /** Who claimed what it had not searched. */
  readonly named: ClientID[];
  readonly lapses: Record<ClientID, Lapses>;
};

/** Leases that are over are remembered for late reports, up to so many. */
const mostOver = 1_000;

export function newBook(quest: Quest): Book {
  return { quest, grants: [], claims: [], cover: [], found: null, named: [], lapses: {} };
}

/** What has to be searched: nothing above a find. */
export function wantedOf({ quest, found }: Book): Range {
  return { from: quest.from, to: found ?? quest.to };
}

/** What is still to be searched, whether it is leased or not. */
export function missingIn(book: Book): Ranges {
  return gapsIn(wantedOf(book), book.cover);
}

/** The leases of `holder` that are in force, the lowest first. */
export function grantsOf({ grants }: Book, holder: ClientID): readonly Grant[] {
  return grants
    .filter((grant) => grant.holder === holder && !grant.isOver)
    .sort((a, b) => a.from - b.from);
}

/**
 * These, and no others, are the leases of `holder` from now on. They get more time only with a new
 * one among them, which comes after a report: who just asks again keeps nothing for longer.
 */
export function setGrants(
  book: Book,
  holder: ClientID,
  ranges: readonly Range[],
  { now, until }: { readonly now: Instant; readonly until: Instant },
): void {
  const before = grantsOf(book, holder);
  const isNews = ranges.some((range) => !before.some((grant) => isSameRange(range, grant)));
  for (const grant of book.grants) {
    if (grant.holder !== holder) continue;
    const isLeased = ranges.some((range) => isSameRange(range, grant));
    if (isLeased && grant.isOver) grant.since = now;
    grant.isOver = !isLeased;
  }
  for (const { from, to } of ranges) {
    const range = { from, to };
    const known = book.grants.find((grant) => grant.holder === holder && isSameRange(range, grant));
    if (known !== undefined) known.until = isNews ? until : known.until;
    else if (claimOf(book, holder, range) === undefined)
      book.grants.push({ ...range, holder, since: now, until, isOver: false });
  }
  forgetOver(book);
}

/** Whether anything in this range is still to be searched. */
export function isNeeded(book: Book, { from, to }: Range): boolean {
  return gapsIn({ from, to: Math.min(to, wantedOf(book).to) }, book.cover).length > 0;
}

/** Ends the leases of those who are gone. */
export function freeGrants(book: Book, isGone: (holder: ClientID) => boolean): void {
  for (const grant of book.grants) if (isGone(grant.holder)) grant.isOver = true;
}

/** Ends the leases whose time is up, remembers whose they were, and gives their holders. */
export function lapseGrants(book: Book, now: Instant): readonly ClientID[] {
  const late = book.grants.filter(({ isOver, until }) => !isOver && until <= now);
  for (const grant of late) {
    grant.isOver = true;
    const count = (book.lapses[grant.holder]?.count ?? 0) + 1;
    book.lapses[grant.holder] = { count, at: now };
  }
  return late.map(({ holder }) => holder);
}

/** Ends the leases of which nothing is left to search: others have reported it. */
function endNeedless(book: Book): void {
  for (const grant of book.grants) if (!grant.isOver) grant.isOver = !isNeeded(book, grant);
}

/** What came of a report. */
export type Verdict =
  /** `since`: when we knew of its lease; null if we missed that. */
  | { readonly kind: 'taken'; readonly claim: Claim; readonly since: Instant | null }
  /** Said again. */
  | { readonly kind: 'known' }
  | { readonly kind: 'refused'; readonly problem: string }
  /** Its sender has not searched what it claims: none of its reports counts any more. */
  | ({ readonly kind: 'named' } & Falsehood);

/** `near` misses were shown, of which `expected` are usual; or something in a report is wrong. */
export type Falsehood = {
  readonly why: 'too-few' | 'wrong-near' | 'wrong-find';
  readonly near: number;
  readonly expected: number;
};

/**
 * Takes a report by somebody who had the lease; or whose lease we missed, where its near misses are
 * proof enough for themselves. `zerosOf`: leading zero bits for a nonce.
 */
export function takeReport(
  book: Book,
  report: Pick<Report, 'clientID' | 'from' | 'to' | 'found' | 'near'>,
  zerosOf: (nonce: number) => number,
): Verdict {
  const { clientID: by } = report;
  if (book.named.includes(by)) return { kind: 'refused', problem: 'its sender is not believed' };
  if (claimOf(book, by, report) !== undefined) return { kind: 'known' };
  const lease = { from: report.from, to: report.to };
  const claim = { by, lease, from: lease.from, to: report.found ?? lease.to };
  const evidence = { near: report.near.length, expected: usualIn(book.quest, claim, lease) };
  const index = book.grants.findIndex((grant) => grant.holder === by && isSameRange(grant, lease));
  const since = book.grants[index]?.since ?? null;
  if (index >= 0) book.grants.splice(index, 1);
  else if (!isIn(book.quest, lease)) return { kind: 'refused', problem: 'its range is none' };
  else if (!isTooFew(0, evidence.expected))
    return { kind: 'refused', problem: 'nobody leased that range to its sender' };
  const wrong = problemOf(book.quest, report, zerosOf);
  if (wrong !== null) return name(book, by, { why: wrong, ...evidence });
  if (report.found !== null) book.found = Math.min(report.found, book.found ?? report.found);
  const all = sumOf([...book.claims.filter((each) => each.by === by), evidence]);
  if (isTooFew(all.near, all.expected)) return name(book, by, { why: 'too-few', ...all });
  const taken: Claim = { ...claim, ...evidence };
  book.claims.push(taken);
  book.cover = join(book.cover, taken);
  endNeedless(book);
  return { kind: 'taken', claim: taken, since };
}

/** Near misses in all of them, and how many are usual. */
export function sumOf(
  claims: readonly Pick<Claim, 'near' | 'expected'>[],
): Pick<Claim, 'near' | 'expected'> {
  return {
    near: claims.reduce((sum, { near }) => sum + near, 0),
    expected: claims.reduce((sum, { expected }) => sum + expected, 0),
  };
}

function usualIn({ bits }: Quest, searched: Range, lease: Range): number {
  const nearBits = nearBitsOf(lease.to - lease.from, bits);
  return expectedNear(searched.to - searched.from, nearBits, bits);
}

function problemOf(
  { bits }: Quest,
  { from, to, found, near }: Pick<Report, 'from' | 'to' | 'found' | 'near'>,
  zerosOf: (nonce: number) => number,
): Falsehood['why'] | null {
  if (found !== null && (found < from || found >= to || zerosOf(found) < bits)) return 'wrong-find';
  const nearBits = nearBitsOf(to - from, bits);
  const isWrong = near.some((nonce, index) => {
    const isPlaced = nonce >= (near[index - 1] ?? from - 1) + 1 && nonce < (found ?? to);
    if (!isPlaced) return true;
    const zeros = zerosOf(nonce);
    return zeros < nearBits || zeros >= bits;
  });
  return isWrong ? 'wrong-near' : null;
}

/** What it claimed is to be searched by others. */
function name(book: Book, by: ClientID, falsehood: Falsehood): Verdict {
  book.named.push(by);
  freeGrants(book, (holder) => holder === by);
  book.claims = book.claims.filter((claim) => claim.by !== by);
  book.cover = book.claims.reduce<Ranges>(join, []);
  return { kind: 'named', ...falsehood };
}

function claimOf({ claims }: Book, by: ClientID, range: Range): Claim | undefined {
  return claims.find((claim) => claim.by === by && isSameRange(claim.lease, range));
}

function isIn(quest: Quest, { from, to }: Range): boolean {
  return from >= quest.from && to <= quest.to && from < to;
}

function forgetOver(book: Book): void {
  const tooMany = book.grants.filter(({ isOver }) => isOver).length - mostOver;
  if (tooMany <= 0) return;
  const old = new Set(book.grants.filter(({ isOver }) => isOver).slice(0, tooMany));
  book.grants = book.grants.filter((grant) => !old.has(grant));
}
