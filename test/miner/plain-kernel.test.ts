import { preparePlain } from '../../src/miner/plain-kernel.ts';
import { PUZZLES } from '../../src/miner/puzzles.ts';
import { testKernel } from '../contracts/kernel.ts';

for (const { algorithm, nonceForm } of PUZZLES) {
  testKernel(`plain ${algorithm} ${nonceForm}`, preparePlain, { algorithm, nonceForm }, 0.02);
}
