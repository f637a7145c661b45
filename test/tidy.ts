/** The rules of the house, each a function that takes texts and gives complaints. */

import { posix } from 'node:path';

/** A file by its path from the top of the checkout, with slashes. */
export type Source = { readonly path: string; readonly text: string };

/** `path:line sentence`. */
export type Complaint = string;

export type Rule = (sources: readonly Source[]) => readonly Complaint[];

/** From the lowest up. Rooms of one floor don't know one another, save for `NEIGHBOURS`. */
const FLOORS = [
  ['domain'],
  ['wire', 'ledger', 'election', 'miner', 'finality', 'controller', 'lease'],
  ['peer', 'lab'],
  ['client', 'record'],
  ['files'],
  ['node', 'sim'],
  ['index'],
  ['cli'],
] as const;

const NEIGHBOURS: Lists = { finality: ['ledger'], controller: ['ledger'] };

/** Rooms that stand apart from the floors, and what they may import. */
const APART: Lists = {
  broker: ['domain', 'files'],
  kernels: ['domain', 'miner'],
  examples: ['index'],
  test: ['*'],
};

/** Which packages a room may import; Node's own count as `node`. */
const PACKAGES: Lists = {
  wire: ['zod', 'uuid'],
  files: ['node'],
  node: ['node', 'mqtt', 'mqtt-packet', 'classic-level'],
  // The last two only for comparison, and only where they are installed.
  cli: ['node', 'commander', 'cli-progress', 'ink', 'react', 'hash-wasm', '@noble/hashes'],
  broker: ['node', 'aedes', 'mqtt-packet', 'ws'],
  kernels: ['node', 'assemblyscript'],
  examples: ['node'],
  test: ['*'],
};

/** Files that know threads or the machine in rooms that don't. */
const THREADS = ['pool', 'crew', 'worker', 'kernel-file'].map((name) => `src/miner/${name}.ts`);
const NODE_FILES = [...THREADS, 'src/sim/runner.ts'];

/** AssemblyScript: another compiler, and the rounds written for it, know who imports whom. */
const KERNELS = 'src/miner/kernel/';

const ENTRIES = [
  'src/cli/main.ts',
  'src/cli/client-bin.ts',
  'src/cli/flooder-process.ts',
  'src/cli/guard-process.ts',
  'src/miner/worker.ts',
  'src/index.ts',
];

/** Rooms whose files decide, and so know no clock and no chance. */
const HEAD = [...FLOORS[0], ...FLOORS[1], ...FLOORS[2]] as readonly string[];
const SIMULATED = [...HEAD, 'sim'];
/** Rooms that a browser can run. */
const ANYWHERE = [...HEAD, ...FLOORS[3]] as readonly string[];

type Lists = Readonly<Record<string, readonly string[]>>;

type Import = { readonly from: string; readonly index: number };

