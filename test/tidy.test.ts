/** The house keeps its own rules, and each rule can be broken. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import * as tidy from './tidy.ts';

const TOP = fileURLToPath(new URL('..', import.meta.url));

function read(folder: string, ending: RegExp): readonly tidy.Source[] {
  const full = join(TOP, folder);
  if (!existsSync(full)) return [];
  return readdirSync(full, { recursive: true, encoding: 'utf8' })
    .filter((name) => ending.test(name))
    .map((name) => ({
      path: `${folder}/${name.split(sep).join('/')}`,
      text: readFileSync(join(full, name), 'utf8'),
    }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

const RULES: readonly tidy.Rule[] = [
  tidy.noArrowUpward,
  tidy.noCircle,
  tidy.captions,
  tidy.narrow,
  tidy.short,
  tidy.noClock,
  tidy.onePrefix,
  tidy.noLeftovers,
  tidy.noDefaultExport,
  tidy.elementsInScreens,
  tidy.noOrphans,
];

function demandNone(complaints: readonly tidy.Complaint[]): void {
  if (complaints.length === 0) return;
  expect.fail(`${complaints.length} complaints about the house:\n${complaints.join('\n')}\n`);
}

it('the house is tidy', () => {
  const sources = ['src', 'broker', 'kernels', 'test', 'examples'].flatMap((top) =>
    read(top, /\.tsx?$/),
  );
  expect(sources.length).toBeGreaterThan(0);
  demandNone(RULES.flatMap((rule) => rule(sources)));
});

it('no test is tried twice, which would hide that it passes by luck', () => {
  const settings = readFileSync(join(TOP, 'vitest.config.ts'), 'utf8');
  expect(settings).not.toMatch(/\bretry\b/);
});

it('built files of the rooms that a browser can run import nothing of Node', () => {
  if (!existsSync(join(TOP, 'dist', 'src'))) {
    expect.fail('There is no dist/src: run "npm run build" first ("npm test" does).');
  }
  const named = new Set(read('src', /\.ts$/).map(({ path }) => path));
  const built = read('dist/src', /\.js$/)
    .map(({ path, text }) => ({ path: path.replace('dist/', ''), text }))
    // A file that was renamed leaves its old shape behind in dist.
    .filter(({ path }) => named.has(path.replace(/\.js$/, '.ts')));
  for (const room of ['domain', 'wire', 'ledger', 'election', 'finality', 'controller', 'peer']) {
    const found = built.some(({ path }) => path.startsWith(`src/${room}/`));
    expect(found, `dist/src/${room} has no built file: run "npm run build" first.`).toBe(true);
  }
  demandNone(tidy.builtForBrowsers(built));
});

/** Judges made-up files, each `path: text`. */
function judge(rule: tidy.Rule, files: Readonly<Record<string, string>>): readonly string[] {
  return rule(Object.entries(files).map(([path, text]) => ({ path, text })));
}

it('an import is found in each of its forms, and nowhere else', () => {
  const text = [
    "import './a.ts';",
    "import type { A } from './b.ts';",
    "import d, { type E, f as g } from './c.ts';",
    "import * as all from './d.ts';",
    'import {',
    '  one, // and a "remark" from \'elsewhere\'',
    '  two,',
    '} from "./e.ts";',
    "export * from './f.ts';",
    "export { one as three } from './g.ts';",
    "const late = await import('./h.ts');",
    "type Far = import('./i.ts').Far;",
    "// import './no.ts';",
    "/* import './no.ts'; */",
    "export const no = 'no.ts';",
    "const text = `it's // no comment`; export const from = './no.ts';",
  ].join('\n');
  const found = tidy.importsOf(text).map(({ from }) => from);
  expect(found).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'].map((n) => `./${n}.ts`));
});

it('an import from a higher floor is complained of with its line', () => {
  const files = { 'src/ledger/block.ts': "\n\nimport { a } from '../peer/head.ts';" };
  expect(judge(tidy.noArrowUpward, files)).toEqual([
    'src/ledger/block.ts:3 "ledger" must not import from "peer".',
  ]);
});

