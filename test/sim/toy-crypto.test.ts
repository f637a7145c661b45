import type { SignerKey } from '../../src/domain/names.ts';
import { nodeHasher } from '../../src/node/crypto.ts';
import { ToyNotary, toyIdentity, toySigner, toyVerifier } from '../../src/sim/toy-crypto.ts';
import { publicKeyOf } from '../../src/wire/transaction.ts';
import { describeChecking } from '../contracts/verifier.ts';
import { GENESIS_KEY, KEY_OF_A } from '../course-keys.ts';

const peerKey = (name: string): SignerKey =>
  toyIdentity(nodeHasher.sha256(name), nodeHasher).publicKey;

const keys: readonly [string, SignerKey, SignerKey][] = [
  ['Ed25519', peerKey('ann'), peerKey('bob')],
  ['P-256', publicKeyOf(GENESIS_KEY), publicKeyOf(KEY_OF_A)],
];

describeChecking(
  'by toy keys',
  toyVerifier,
  keys.map(([kind, one, other]) => [kind, () => toySigner(one), () => toySigner(other)]),
);

const notary = new ToyNotary();
describeChecking(
  'by a toy notary',
  () => notary,
  keys.map(([kind, one, other]) => [
    kind,
    () => notary.signerOf(one),
    () => notary.signerOf(other),
  ]),
);
