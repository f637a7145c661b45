/** `sortition wallet`: a key of one's own, what it owns, and transactions in its name. */

import { Command } from 'commander';
import type { AccountKey, ClientID } from '../domain/names.ts';
import { accountOf } from '../ledger/account.ts';
import { nodeHasher } from '../node/crypto.ts';
import { generateOwner, type KeyType, type Owner } from '../node/owner.ts';
import { readPrivateKeyFile } from '../node/private-key-file.ts';
import { createWallet, readWallet, refuseExisting } from '../node/wallet-file.ts';
import { prepare } from './exit.ts';
import { givenPassphrase, newPassphrase } from './passphrase.ts';
import { addSettings, readSettings, type Settings } from './setting.ts';
import { oneOf, whole } from './values.ts';
import { visit } from './visit.ts';
import { type VisitValues, visitSettings } from './visit-settings.ts';
import { History } from './wallet-history.ts';
import { createSayCommand, createSendCommand } from './wallet-send.ts';
import {
  type PassphraseValues,
  passphraseSettings,
  type WalletValues,
  walletSettings,
} from './wallet-settings.ts';
import { WalletTeller } from './wallet-teller.ts';

export function createWalletCommand(): Command {
  const command = new Command('wallet').description(
    'a key of your own: what its account holds, and transactions in its name',
  );
  const commands = [
    createNewCommand(),
    createImportCommand(),
    createAddressCommand(),
    createBalanceCommand(),
    createSendCommand(),
    createSayCommand(),
    createHistoryCommand(),
  ];
  for (const each of commands) command.addCommand(prepare(each));
  return command;
}

type KeepingValues = WalletValues & PassphraseValues & { readonly encrypt: boolean };

const keepingSettings: Settings<KeepingValues> = {
  ...walletSettings,
  encrypt: {
    flags: '--encrypt',
    help: 'lock the key with a passphrase, which is asked for unless one is given',
  },
  ...passphraseSettings,
};

type NewValues = KeepingValues & { readonly keyType: KeyType };

const newSettings: Settings<NewValues> = {
  ...keepingSettings,
  keyType: {
    flags: '--key-type <type>',
    help: 'the type of the key: ed25519, as peers have, or p256',
    fallback: 'ed25519',
    ...oneOf<KeyType>('ed25519', 'p256'),
  },
};

function createNewCommand(): Command {
  const command = new Command('new').description('make a wallet with a new key');
  return addSettings(command, newSettings).action(async () => {
    const values = readSettings(command, newSettings);
    await keep(values, () => generateOwner(values.keyType));
  });
}

function createImportCommand(): Command {
  const command = new Command('import')
    .description('make a wallet with a private key that another program has made')
    .argument('<file>', 'the key: Ed25519 or P-256, PKCS #8 as PEM or in hex digits');
  return addSettings(command, keepingSettings).action(async (file: string) => {
    const values = readSettings(command, keepingSettings);
    await keep(values, () => readPrivateKeyFile(file));
  });
}

/** A wallet with the owner that `make` gives, once there is a place for it. */
async function keep(values: KeepingValues, make: () => Owner): Promise<void> {
  const { wallet: path, encrypt, passphraseFile, json } = values;
  refuseExisting(path);
  const owner = make();
  // Whoever gives one wants it to be used, even without the switch.
  const isLocked = encrypt || givenPassphrase(passphraseFile) !== null;
  const passphrase = isLocked ? await newPassphrase(path, passphraseFile) : null;
  const address = createWallet(path, owner, passphrase);
  new WalletTeller(json).tell({ kind: 'created', path, isEncrypted: isLocked, ...of(address) });
}

function createAddressCommand(): Command {
  const command = new Command('address').description('show where its owner can be paid');
  return addSettings(command, walletSettings).action(() => {
    const { wallet, json } = readSettings(command, walletSettings);
    const { address } = readWallet(wallet);
    new WalletTeller(json).tell({ kind: 'address', ...of(address) });
  });
}

type BalanceValues = WalletValues & VisitValues;

const balanceSettings: Settings<BalanceValues> = { ...walletSettings, ...visitSettings };

function createBalanceCommand(): Command {
  const command = new Command('balance').description('ask a running network what it holds');
  return addSettings(command, balanceSettings).action(async () => {
    const values = readSettings(command, balanceSettings);
    const { address } = readWallet(values.wallet);
    const { account } = of(address);
    await visit(command, values, {}, async ({ client }) => {
      const { height, network } = client.view();
      const held = client.account(account);
      new WalletTeller(values.json).tell({
        kind: 'balance',
        address,
        account,
        ...held,
        height,
        network,
      });
    });
  });
}

type HistoryValues = WalletValues & VisitValues & { readonly last: number | null };

const MOST_LINES = 1_000_000_000;

const historySettings: Settings<HistoryValues> = {
  ...walletSettings,
  last: {
    flags: '--last <count>',
    help: 'only so many lines, the last ones (default: all)',
    fallback: null,
    isArgumentOnly: true,
    ...whole(1, MOST_LINES),
  },
  ...visitSettings,
};

function createHistoryCommand(): Command {
  const command = new Command('history').description(
    'ask a running network for all that its account received, sent and said',
  );
  return addSettings(command, historySettings).action(async () => {
    const values = readSettings(command, historySettings);
    const { address } = readWallet(values.wallet);
    const history = new History(address);
    const onEntry = history.see.bind(history);
    await visit(command, values, { onEntry }, async ({ client }) => {
      const shown = history.lines.slice(-(values.last ?? MOST_LINES));
      const teller = new WalletTeller(values.json);
      for (const line of shown) teller.tell({ kind: 'movement', ...line });
      const { height, network } = client.view();
      const held = client.account(of(address).account);
      teller.tell({ kind: 'balance', ...of(address), ...held, height, network });
    });
  });
}

/** Both names of a key. */
function of(address: AccountKey): { readonly address: AccountKey; readonly account: ClientID } {
  return { address, account: accountOf(address, nodeHasher) };
}
