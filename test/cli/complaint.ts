/** Calls the program within this process, with arguments that it must refuse. */

import { exitCodeOf, sentenceOf } from '../../src/cli/exit.ts';
import { createProgram } from '../../src/cli/program.ts';

export type Complaint = { readonly code: number; readonly sentence: string | null };

/** What the program complains of; fails where it does not. */
export async function complaintOf(...args: readonly string[]): Promise<Complaint> {
  try {
    await (await createProgram(args)).parseAsync([...args], { from: 'user' });
  } catch (error) {
    return { code: exitCodeOf(error), sentence: sentenceOf(error) };
  }
  throw new Error(`Nobody complained of ${args.join(' ')}.`);
}
