/** A terminal that tests read and type on, in the place of the process's own. */

import { EventEmitter } from 'node:events';
import { vi } from 'vitest';

/** What ink needs of a terminal. */
export class FakeTerminal extends EventEmitter {
  isTTY = true;
  columns = 80;
  rows = 24;
  written = '';
  readonly #typed: string[] = [];
  write(text: string): boolean {
    this.written += text;
    return true;
  }
  setRawMode(): void {}
  setEncoding(): void {}
  ref(): void {}
  unref(): void {}
  read(): string | null {
    return this.#typed.shift() ?? null;
  }

  /** As if somebody had pressed these keys. */
  type(...keys: readonly string[]): void {
    this.#typed.push(...keys);
    this.emit('readable');
  }

  /** What is written because the user makes the terminal so large. */
  resize(rows: number, columns = 80): string {
    this.written = '';
    Object.assign(this, { rows, columns });
    this.emit('resize');
    return this.written;
  }
}

/** Until mocks and variables are restored; `keyboard` is where keys are typed. */
export function wearsTerminal(): {
  readonly terminal: FakeTerminal;
  readonly keyboard: FakeTerminal;
} {
  // Where a variable says that it builds something, ink draws nothing.
  for (const name of Object.keys(process.env)) {
    if (/^(CI$|CI_|CONTINUOUS_INTEGRATION$)/.test(name)) vi.stubEnv(name, undefined);
  }
  const [terminal, keyboard] = [new FakeTerminal(), new FakeTerminal()];
  vi.spyOn(process, 'stdout', 'get').mockReturnValue(terminal as never);
  vi.spyOn(process, 'stdin', 'get').mockReturnValue(keyboard as never);
  return { terminal, keyboard };
}
