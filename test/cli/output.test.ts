import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Outlet } from '../../src/cli/output.ts';

/** A disk with so much room, and why it has no more; what it holds, and what was said of it. */
class Disk {
  room = Number.POSITIVE_INFINITY;
  code = 'ENOSPC';
  text = '';
  attempts = 0;
  now = 0;
  readonly told: string[] = [];
  readonly outlet = new Outlet({
    name: 'standard output',
    now: () => this.now,
    tell: (sentence) => this.told.push(sentence),
    write: (bytes) => {
      this.attempts += 1;
      if (this.room === 0) throw Object.assign(new Error(this.code), { code: this.code });
      const piece = bytes.subarray(0, Math.min(bytes.length, this.room));
      this.room -= piece.length;
      this.text += Buffer.from(piece).toString();
      return piece.length;
    },
  });

  say(...lines: readonly string[]): void {
    for (const line of lines) this.outlet.write(`${line}\n`);
  }

  /** Long enough that a full disk is tried again. */
  pause(): void {
    this.now += 60_000;
    vi.advanceTimersByTime(60_000);
  }
}

let disk: Disk;
beforeEach(() => {
  vi.useFakeTimers();
  disk = new Disk();
});
afterEach(() => void vi.useRealTimers());

it.each([
  ['ENOSPC', 'ENOSPC: the disk is full'],
  ['EDQUOT', 'EDQUOT: our share of the disk is used up'],
  ['EFBIG', 'EFBIG: the file may not grow any more'],
  ['EBADF', 'EBADF'],
])('%s costs the lines meanwhile, is said once, and is over when there is room', (code, why) => {
  disk.say('first');
  disk.room = 0;
  disk.code = code;
  disk.say('lost', 'lost');
  disk.pause();
  disk.say('lost');
  const said = [`The standard output cannot be written (${why}): lines are lost until it can.`];
  expect(disk.told).toEqual(said);
  disk.room = 100;
  disk.pause();
  disk.say('second', 'third');
  expect(disk.text).toBe('first\nsecond\nthird\n');
  said.push('The standard output can be written again; lost: 3 lines.');
  expect(disk.told).toEqual(said);
});

it('a line that was begun is written to its end before any other', () => {
  disk.room = 4;
  disk.say('begun', 'lost');
  disk.room = 1;
  disk.pause();
  disk.say('lost');
  disk.room = 100;
  disk.pause();
  disk.say('next');
  expect(disk.text).toBe('begun\nnext\n');
  expect(disk.told.at(-1)).toBe('The standard output can be written again; lost: 2 lines.');
});

it('of several lines written at once, those that arrived whole are not lost', () => {
  disk.room = 8;
  disk.outlet.write('one\ntwo\nthree\nfour\n');
  disk.room = 100;
  disk.pause();
  disk.say('five');
  expect(disk.text).toBe('one\ntwo\nfive\n');
  expect(disk.told.at(-1)).toContain('lost: 2 lines');
});

it('a full disk is not asked for each line', () => {
  disk.room = 0;
  for (let line = 0; line < 1_000; line += 1) disk.say('lost');
  expect(disk.attempts).toBe(1);
});

it('everything arrived: there is nothing to say at the end', () => {
  disk.say('all');
  expect(disk.outlet.conclude(false)).toBeNull();
  expect(disk.told).toEqual([]);
});

it('a command that ends by itself has failed if a line is lost, and says how many', () => {
  disk.room = 0;
  disk.say('lost', 'lost');
  const sentence =
    '2 lines of the standard output could not be written (ENOSPC: the disk is full).';
  expect(disk.outlet.conclude(false)).toBe(sentence);
  disk.pause();
  expect(disk.told).toEqual([]);
  disk.room = 100;
  disk.say('last');
  expect(disk.outlet.conclude(false)).toBe(sentence);
});

it('a command that goes on has failed if its last words are lost, and not by a gap', () => {
  disk.room = 0;
  disk.say('lost');
  expect(disk.outlet.conclude(true)).toContain('1 line of');
  disk.room = 5;
  disk.pause();
  disk.say('last');
  expect(disk.outlet.conclude(true)).toBeNull();
  disk.room = 2;
  disk.say('half a line');
  disk.room = 0;
  expect(disk.outlet.conclude(true)).toContain('could not be written');
});

it('the end of the last line may still find room at the end', () => {
  disk.room = 4;
  disk.say('last');
  disk.room = 100;
  expect(disk.outlet.conclude(false)).toBeNull();
  expect(disk.text).toBe('last\n');
});