const COMMENTS = /\/\*[\s\S]*?\*\/|\/\/[^\n]*/;
const STRINGS = /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/;
const TOKENS = new RegExp(`(${STRINGS.source})|${COMMENTS.source}`, 'g');
const STATIC_IMPORT =
  /^[ \t]*(?:import|export)\b(?:[\w$*\s{},]*?(?:\}|\s)from)?\s*(['"])([^'"\n]+)\1/gm;
const DYNAMIC_IMPORT = /\bimport\s*\(\s*(['"`])([^'"`\n]+)\1/g;

const blank = (text: string): string => text.replace(/[^\n]/g, ' ');

const withoutComments = (text: string): string =>
  text.replace(TOKENS, (token, string?: string) => (string === undefined ? blank(token) : token));

/** Code alone: comments and the insides of strings are blank, and every place stays where it is. */
const codeOf = (text: string): string => text.replace(TOKENS, blank);

/** What a file imports or exports from elsewhere, types included, in `import(…)` too. */
export function importsOf(text: string): readonly Import[] {
  const code = withoutComments(text);
  return [...code.matchAll(STATIC_IMPORT), ...code.matchAll(DYNAMIC_IMPORT)].map((match) => ({
    from: match[2] ?? '',
    index: match.index + match[0].length - 1,
  }));
}

/** `src/wire/door.ts` stands in `wire`, `src/index.ts` in `index`, `test/x/y.ts` in `test`. */
function roomOf(path: string): string {
  const [top = '', second = ''] = path.split('/');
  return top === 'src' ? second.replace(/\.tsx?$/, '') : top;
}

const isRelative = (from: string): boolean => from.startsWith('.');

const resolve = (path: string, from: string): string =>
  posix.normalize(posix.join(posix.dirname(path), from));

function complain(source: Source, index: number, sentence: string): Complaint {
  return `${source.path}:${source.text.slice(0, index).split('\n').length} ${sentence}`;
}

/** Complains wherever `pattern` is found; `look` says in which part of the text. */
function forbid(
  source: Source,
  pattern: RegExp,
  sentence: (found: string) => string,
  look: (text: string) => string = (text) => text,
): readonly Complaint[] {
  return [...look(source.text).matchAll(pattern)].map((match) =>
    complain(source, match.index, sentence(match[0].trim())),
  );
}

/** The rooms that `room` may import from, or null where it has no place in the house. */
function below(room: string): readonly string[] | null {
  const apart = APART[room];
  if (apart !== undefined) return apart;
  const floor = FLOORS.findIndex((rooms) => (rooms as readonly string[]).includes(room));
  if (floor === -1) return null;
  const lower = FLOORS.slice(0, floor)
    .flat()
    .filter((name) => name !== 'index');
  return [...lower, ...(NEIGHBOURS[room] ?? []), ...(room === 'cli' ? ['broker'] : [])];
}

const allows = (list: readonly string[], name: string): boolean =>
  list.includes('*') || list.includes(name);

/** A folder imports only from lower floors, and only the packages that are its own. */
export const noArrowUpward: Rule = (sources) =>
  sources.flatMap((source) => {
    const room = roomOf(source.path);
    const lower = below(room);
    if (lower === null) return [complain(source, 0, `The room "${room}" stands on no floor.`)];
    return importsOf(source.text).flatMap(({ from, index }) => {
      const problem = isRelative(from)
        ? problemWithFile(room, lower, resolve(source.path, from))
        : problemWithPackage(source.path, room, from);
      return problem === null ? [] : [complain(source, index, problem)];
    });
  });

function problemWithFile(room: string, lower: readonly string[], target: string): string | null {
  const other = roomOf(target);
  if (THREADS.includes(target) && !['miner', 'cli', 'index', 'test'].includes(room)) {
    return `Only the command line and the library's face know the threads of ${target}.`;
  }
  if (other === room || allows(lower, other)) return null;
  return `"${room}" must not import from "${other}".`;
}

function problemWithPackage(path: string, room: string, from: string): string | null {
  const name = from.startsWith('node:') ? 'node' : (/^(?:@[^/]+\/)?[^/]+/.exec(from)?.[0] ?? from);
  if (allows(PACKAGES[room] ?? [], name)) return null;
  if (name === 'node' && NODE_FILES.includes(path)) return null;
  return `"${room}" must not import "${from}".`;
}

/** No file leads back to itself over its imports, be it for a type alone. */
export const noCircle: Rule = (sources) => {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const done = new Set<string>();
  const complaints: Complaint[] = [];
  const visit = (source: Source, trail: readonly string[]): void => {
    for (const { from, index } of importsOf(source.text)) {
      const target = byPath.get(isRelative(from) ? resolve(source.path, from) : '');
      if (target === undefined || done.has(target.path)) continue;
      const start = trail.indexOf(target.path);
      if (start === -1) visit(target, [...trail, target.path]);
      else {
        const circle = [...trail.slice(start), target.path].join(' > ');
        complaints.push(complain(source, index, `Imports run in a circle: ${circle}.`));
      }
    }
    done.add(source.path);
  };
  for (const source of sources) if (!done.has(source.path)) visit(source, [source.path]);
  return complaints;
};

const CAPTION = /^(?:#!.*\n)?\/\*\*[\s*]+((?:(?!\*\/)[\s\S])+?)\s*\*\/\n(?:\n|$)/;

/** Each file opens with a caption, a sentence in a comment; the names of tests are captions. */
export const captions: Rule = (sources) =>
  sources
    .filter(({ path, text }) => {
      if (path.endsWith('.test.ts')) return false;
      const caption = CAPTION.exec(text)?.[1] ?? '';
      return !/^[^a-z][\s\S]*[.?!]$/.test(caption);
    })
    .map((source) =>
      complain(source, 0, 'Opens with no caption, or with one that is no sentence.'),
    );

export const narrow: Rule = (sources) =>
  sources.flatMap((source) =>
    source.text.split('\n').flatMap((line, index) => {
      const columns = [...line].length;
      if (columns <= 100) return [];
      return [`${source.path}:${index + 1} The line has ${columns} columns; 100 are the most.`];
    }),
  );

export const short: Rule = (sources) =>
  sources.flatMap((source) => {
    const lines = source.text.trimEnd().split('\n').length;
    return lines > 300 ? [`${source.path}:301 The file has ${lines} lines; 300 are the most.`] : [];
  });

const CLOCKS = /\bDate\s*[.(;]|\bperformance\s*\.|\b(?:set|clear)(?:Timeout|Interval|Immediate)\b/;
const CHANCE = new RegExp(`\\bMath\\s*\\.\\s*random\\b|${CLOCKS.source}`, 'g');
const MACHINE = /(?<![.\w])(?:process|Buffer)\s*[.[(]/g;

/** The head and the false world know no clock and no chance; a browser's rooms know no Node. */
export const noClock: Rule = (sources) =>
  sources
    .filter(({ path }) => path.startsWith('src/') && !NODE_FILES.includes(path))
    .flatMap((source) => {
      const room = roomOf(source.path);
      return [
        ...(SIMULATED.includes(room)
          ? forbid(source, CHANCE, (found) => `"${room}" must not use "${found}".`, codeOf)
          : []),
        ...(ANYWHERE.includes(room) || room === 'sim'
          ? forbid(source, MACHINE, (found) => `"${room}" must not use "${found}".`, codeOf)
          : []),
      ];
    });

/** One file knows the topics' prefix, so that the option `--prefix` means all of them. */
export const onePrefix: Rule = (sources) =>
  sources
    .filter(({ path }) => !path.startsWith('test/') && path !== 'src/wire/topics.ts')
    .flatMap((source) =>
      forbid(source, /\bsd\//g, (found) => `Only src/wire/topics.ts knows "${found}".`),
    );

/** What is unfinished stands in an issue, not in the code. */
export const noLeftovers: Rule = (sources) =>
  sources.flatMap((source) => [
    ...forbid(source, /\b(?:FI[X]ME|XX[X]|TO[D]O)\b/g, (found) => `"${found}" was left behind.`),
    ...forbid(source, /\b(?:it|test|describe|bench)(?:\.\w+)*\.onl[y]\b/g, (found) => {
      return `"${found}" keeps the other tests from running.`;
    }),
  ]);

export const noDefaultExport: Rule = (sources) =>
  sources.flatMap((source) =>
    forbid(
      source,
      /^\s*export\s+default\b|^\s*export\s*\{[^}]*\bas\s+default\b/gm,
      () => 'A default export has no name of its own.',
      codeOf,
    ),
  );

/** Screens alone are written as elements. */
export const elementsInScreens: Rule = (sources) =>
  sources
    .filter(({ path }) => path.endsWith('.tsx') && !/^(?:src|test)\/cli\//.test(path))
    .map((source) => complain(source, 0, 'Only src/cli has screens (.tsx).'));

/** Every file in src is an entry, or another file there imports it; a test does not count. */
export const noOrphans: Rule = (sources) => {
  const inside = sources.filter(({ path }) => path.startsWith('src/'));
  const imported = new Set(
    inside.flatMap(({ path, text }) => importsOf(text).map(({ from }) => resolve(path, from))),
  );
  return inside
    .filter(({ path }) => !ENTRIES.includes(path) && !path.startsWith(KERNELS))
    .filter(({ path }) => !imported.has(path))
    .map((source) => complain(source, 0, 'No file in src imports this one.'));
};

/** Built files of the rooms that a browser can run (as `src/…/*.js`) import nothing of Node. */
export const builtForBrowsers: Rule = (built) =>
  built
    .filter(({ path }) => ANYWHERE.includes(roomOf(path)))
    .filter(({ path }) => !THREADS.includes(path.replace(/\.js$/, '.ts')))
    .flatMap((source) =>
      importsOf(source.text)
        .filter(({ from }) => !isRelative(from))
        .filter(({ from }) => !(roomOf(source.path) === 'wire' && ['zod', 'uuid'].includes(from)))
        .map(({ from, index }) => complain(source, index, `Built, this file imports "${from}".`)),
    );
