/** What the referee judges the labs' clients by (PROTOCOL 10), in either of their dialects. */

import type { Rule } from './rules.ts';

export type LabRuleName =
  | 'oneVote'
  | 'oneWinner'
  | 'oneChallenge'
  | 'playable'
  | 'trueSolution'
  | 'timelySolution'
  | 'trueWinner'
  | 'fairRefusal'
  | 'timelyResult'
  | 'object'
  | 'fields'
  | 'integers'
  | 'noOtherFields'
  | 'topics'
  | 'retained'
  | 'introductions'
  | 'patience'
  | 'noFlood'
  | 'oneSpelling'
  | 'haste'
  | 'deadlock';

/** From the weightiest down. */
export const LAB_RULES: Readonly<Record<LabRuleName, Rule>> = {
  oneVote: {
    id: 'R51',
    states:
      'A client has one vote; before all have voted it says it once, or (statement) repeats it.',
    section: '10',
  },
  oneWinner: {
    id: 'R52',
    states: 'One winner is named for each TransactionID.',
    section: '10',
  },
  oneChallenge: {
    id: 'R53',
    states: 'A TransactionID is opened once, or repeated as it was.',
    section: '10',
  },
  playable: {
    id: 'R54',
    states: 'A challenge is 1 to 25 zero bits (ufes), or 1 to 20 zero hex digits (statement).',
    section: '10',
  },
  trueSolution: {
    id: 'R55',
    states: 'The SHA-1 of a solution meets the challenge that it is for.',
    section: '10',
  },
  timelySolution: {
    id: 'R56',
    states: 'Nobody says another solution once the winner is named.',
    section: '10',
  },
  trueWinner: {
    id: 'R57',
    states: 'The SHA-1 of what wins meets its challenge.',
    section: '10',
  },
  fairRefusal: {
    id: 'R58',
    states: 'The first solution that meets its challenge wins.',
    section: '10',
  },
  timelyResult: {
    id: 'R59',
    states: 'The winner is named within 5 s of the solution.',
    section: '10',
  },
  object: {
    id: 'R60',
    states: 'A payload is a JSON object in UTF-8, of 64 KiB and 8 levels at most.',
    section: '10',
  },
  fields: {
    id: 'R61',
    states:
      'Every field is there, and of its type: names are texts (ufes) or integers (statement).',
    section: '10',
  },
  integers: {
    id: 'R62',
    states: 'TransactionID, Challenge and Result are integers.',
    section: '10',
  },
  noOtherFields: {
    id: 'R63',
    states: 'A message has no fields that nobody knows.',
    section: '10',
  },
  topics: {
    id: 'R64',
    states: 'A message is said on a topic that there is.',
    section: '10',
  },
  retained: {
    id: 'R65',
    states: 'Nothing is retained.',
    section: '10',
  },
  introductions: {
    id: 'R66',
    states: 'Everybody introduces itself again and again until all have voted.',
    section: '10',
  },
  patience: {
    id: 'R67',
    states: 'A client introduces itself at most once per 4 s, but to newcomers (ufes).',
    section: '10',
  },
  noFlood: {
    id: 'R68',
    states:
      'A client says at most 20 messages a second, and 100 at once, besides what is asked of it.',
    section: '10',
  },
  oneSpelling: {
    id: 'R69',
    states: 'Clients of one network can read one another: they say the same by the same keys.',
    section: '10',
  },
  haste: {
    id: 'R70',
    states: 'The first challenge comes once all have voted so that all can read it.',
    section: '10',
  },
  deadlock: {
    id: 'R71',
    states: 'All vote, and know who has won; and whoever has won opens a challenge.',
    section: '10',
  },
};
