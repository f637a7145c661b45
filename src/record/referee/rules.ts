/** What the referee judges by: each rule with its number, its sentence and where it is written. */

/** `states` is what holds where nobody breaks it; `section` is of docs/protocol.md. */
export type Rule = { readonly id: string; readonly states: string; readonly section: string };

export type RuleName =
  | 'oneController'
  | 'oneWinner'
  | 'oneVote'
  | 'oneYes'
  | 'noFall'
  | 'ownNumber'
  | 'fairDraw'
  | 'trueReveal'
  | 'noLateCommitment'
  | 'seat'
  | 'toldAcceptance'
  | 'trueMandate'
  | 'takeover'
  | 'ruledChallenge'
  | 'oneProposal'
  | 'trueBlock'
  | 'trueSeal'
  | 'trueSolution'
  | 'ownSolution'
  | 'timelySolution'
  | 'fairRefusal'
  | 'timelyResult'
  | 'trueYes'
  | 'trueAnswer'
  | 'object'
  | 'fields'
  | 'noOtherFields'
  | 'topics'
  | 'provenName'
  | 'signature'
  | 'oneProcess'
  | 'quality'
  | 'retained'
  | 'sameRules'
  | 'introductions'
  | 'heartbeats'
  | 'noFlood'
  | 'trueTransaction'
  | 'trueBatch';

/** From the weightiest down: who decides, what is decided, what work is, and manners. */
export const RULES: Readonly<Record<RuleName, Rule>> = {
  oneController: {
    id: 'R01',
    states: 'One peer governs in each term.',
    section: '9 S1',
  },
  oneWinner: {
    id: 'R02',
    states: 'One block is sealed, and one winner named, for each TransactionID.',
    section: '9 S3',
  },
  oneVote: {
    id: 'R03',
    states: 'A peer votes once a term; a vote that is repeated is the same text.',
    section: '6.6',
  },
  oneYes: {
    id: 'R04',
    states: 'A member acknowledges one block for each TransactionID in a term.',
    section: '7',
  },
  noFall: {
    id: 'R05',
    states: 'The term and the height of a peer never fall, not across restarts either.',
    section: '9 S2',
  },
  ownNumber: {
    id: 'R06',
    states: "A voter's number is the one that the draw gives it.",
    section: '6.5',
  },
  fairDraw: {
    id: 'R07',
    states:
      'The draw comes out of the reveals that it counts, and votes go to the highest number, or ' +
      'without the lot to whom the Rules say.',
    section: '6.5',
  },
  trueReveal: {
    id: 'R08',
    states: 'A reveal opens a commitment of its sender.',
    section: '6.5',
  },
  noLateCommitment: {
    id: 'R09',
    states: "A draw counts no commitment that came after the voter's own reveal.",
    section: '9 S8',
  },
  seat: {
    id: 'R10',
    states: 'Only members commit, reveal, vote and acknowledge.',
    section: '6.7',
  },
  toldAcceptance: {
    id: 'R11',
    states: 'A vote tells the block that its sender last acknowledged at its height.',
    section: '6.6',
  },
  trueMandate: {
    id: 'R12',
    states: 'A mandate is the votes of a majority (in a founding: of all) for its sender.',
    section: '6.7',
  },
  takeover: {
    id: 'R13',
    states: 'A new controller first proposes what its voters have acknowledged at its height.',
    section: '6.8',
  },
  ruledChallenge: {
    id: 'R14',
    states: 'A challenge hangs on the last block, and is as hard as the difficulty rule says.',
    section: '7',
  },
  oneProposal: {
    id: 'R15',
    states: 'A controller opens one challenge, and proposes one block, for each TransactionID.',
    section: '7',
  },
  trueBlock: {
    id: 'R16',
    states:
      'A block is the next one, and its digest meets its challenge; or it changes one member.',
    section: '7',
  },
  trueSeal: {
    id: 'R17',
    states: 'A seal is acknowledgements of one term and this block by a majority of the members.',
    section: '4',
  },
  trueSolution: {
    id: 'R18',
    states: 'A solution solves the challenge that it is for.',
    section: '7',
  },
  ownSolution: {
    id: 'R19',
    states: 'A miner says solutions that are its own.',
    section: '7',
  },
  timelySolution: {
    id: 'R20',
    states: 'Nobody says a solution for a TransactionID whose block it has.',
    section: '7',
  },
  fairRefusal: {
    id: 'R21',
    states: 'A controller refuses as invalid no solution that solves its challenge.',
    section: '7',
  },
  timelyResult: {
    id: 'R22',
    states: 'A result comes as soon as its seal is complete.',
    section: '7',
  },
  trueYes: {
    id: 'R23',
    states: 'A member acknowledges what its controller proposes, and never below its own term.',
    section: '9 S7',
  },
  trueAnswer: {
    id: 'R24',
    states: 'Blocks that are fetched follow one another, and their seals hold.',
    section: '7',
  },
  object: {
    id: 'R25',
    states: 'A payload is a JSON object in UTF-8, of 64 KiB and 8 levels at most.',
    section: '3',
  },
  fields: {
    id: 'R26',
    states: 'Every field of a message is there, and of its type.',
    section: '4',
  },
  noOtherFields: {
    id: 'R27',
    states: 'A message has no fields that nobody knows.',
    section: '4',
  },
  topics: {
    id: 'R28',
    states: 'A message is said on a topic that there is, and not on that of somebody else.',
    section: '4',
  },
  provenName: {
    id: 'R29',
    states: 'A key proves the name that it is given with.',
    section: '3',
  },
  signature: {
    id: 'R30',
    states: 'A message is signed by whom it names as its sender.',
    section: '3',
  },
  oneProcess: {
    id: 'R31',
    states: 'One connection at a time speaks under one name.',
    section: '3',
  },
  quality: {
    id: 'R32',
    states: 'Heartbeats have QoS 0, and everything else QoS 1.',
    section: '4',
  },
  retained: {
    id: 'R33',
    states: 'Presences and mandates alone are retained.',
    section: '4',
  },
  sameRules: {
    id: 'R34',
    states: 'All peers go by the same Rules.',
    section: '5.3',
  },
  introductions: {
    id: 'R35',
    states: 'A peer introduces itself again and again.',
    section: '5.2',
  },
  heartbeats: {
    id: 'R36',
    states: 'A peer that speaks gives heartbeats, too.',
    section: '4',
  },
  noFlood: {
    id: 'R37',
    states: 'A peer says at most 500 messages a second, and 2,000 at once.',
    section: '3',
  },
  trueTransaction: {
    id: 'R38',
    states: 'A transaction can be read, and is signed by its sender.',
    section: '12',
  },
  trueBatch: {
    id: 'R39',
    states: 'A batch is what its Root says, its transactions are signed, and they apply.',
    section: '12',
  },
};
