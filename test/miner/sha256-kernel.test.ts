import { prepareSha256 } from '../../src/miner/sha256-kernel.ts';
import { testKernel } from '../contracts/kernel.ts';

testKernel('TypeScript', prepareSha256);
