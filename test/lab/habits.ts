/** How doubles of the students' clients spell, and what habits they have. */

export type Keys = Readonly<
  Record<'client' | 'vote' | 'transaction' | 'challenge' | 'solution' | 'result', string>
>;

const spell = (list: string): Keys => {
  const [client = '', vote = '', transaction = '', ...rest] = list.split(' ');
  const [challenge = '', solution = '', result = ''] = rest;
  return { client, vote, transaction, challenge, solution, result };
};

export const SPELLINGS = {
  pascal: spell('ClientID VoteID TransactionID Challenge Solution Result'),
  camel: spell('clientId voteId transactionId challenge solution result'),
  capital: spell('clientID voteID transactionID challenge solution result'),
  snake: spell('client_id vote_id transaction_id challenge solution result'),
  short: spell('ID Vote TransactionID Challenge Solution Result'),
  low: spell('id vote transactionId challenge solution result'),
  /** Who changes the names alone. */
  names: spell('clientId voteId TransactionID Challenge Solution Result'),
} as const;

export type SpellingName = keyof typeof SPELLINGS;

export type Habits = {
  readonly spelling: SpellingName;
  /** `once`: when a person presses ENTER; else every so many milliseconds until it is elected. */
  readonly introduces: 'once' | 2_000 | 5_000 | 10_000;
  readonly votes: 'once' | 'again';
  /** `late`: to votes only once it knows N. */
  readonly listens: 'first' | 'late';
  /** Who repeats votes can only count voters. */
  readonly counts: 'messages' | 'voters';
  /** TransactionID, Challenge and Result are texts of digits. */
  readonly saysTexts?: boolean;
};

/**
 * The six that are always tried; `ENTER` is when all doubles listen.
 *
 * | Name | Keys | Introduces itself | Votes | Listens to votes | Counts |
 * | --- | --- | --- | --- | --- | --- |
 * | pascal | ClientID VoteID TransactionID Challenge | every 10 s | once | at once | messages |
 * | camel | clientId voteId transactionId challenge | once, at ENTER | once | at once | voters |
 * | short | ID Vote TransactionID Challenge | every 2 s | every 2 s | at once | voters |
 * | snake | client_id vote_id transaction_id challenge | every 5 s | once | late | messages |
 * | texts | as pascal, all numbers but names as texts | every 5 s | every 2 s | late | voters |
 * | capital | clientID voteID transactionID challenge | once, at ENTER | once | late | messages |
 *
 * All read their own keys alone and ignore what lacks them; vote when they know N; win by the
 * highest VoteID; open a challenge 2 s after they have won and 0.5 s after each result; mine once
 * they know their controller, and say what they find also when somebody was first.
 */
export const DOUBLES: Readonly<Record<string, Habits>> = {
  pascal: {
    spelling: 'pascal',
    introduces: 10_000,
    votes: 'once',
    listens: 'first',
    counts: 'messages',
  },
  camel: {
    spelling: 'camel',
    introduces: 'once',
    votes: 'once',
    listens: 'first',
    counts: 'voters',
  },
  short: {
    spelling: 'short',
    introduces: 2_000,
    votes: 'again',
    listens: 'first',
    counts: 'voters',
  },
  snake: {
    spelling: 'snake',
    introduces: 5_000,
    votes: 'once',
    listens: 'late',
    counts: 'messages',
  },
  texts: {
    spelling: 'pascal',
    introduces: 5_000,
    votes: 'again',
    listens: 'late',
    counts: 'voters',
    saysTexts: true,
  },
  capital: {
    spelling: 'capital',
    introduces: 'once',
    votes: 'once',
    listens: 'late',
    counts: 'messages',
  },
};

/** All that can be combined: 24 of each spelling. */
export function habitsOf(spelling: SpellingName): readonly Habits[] {
  const pace = ['once', 2_000, 5_000, 10_000] as const;
  const manners = [
    { votes: 'once', counts: 'messages' },
    { votes: 'once', counts: 'voters' },
    { votes: 'again', counts: 'voters' },
  ] as const;
  const listening = ['first', 'late'] as const;
  return pace.flatMap((introduces) =>
    manners.flatMap((manner) =>
      listening.map((listens) => ({ spelling, introduces, ...manner, listens })),
    ),
  );
}

/** They do well among themselves only if they introduce themselves in one moment. */
export function waitsForEnter(habits: Habits): boolean {
  return habits.introduces === 'once' || listensTogether(habits);
}

/** They miss one another's votes unless they begin to listen to names in one moment, too. */
export function listensTogether({ votes, listens }: Habits): boolean {
  return listens === 'late' && votes === 'once';
}