it('rooms of one floor do not know one another, save that two may use the ledger', () => {
  const importing = (room: string, target: string): number =>
    judge(tidy.noArrowUpward, { [`src/${room}/a.ts`]: `import '${target}';` }).length;
  expect(importing('election', '../wire/door.ts')).toBe(1);
  expect(importing('client', '../record/trace.ts')).toBe(1);
  expect(importing('finality', '../ledger/block.ts')).toBe(0);
  expect(importing('controller', '../ledger/block.ts')).toBe(0);
  expect(importing('ledger', '../finality/seal.ts')).toBe(1);
  expect(importing('peer', '../miner/pool.ts')).toBe(1);
  expect(importing('peer', '../miner/layout.ts')).toBe(0);
  expect(importing('cli', '../miner/pool.ts')).toBe(0);
  expect(importing('cli', '../../broker/broker.ts')).toBe(0);
  expect(importing('node', '../../broker/broker.ts')).toBe(1);
  expect(importing('cli', '../index.ts')).toBe(1);
  expect(importing('attic', './box.ts')).toBe(1);
});

it('what stands apart stays apart', () => {
  expect(judge(tidy.noArrowUpward, { 'broker/a.ts': "import '../src/wire/a.ts';" })).toHaveLength(
    1,
  );
  expect(judge(tidy.noArrowUpward, { 'examples/a.ts': "import '../src/peer/a.ts';" })).toHaveLength(
    1,
  );
  expect(judge(tidy.noArrowUpward, { 'examples/a.ts': "import '../src/index.ts';" })).toEqual([]);
});

it('a package in a room that has no business with it is complained of', () => {
  const importing = (path: string, name: string): number =>
    judge(tidy.noArrowUpward, { [path]: `import '${name}';` }).length;
  expect(importing('src/peer/a.ts', 'node:fs')).toBe(1);
  expect(importing('src/client/a.ts', 'node:fs/promises')).toBe(1);
  expect(importing('src/node/a.ts', 'node:fs/promises')).toBe(0);
  expect(importing('src/miner/scan.ts', 'node:os')).toBe(1);
  expect(importing('src/miner/pool.ts', 'node:os')).toBe(0);
  expect(importing('src/wire/schema.ts', 'zod')).toBe(0);
  expect(importing('src/peer/a.ts', 'zod')).toBe(1);
  expect(importing('src/node/a.ts', 'aedes')).toBe(1);
  expect(importing('broker/a.ts', 'aedes')).toBe(0);
});

it('a circle of imports is told with its way', () => {
  const files = {
    'src/peer/a.ts': "import './b.ts';",
    'src/peer/b.ts': "import './c.ts';",
    'src/peer/c.ts': "\nimport type { B } from './b.ts';",
  };
  expect(judge(tidy.noCircle, files)).toEqual([
    'src/peer/c.ts:2 Imports run in a circle: src/peer/b.ts > src/peer/c.ts > src/peer/b.ts.',
  ]);
});

it('two ways to one file are no circle', () => {
  const files = {
    'src/peer/a.ts': "import './b.ts';\nimport './c.ts';",
    'src/peer/b.ts': "import './c.ts';",
    'src/peer/c.ts': '',
  };
  expect(judge(tidy.noCircle, files)).toEqual([]);
});

it('a file without a caption is complained of', () => {
  const complaints = (text: string): number => judge(tidy.captions, { 'src/a.ts': text }).length;
  expect(complaints('/** Counts votes. */\n\nconst a = 1;\n')).toBe(0);
  expect(complaints('#!/usr/bin/env node\n/**\n * Counts\n * votes.\n */\n\nconst a = 1;\n')).toBe(
    0,
  );
  expect(complaints('const a = 1;\n')).toBe(1);
  expect(complaints('// Counts votes.\n\nconst a = 1;\n')).toBe(1);
  expect(complaints('/** counts votes */\n\nconst a = 1;\n')).toBe(1);
  expect(complaints('/** Belongs to the constant. */\nconst a = 1;\n')).toBe(1);
});

