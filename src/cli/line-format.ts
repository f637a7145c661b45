/** How a line looks: its time, its colour, its width. */

import { styleText } from 'node:util';
import type { Line, Tone } from './narrator.ts';

type Style = Parameters<typeof styleText>[0];

/** Milliseconds and a space after them: `12:34:56.789 `. */
const TIME_COLUMNS = 13;

/** Narrower terminals wrap as they like. */
const NARROWEST = 30;

const STYLES: Readonly<Record<Tone, Style | null>> = {
  plain: null,
  faint: 'dim',
  good: 'green',
  best: ['bold', 'green'],
  weighty: ['bold', 'cyan'],
  bad: 'yellow',
};

export type LineLook = {
  readonly isColoured: boolean;
  /** Columns of the terminal; null where lines may be as long as they like. */
  readonly columns: number | null;
};

/** Colours are for terminals whose owner does not mind (https://no-color.org). */
export function wantsColour(stream: { readonly isTTY?: boolean }): boolean {
  return stream.isTTY === true && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb';
}

/** A line as it is written, without its end. */
export function formatLine({ text, tone }: Line, unixMs: number, look: LineLook): string {
  const { isColoured, columns } = look;
  const plain = printable(text);
  const wrapped =
    columns === null || columns < NARROWEST
      ? plain
      : wrap(plain, columns - TIME_COLUMNS).join(`\n${' '.repeat(TIME_COLUMNS)}`);
  const style = STYLES[tone];
  const time = paint('dim', timeOf(unixMs), isColoured);
  return `${time} ${style === null ? wrapped : paint(style, wrapped, isColoured)}`;
}

/** Styles `text`, if colours are wanted. */
export function paint(style: Style, text: string, isColoured: boolean): string {
  return isColoured ? styleText(style, text, { validateStream: false }) : text;
}

/** What strangers wrote must not steer our terminal. */
export function printable(text: string): string {
  return text.replace(/\p{C}/gu, '?');
}

/** The same of a text of several lines of ours. */
export function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n');
}

/** HH:MM:SS.mmm by the clock on the wall. */
function timeOf(unixMs: number): string {
  const date = new Date(unixMs);
  const two = (value: number): string => String(value).padStart(2, '0');
  const seconds = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
  return `${seconds}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

/** YYYY-MM-DD HH:MM:SS by the clock on the wall. */
export function dateOf(unixMs: number): string {
  const date = new Date(unixMs);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  return `${day} ${timeOf(unixMs).slice(0, 8)}`;
}

/** Breaks at spaces; a word that is wider than a line stands alone. */
function wrap(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
