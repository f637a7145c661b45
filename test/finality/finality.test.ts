import { it } from 'vitest';
import type { Acknowledgement, Block, Proposal } from '../../src/domain/message.ts';
import type { ClientID, Digest, Term, TransactionID, UnixMs } from '../../src/domain/names.ts';
import { answer, type Stand } from '../../src/finality/acceptor.ts';
import { problemOfSeal } from '../../src/finality/seal.ts';
import { id, listOf, rosterOf } from '../names.ts';
import { runScript } from '../script.ts';

const blockAt = (height: number): Block => ({
  transactionID: height as TransactionID,
  parent: 'p' as Digest,
  root: 'r' as Digest,
  time: 0 as UnixMs,
  challenge: 1,
  clientID: id('miner'),
  solution: '00',
});

/** `ann`, or `ann@4:x` for an acknowledgement in term 4 of the block with digest x. */
function voiceOf(text: string): Acknowledgement {
  const [, name = '', term = '3', digest = 'b', height = '5'] =
    /^(\w+)(?:@(\d+))?(?::(\w+))?(?:\/(\d+))?$/.exec(text) ?? [];
  return {
    kind: 'acknowledgement',
    clientID: id(name),
    term: Number(term) as Term,
    transactionID: Number(height) as TransactionID,
    digest: digest as Digest,
  };
}

/** `3:x/5` as the block with digest x at height 5, accepted in term 3. */
function acceptedOf(text: string | undefined): Stand['accepted'] {
  const [, term, digest, height] = /^(\d+):(\w+)\/(\d+)$/.exec(text ?? '') ?? [];
  if (digest === undefined) return null;
  return { term: Number(term) as Term, digest: digest as Digest, block: blockAt(Number(height)) };
}

it('accepts proposals and counts seals as finality.txt says', async () => {
  await runScript(new URL('./finality.txt', import.meta.url), {
    propose: ({ term, controller, accepted, by = '', in: proposed, digest = '', height = '5' }) => {
      const stand: Stand = {
        term: Number(term) as Term,
        controllerID: controller === undefined ? null : (controller as ClientID),
        accepted: acceptedOf(accepted),
      };
      const proposal: Proposal = {
        kind: 'proposal',
        clientID: id(by),
        term: Number(proposed) as Term,
        block: blockAt(Number(height)),
      };
      const given = answer(stand, proposal, digest as Digest);
      return given.kind === 'refuse' ? `refuse: ${given.refusal.code}` : given.kind;
    },
    seal: ({ roster = '', voices }) => {
      const about = { transactionID: 5 as TransactionID, digest: 'b' as Digest };
      return problemOfSeal(listOf(voices).map(voiceOf), about, rosterOf(roster)) ?? 'holds';
    },
  });
});
