/** What is wrong with a line of a file, for people. */

import type { BadLine } from './recording.ts';

/** Completes the sentence "Line 7 …". */
export function describeBadLine(fault: BadLine): string {
  switch (fault.code) {
    case 'torn':
      return 'is torn off: whoever wrote it was stopped';
    case 'line-too-long':
      return `is too long (${fault.bytes} bytes)`;
    case 'not-utf8':
      return 'is not UTF-8';
    case 'not-json':
      return 'is no JSON';
    case 'not-an-object':
      return `must be a JSON object, and is ${fault.found}`;
    case 'malformed':
      return `is malformed: ${fault.field} ${fault.problem}`;
  }
}
