import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FRAME_MOST, FrameCutter, frameOf } from '../../src/node/gateway/frame-cutter.ts';

/** All frames that come out of these pieces, and what is left. */
function cut(pieces: readonly Buffer[]): {
  readonly frames: readonly string[];
  readonly cutter: FrameCutter;
} {
  const cutter = new FrameCutter();
  const frames: string[] = [];
  for (const piece of pieces) {
    cutter.push(piece);
    for (let frame = cutter.next(); frame !== null; frame = cutter.next())
      frames.push(frame.toString());
  }
  return { frames, cutter };
}

describe('a stream of frames', () => {
  it('gives each frame back, wherever it is cut', () => {
    const texts = fc.array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }));
    fc.assert(
      fc.property(texts, fc.array(fc.nat(60)), (list, cuts) => {
        const stream = Buffer.concat(list.map(frameOf));
        const pieces: Buffer[] = [];
        let from = 0;
        for (const length of cuts) {
          pieces.push(stream.subarray(from, from + length));
          from = Math.min(stream.length, from + length);
        }
        const { frames, cutter } = cut([...pieces, stream.subarray(from)]);
        expect(frames).toEqual(list);
        expect(cutter).toMatchObject({ fault: null, hasPart: false });
      }),
    );
  });

  it('has its length first, in two bytes, the higher one before the lower', () => {
    expect(frameOf('{}')).toEqual(Buffer.from([0, 2, 0x7b, 0x7d]));
    expect(frameOf('x'.repeat(258)).subarray(0, 2)).toEqual(Buffer.from([1, 2]));
  });

  it.each([
    ['half a length', Buffer.from([0])],
    ['a length and nothing else', Buffer.from([0, 5])],
    ['half a text', frameOf('hello').subarray(0, 4)],
  ])('waits for the rest of %s', (_, piece) => {
    const { frames, cutter } = cut([frameOf('first'), piece]);
    expect(frames).toEqual(['first']);
    expect(cutter).toMatchObject({ fault: null, hasPart: true });
  });

  it('takes the longest text, and none that is longer', () => {
    const longest = 'x'.repeat(FRAME_MOST);
    expect(cut([frameOf(longest)]).frames).toEqual([longest]);
    expect(cut([Buffer.from([0xff, 0xfe])]).cutter.fault).toBe('too-long');
  });

  it('is believed no more after a frame of nothing', () => {
    const { frames, cutter } = cut([frameOf('first'), Buffer.from([0, 0]), frameOf('last')]);
    expect(frames).toEqual(['first']);
    expect(cutter.fault).toBe('zero-length');
  });
});
