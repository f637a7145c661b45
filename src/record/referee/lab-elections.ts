/** Judges how the labs' clients gather and vote. */

import type { Dialect } from '../../lab/dialect.ts';
import type { LabVote, Name } from '../../lab/message.ts';
import { type LabCharge, type LabJudge, type LabSaid, labCharge } from './lab-charge.ts';
import { Latest, PEERS_KEPT } from './latest.ts';

/** Brokers may deliver a message twice; nobody votes or introduces itself again so soon. */
const TWICE_MS = 500;
/** Once per 10 s, less what a slow way may take from it. */
const PATIENCE_MS = 8_000;
/** In introductions: some are lost. */
const MISSED = 3;

type Client = {
  introducedAt: number;
  vote: { readonly voteID: Name; readonly at: number } | null;
  /** It said its vote once more when all had voted, for whoever came to listen late. */
  hasRepeated: boolean;
  isGone: boolean;
  isCharged: boolean;
};

export class LabElectionJudge implements LabJudge {
  readonly #dialect: Dialect;
  readonly #clients = new Latest<Name, Client>(PEERS_KEPT);
  #isOver = false;

  constructor(dialect: Dialect) {
    this.#dialect = dialect;
  }

  judge({ message, at }: LabSaid): LabCharge | null {
    if (message.kind === 'vote') return this.#judgeVote(message, at);
    if (message.kind !== 'introduction' || this.#dialect.repeatsVotes) return null;
    const client = this.#clients.get(message.clientID);
    const afterMs = at - (client?.introducedAt ?? Number.NEGATIVE_INFINITY);
    if (client?.introducedAt === 0 || afterMs <= TWICE_MS || afterMs >= PATIENCE_MS) return null;
    const what = `introduces itself again after ${(afterMs / 1_000).toFixed(1)} s`;
    return labCharge('patience', message.clientID, what, 'patience');
  }

  #judgeVote({ clientID, voteID }: LabVote, at: number): LabCharge | null {
    const client = this.#clients.get(clientID);
    if (client === undefined || client.vote === null) return null;
    const isSame = client.vote.voteID === voteID;
    if (isSame && (this.#dialect.repeatsVotes || at <= client.vote.at + TWICE_MS)) return null;
    // Messages are counted until all have voted; one more then does no harm.
    if (isSame && !client.hasRepeated && !this.#isAwaited()) return null;
    const what = isSame ? 'voted again' : 'voted twice';
    return labCharge('oneVote', clientID, what);
  }

  learn({ message, at }: LabSaid): void {
    if (message.kind === 'challenge' || message.kind === 'result') this.#isOver = true;
    if (message.kind === 'challenge' || message.kind === 'result') return;
    const client = this.#client(message.clientID);
    client.isGone = message.kind === 'presence';
    if (message.kind === 'introduction') client.introducedAt = at;
    if (message.kind !== 'vote') return;
    if (client.vote === null) client.vote = { voteID: message.voteID, at };
    else if (at > client.vote.at + TWICE_MS) client.hasRepeated = true;
  }

  /** Who falls silent before all have voted is missed by whoever comes late. */
  settle(at: number): readonly LabCharge[] {
    if (this.#isOver || !Number.isFinite(at) || !this.#isAwaited()) return [];
    const mostMs = MISSED * this.#dialect.introduceMs;
    return [...this.#clients].flatMap(([name, client]) => {
      const { introducedAt, isGone, isCharged } = client;
      if (isGone || isCharged || introducedAt === 0 || at <= introducedAt + mostMs) return [];
      client.isCharged = true;
      const seconds = Math.round((at - introducedAt) / 1_000);
      const what = `has not introduced itself for ${seconds} s, and not all have voted`;
      return [labCharge('introductions', name, what, 'introductions')];
    });
  }

  /** Whether somebody is here who has not voted. */
  #isAwaited(): boolean {
    return [...this.#clients.values()].some(({ vote, isGone }) => vote === null && !isGone);
  }

  #client(name: Name): Client {
    const known = this.#clients.get(name);
    if (known !== undefined) return known;
    const client: Client = {
      introducedAt: 0,
      vote: null,
      hasRepeated: false,
      isGone: false,
      isCharged: false,
    };
    this.#clients.set(name, client);
    return client;
  }
}
