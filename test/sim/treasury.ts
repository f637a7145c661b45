/** Commands with which scripts send transactions, and look what became of them. */

import type { Settings } from '../../src/domain/contract.ts';
import { sortedGenesis } from '../../src/domain/genesis.ts';
import type { AccountKey, ClientID, SignerKey } from '../../src/domain/names.ts';
import { readText, type Transaction, textOf } from '../../src/domain/transaction.ts';
import { accountOf } from '../../src/ledger/account.ts';
import { digestOfGenesis } from '../../src/ledger/genesis.ts';
import { nodeHasher } from '../../src/node/crypto.ts';
import { toyIdentity, toySigner } from '../../src/sim/toy-crypto.ts';
import { accountKeyOf, publicKeyOf, signTransaction } from '../../src/wire/transaction.ts';
import { GENESIS_KEY, KEY_OF_A } from '../course-keys.ts';
import type { Commands } from '../script.ts';
import { peerOf, type Stage, worldOf } from './stage.ts';

export const treasury: Commands<Stage> = {
  /** send via=p1 from=ann nonce=0 say=hello, or to=bob amount=20, or nonce=none : also from=p2 */
  send: async (args, stage) => {
    const who = ownerOf(stage, args['from'] ?? '');
    const { client } = peerOf(stage, args['via']);
    const nonce = Number(args['nonce'] ?? client.account(who.clientID).nonce);
    const { say, to, amount } = args;
    const content =
      to === undefined
        ? { message: say ?? '', nonce }
        : { to: accountKeyOf(ownerOf(stage, to).publicKey), amount: Number(amount), nonce };
    const said = args['nonce'] === 'none' ? { message: say ?? '' } : content;
    const fault = await client.send(textOf(signTransaction(said, toySigner(who.publicKey))));
    return fault === null ? 'taken' : `${fault.code}: ${fault.problem}`;
  },

  /** accounts at=p1 of=ann,p2 : what they have after its last block, and their next nonce */
  accounts: (args, stage) => {
    const { client } = peerOf(stage, args['at']);
    const names = (args['of'] ?? '').split(',');
    const lines = names.map((name) => {
      const { balance, nonce } = client.account(ownerOf(stage, name).clientID);
      return `${name} has ${balance}, next nonce ${nonce}`;
    });
    return lines.join('\n');
  },

  /** ledger of=p1 : its blocks, and what they carry */
  ledger: (args, stage) => {
    const world = worldOf(stage);
    const { journal } = peerOf(stage, args['of']);
    const batches = journal.batches();
    const lines = journal.blocks().map(({ transactionID, clientID, change }, index) => {
      const what = change === undefined ? `won by ${world.nameOf(clientID)}` : 'a change';
      const carried = (batches[index] ?? []).map((text) => describe(stage, readText(text)));
      return [`${transactionID} ${what}`, ...carried].join('; ');
    });
    return lines.length === 0 ? 'empty' : lines.join('\n');
  },

  /** waiting of=p1 : how many transactions wait there */
  waiting: (args, stage) => `${worldOf(stage).view(peerOf(stage, args['of'])).waiting} wait`,
};

/** The names that a script has used so far are known by their keys. */
const named = new Map<string, string>();

type Owner = { readonly clientID: ClientID; readonly publicKey: SignerKey };

/** Two who have keys on P-256. */
const ON_P256: ReadonlyMap<string, AccountKey> = new Map([
  ['genesis', GENESIS_KEY],
  ['anton', KEY_OF_A],
]);

/** Settings of `ann:50,bob:20`; `none` for no list, and `unseen:…` for a peer without its file. */
export function genesisOf(text: string | undefined): Partial<Settings> {
  if (text === undefined) return {};
  // What the world gives to all others is taken away again.
  if (text === 'none') return { genesis: null, genesisList: [] };
  const isUnseen = text.startsWith('unseen:');
  const grants = text.replace('unseen:', '').split(',');
  const list = grants.map((grant) => {
    const [name = '', units] = grant.split(':');
    const { publicKey } = ownerNamed(name);
    return { key: accountKeyOf(publicKey), units: Number(units) };
  });
  const genesisList = sortedGenesis(list);
  const genesis = digestOfGenesis(genesisList, nodeHasher);
  return { genesis, genesisList: isUnseen ? [] : genesisList };
}

/** A peer, or somebody whose key is made of the name. */
function ownerOf(stage: Stage, name: string): Owner {
  const peer = worldOf(stage).peers.find((one) => one.name === name);
  const owner = peer?.self ?? ownerOnP256(name) ?? ownerNamed(name);
  named.set(owner.clientID, name);
  return owner;
}

function ownerOnP256(name: string): Owner | null {
  const key = ON_P256.get(name);
  if (key === undefined) return null;
  return { clientID: accountOf(key, nodeHasher), publicKey: publicKeyOf(key) };
}

function ownerNamed(name: string): Owner {
  return toyIdentity(nodeHasher.sha256(`wallet of ${name}`), nodeHasher);
}

function describe(stage: Stage, transaction: Transaction | null): string {
  if (transaction === null) return 'something';
  const nameOf = (key: Transaction['sender']): string => {
    const account = accountOf(key, nodeHasher);
    return named.get(account) ?? worldOf(stage).nameOf(account);
  };
  const sender = nameOf(transaction.sender);
  return 'message' in transaction
    ? `${sender} says ${transaction.message}`
    : `${sender} sends ${nameOf(transaction.to)} ${transaction.amount}`;
}
