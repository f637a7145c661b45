/** What can go wrong when a broker opens: the world's fault, told in one sentence for people. */

export type BrokerErrorCode =
  /** It would listen to other machines without asking for passwords. */
  | 'needs-users'
  | 'bad-port'
  | 'port-taken'
  | 'port-forbidden'
  /** The host is no address of this machine. */
  | 'bad-host'
  | 'cannot-listen'
  /** The users file is not there, cannot be read or written, or a line of it is wrong. */
  | 'bad-users-file'
  | 'bad-user-name'
  | 'bad-password'
  | 'bad-certificate';

/** The values that the sentence names, for programs. */
export type BrokerErrorFacts = Readonly<Record<string, string | number>>;

export class BrokerError extends Error {
  override readonly name = 'BrokerError';
  readonly code: BrokerErrorCode;
  readonly facts: BrokerErrorFacts;

  /** `sentence` says what happened, with which value, and what to do. */
  constructor(
    code: BrokerErrorCode,
    sentence: string,
    facts: BrokerErrorFacts = {},
    cause?: unknown,
  ) {
    super(sentence, cause === undefined ? undefined : { cause });
    this.code = code;
    this.facts = facts;
  }
}