it('a long line and a long file are complained of', () => {
  expect(judge(tidy.narrow, { 'a.ts': `x\n${'é'.repeat(100)}\n${'é'.repeat(101)}` })).toEqual([
    'a.ts:3 The line has 101 columns; 100 are the most.',
  ]);
  expect(judge(tidy.short, { 'a.ts': 'x\n'.repeat(300) })).toEqual([]);
  expect(judge(tidy.short, { 'a.ts': 'x\n'.repeat(301) })).toHaveLength(1);
});

it('the head knows no clock, no chance and no machine, but may speak of them', () => {
  const complaints = (path: string, text: string): number =>
    judge(tidy.noClock, { [path]: text }).length;
  for (const code of ['Math.random()', 'Date.now()', 'new Date()', 'performance.now()']) {
    expect(complaints('src/peer/a.ts', `const a = ${code};`), code).toBe(1);
    expect(complaints('src/sim/a.ts', `const a = ${code};`), code).toBe(1);
    expect(complaints('src/sim/runner.ts', `const a = ${code};`), code).toBe(0);
    expect(complaints('src/node/a.ts', `const a = ${code};`), code).toBe(0);
    expect(complaints('src/peer/a.ts', `// ${code}\nconst a = '${code}';`), code).toBe(0);
  }
  expect(complaints('src/wire/a.ts', 'setTimeout(f, 1);')).toBe(1);
  expect(complaints('src/client/a.ts', 'setTimeout(f, 1);')).toBe(0);
  expect(complaints('src/client/a.ts', 'process.exit(); Buffer.from(a);')).toBe(2);
});

it('the prefix of topics outside its file is complained of', () => {
  const text = "say('s\u0064/init');";
  expect(judge(tidy.onePrefix, { 'src/peer/a.ts': text })).toHaveLength(1);
  expect(judge(tidy.onePrefix, { 'src/wire/topics.ts': text })).toEqual([]);
});

it('a leftover mark and a lonely test are complained of', () => {
  for (const mark of [`FIX${'ME'}`, `XX${'X'}`, `TO${'DO'}`]) {
    expect(judge(tidy.noLeftovers, { 'a.ts': `\n// ${mark} later` })).toEqual([
      `a.ts:2 "${mark}" was left behind.`,
    ]);
  }
  expect(judge(tidy.noLeftovers, { 'a.ts': `it.${'only'}('a', f);` })).toHaveLength(1);
  expect(judge(tidy.noLeftovers, { 'a.ts': `describe.each([]).${'only'}` })).toEqual([]);
});

it('a default export is complained of in each of its forms', () => {
  expect(judge(tidy.noDefaultExport, { 'a.ts': 'export default 1;' })).toHaveLength(1);
  expect(judge(tidy.noDefaultExport, { 'a.ts': 'export { a as default };' })).toHaveLength(1);
  expect(judge(tidy.noDefaultExport, { 'a.ts': '// export default 1;' })).toEqual([]);
});

it('a screen outside the command line is complained of', () => {
  expect(judge(tidy.elementsInScreens, { 'src/peer/a.tsx': '' })).toHaveLength(1);
  expect(judge(tidy.elementsInScreens, { 'src/cli/a.tsx': '' })).toEqual([]);
});

it('a file that only a test imports is complained of, an entry is not', () => {
  const files = {
    'src/cli/main.ts': "import './used.ts';",
    'src/cli/used.ts': '',
    'src/cli/unused.ts': '',
    'test/cli/unused.test.ts': "import '../../src/cli/unused.ts';",
  };
  expect(judge(tidy.noOrphans, files)).toEqual([
    'src/cli/unused.ts:1 No file in src imports this one.',
  ]);
});

it('a built file that imports Node or a package is complained of', () => {
  const complaints = (path: string, from: string): number =>
    judge(tidy.builtForBrowsers, { [path]: `import a from "${from}";` }).length;
  expect(complaints('src/peer/a.js', 'node:fs')).toBe(1);
  expect(complaints('src/client/a.js', 'mqtt')).toBe(1);
  expect(complaints('src/wire/a.js', 'zod')).toBe(0);
  expect(complaints('src/peer/a.js', 'zod')).toBe(1);
  expect(complaints('src/miner/scan.js', 'node:os')).toBe(1);
  expect(complaints('src/miner/pool.js', 'node:os')).toBe(0);
  expect(complaints('src/node/a.js', 'node:fs')).toBe(0);
});
