/** `sortition wallet send` and `say`: a transaction, and that it is in the ledger. */

import { Command } from 'commander';
import type { AccountKey } from '../domain/names.ts';
import { isMessage } from '../domain/transaction.ts';
import type { Owner } from '../node/owner.ts';
import { readWallet, unlock } from '../node/wallet-file.ts';
import { passphraseFor } from './passphrase.ts';
import { refuseStranger, Sending, type Wish } from './sending.ts';
import { addSettings, readSettings, type Settings, usageError } from './setting.ts';
import { address, whole } from './values.ts';
import { visit } from './visit.ts';
import { type VisitValues, visitSettings } from './visit-settings.ts';
import {
  type PassphraseValues,
  passphraseSettings,
  type WalletValues,
  walletSettings,
} from './wallet-settings.ts';
import { WalletTeller } from './wallet-teller.ts';

type SayValues = WalletValues &
  PassphraseValues &
  VisitValues & {
    readonly wait: boolean;
    readonly nonce: number | null;
  };

const saySettings: Settings<SayValues> = {
  ...walletSettings,
  ...passphraseSettings,
  wait: { flags: '--no-wait', help: 'end as soon as it is published' },
  nonce: {
    flags: '--nonce <count>',
    help: 'its number among those of this wallet (default: the next one after the ledger)',
    fallback: null,
    isArgumentOnly: true,
    ...whole(0, Number.MAX_SAFE_INTEGER),
  },
  ...visitSettings,
};

type SendValues = SayValues & {
  readonly to: AccountKey | null;
  readonly amount: number | null;
  readonly newRecipient: boolean;
};

const sendSettings: Settings<SendValues> = {
  to: {
    flags: '--to <address>',
    help: 'who gets it, as "sortition wallet address" shows it there',
    fallback: null,
    isArgumentOnly: true,
    ...address,
  },
  amount: {
    flags: '--amount <units>',
    help: 'how much',
    fallback: null,
    isArgumentOnly: true,
    ...whole(1, Number.MAX_SAFE_INTEGER),
  },
  newRecipient: {
    flags: '--new-recipient',
    help: 'even to an address that nobody in the ledger has',
  },
  ...saySettings,
};

export function createSendCommand(): Command {
  const command = new Command('send').description('send units to somebody');
  return addSettings(command, sendSettings).action(async () => {
    const values = readSettings(command, sendSettings);
    const { to, amount, newRecipient } = values;
    if (to === null || amount === null)
      throw usageError('Say to whom, and how much: --to ADDRESS --amount UNITS.');
    await handIn(command, values, { to, amount }, !newRecipient);
  });
}

export function createSayCommand(): Command {
  const command = new Command('say')
    .description('say something in public, for good')
    .argument('<text>', '1 to 70 letters and digits');
  return addSettings(command, saySettings).action(async (message: string) => {
    if (!isMessage(message))
      throw usageError(
        `What is said must be 1 to 70 of the letters A to Z and a to z and digits, ` +
          `not "${message}".`,
        { value: message },
      );
    await handIn(command, readSettings(command, saySettings), { message }, false);
  });
}

async function handIn(
  command: Command,
  values: SayValues,
  wish: Wish,
  isCareful: boolean,
): Promise<void> {
  const owner = await unlocked(values);
  const teller = new WalletTeller(values.json);
  const sending = new Sending();
  const hooks = { onEntry: sending.see.bind(sending), onNote: sending.hear.bind(sending) };
  await visit(command, values, hooks, async (observer) => {
    if ('to' in wish && isCareful) refuseStranger(observer, wish);
    const transaction = await sending.publish(observer, owner, wish, values.nonce);
    const since = performance.now();
    teller.tell({ kind: 'published', transaction });
    if (!values.wait) return;
    const { transactionID, digest } = await sending.sealed(values.within);
    const afterMs = Math.round(performance.now() - since);
    teller.tell({ kind: 'sealed', transactionID, digest, afterMs });
  });
}

async function unlocked({ wallet: path, passphraseFile }: SayValues): Promise<Owner> {
  const wallet = readWallet(path);
  if ('owner' in wallet) return wallet.owner;
  return unlock(wallet, await passphraseFor(path, passphraseFile));
}
