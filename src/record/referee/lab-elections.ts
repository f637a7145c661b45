/** Judges how the labs' clients gather and vote. */

import type { Dialect } from '../../lab/dialect.ts';
import type { LabVote, Name } from '../../lab/message.ts';
import { type LabCharge, type LabJudge, type LabSaid, labCharge } from './lab-charge.ts';

/** Brokers may deliver a message twice; nobody votes or introduces itself again so soon. */
const TWICE_MS = 500;
/** Once per 10 s, less what a slow way may take from it. */
const PATIENCE_MS = 8_000;
/** In introductions: some are lost. */
const MISSED = 3;

type Client = {
  introducedAt: number;
  vote: { readonly voteID: Name; at: number } | null;
  isGone: boolean;
  isCharged: boolean;
};

export class LabElectionJudge implements LabJudge {
  readonly #dialect: Dialect;
  readonly #clients = new Map<Name, Client>();
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
    const vote = this.#clients.get(clientID)?.vote ?? null;
    if (vote === null) return null;
    const isSame = vote.voteID === voteID;
    if (isSame && (this.#dialect.repeatsVotes || at <= vote.at + TWICE_MS)) return null;
    const what = isSame ? 'voted again' : 'voted twice';
    return labCharge('oneVote', clientID, what);
  }

  learn({ message, at }: LabSaid): void {
    if (message.kind === 'challenge' || message.kind === 'result') this.#isOver = true;
    if (message.kind === 'challenge' || message.kind === 'result') return;
    const client = this.#client(message.clientID);
    client.isGone = message.kind === 'presence';
    if (message.kind === 'introduction') client.introducedAt = at;
    if (message.kind === 'vote') client.vote ??= { voteID: message.voteID, at };
  }

  /** Who falls silent before all have voted is missed by whoever comes late. */
  settle(at: number): readonly LabCharge[] {
    const isAwaited = [...this.#clients.values()].some(({ vote, isGone }) => !vote && !isGone);
    if (this.#isOver || !isAwaited || !Number.isFinite(at)) return [];
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

  #client(name: Name): Client {
    const known = this.#clients.get(name);
    if (known !== undefined) return known;
    const client: Client = { introducedAt: 0, vote: null, isGone: false, isCharged: false };
    this.#clients.set(name, client);
    return client;
  }
}
