/** How people call peers that have a small number. */

import { expect, it } from 'vitest';
import { Narrator } from '../../src/cli/narrator.ts';
import { describePlace, startStatus } from '../../src/cli/status.ts';
import { boardOf, namesIn } from '../../src/cli/watch-board.ts';
import { lineOf } from '../../src/cli/watch-lines.ts';
import { NameBook } from '../../src/client/name-book.ts';
import type { ClientID, Term, UnixMs } from '../../src/domain/names.ts';
import type { Note } from '../../src/domain/note.ts';
import { nodeHasher } from '../../src/node/crypto.ts';
import { OurOnlooker } from '../../src/record/onlooker.ts';
import { toyVerifier } from '../../src/sim/toy-crypto.ts';
import { World } from '../../src/sim/world.ts';

const ANN = '0a11aaaa-0000-8000-8000-000000000001' as ClientID;
const called = (name: number | null): Note => ({ kind: 'called', who: ANN, name });

it('a peer is called by its short ClientID, and its Name if it has one', () => {
  const book = new NameBook();
  expect(book.of(ANN)).toBe('0a11aaaa');
  book.hear(called(7));
  expect(book.of(ANN)).toBe('0a11aaaa#7');
  book.hear(called(12));
  expect(book.of(ANN)).toBe('0a11aaaa#12');
  book.hear(called(null));
  expect(book.of(ANN)).toBe('0a11aaaa');
});

it('names without end fill no memory', () => {
  const book = new NameBook();
  book.hear(called(7));
  for (let other = 0; other < 1_000; other += 1)
    book.hear({ kind: 'called', who: `${other}` as ClientID, name: 1 });
  expect(book.of(ANN)).toBe('0a11aaaa');
  expect(book.of('999' as ClientID)).toBe('999#1');
});

it('lines for people call peers by it from then on', () => {
  const narrator = new Narrator(3, false);
  expect(narrator.tell(called(1), 0)).toBeNull();
  const joined: Note = { kind: 'joined', peer: ANN, known: 2, wanted: 3 };
  expect(narrator.tell(joined, 1)?.text).toMatch(/^0a11aaaa#1 is here \(2 of 3;/);
  const mandate = { kind: 'mandate', term: 1 as Term, controller: ANN, votes: 2 } as const;
  expect(narrator.tell({ ...mandate, isSelf: false }, 2)?.text).toBe(
    '0a11aaaa#1 is controller of term 1, by 2 votes',
  );
  const twin = { kind: 'same-name', name: 1, by: ANN } as const;
  expect(narrator.tell(twin, 3)).toEqual({
    text:
      '0a11aaaa#1 has the name 1, too, and goes first: this peer gets no seat if it has none; ' +
      'start it with another --name',
    tone: 'bad',
  });
});

it('who looks on sees it, too: on the board, in each line, and at the screen’s bottom', () => {
  const onlooker = new OurOnlooker({ prefix: 'sd', hasher: nodeHasher, verifier: toyVerifier() });
  const lines: string[] = [];
  const world = new World({
    seed: 3,
    hasher: nodeHasher,
    settings: { peers: 2, election: 'present' },
    onCarried: (delivery, at) => {
      const recorded = { ...delivery, time: Math.round(at) as UnixMs, qos: 1 as const };
      const sighting = onlooker.hear(recorded);
      lines.push(lineOf(sighting, false, namesIn(onlooker.picture)).text);
    },
  });
  const first = world.start({ name: 1 });
  world.start();
  world.run(10_000);
  const { clientID } = first.self;
  const name = `${clientID.slice(0, 8)}#1`;
  const board = boardOf(onlooker.picture, 10_000 as UnixMs);
  const rows = board.peers.map(({ text }) => text);
  expect(rows.filter((text) => text.startsWith(`${name} `))).toHaveLength(1);
  expect(board.head.text).toContain(`controller ${name}`);
  expect(board.draw.text).toContain('the lot decides nothing here');
  // Titles stand above their columns.
  const column = board.peersTitle.indexOf('role');
  expect(rows.every((text) => /^(controller|member)/.test(text.slice(column)))).toBe(true);
  expect(lines.some((text) => text.startsWith(`${name} `))).toBe(true);
  const place = describePlace(startStatus(2), world.view(first), namesIn(onlooker.picture));
  expect(place).toContain(`${name} controller`);
});
