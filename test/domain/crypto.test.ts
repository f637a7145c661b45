import { nobleVerifier } from '../contracts/noble-verifier.ts';
import { describeVerifier } from '../contracts/verifier.ts';

describeVerifier('by @noble/curves', () => nobleVerifier);
