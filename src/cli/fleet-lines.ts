/** Cuts a stream of text into lines, whatever its pieces are and however long a line is. */

/** A peer's longest line names the members of a roster of 100: some 10 KiB. */
const MOST_CHARACTERS = 256 * 1024;

export class LineCutter {
  readonly #onLine: (line: string) => void;
  readonly #most: number;
  #rest = '';
  #isTooLong = false;

  /** A line of more than `most` characters is left out. */
  constructor(onLine: (line: string) => void, most: number = MOST_CHARACTERS) {
    this.#onLine = onLine;
    this.#most = most;
  }

  /** Takes a piece, which may end anywhere. */
  push(piece: string): void {
    const [first = '', ...others] = piece.split('\n');
    this.#add(first);
    for (const other of others) {
      this.end();
      this.#add(other);
    }
  }

  /** The stream is over, or the line: gives what there is of it. */
  end(): void {
    const line = this.#rest.replace(/\r$/, '');
    const isLeftOut = this.#isTooLong || line.trim() === '';
    this.#rest = '';
    this.#isTooLong = false;
    if (!isLeftOut) this.#onLine(line);
  }

  #add(text: string): void {
    if (this.#isTooLong) return;
    this.#rest += text;
    if (this.#rest.length <= this.#most) return;
    this.#isTooLong = true;
    this.#rest = '';
  }
}
