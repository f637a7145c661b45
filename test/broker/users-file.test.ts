import {
  chmod,
  chown,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Doorkeeper } from '../../broker/doorkeeper.ts';
import { hashPassword, parseHash } from '../../broker/password.ts';
import { addUser, readUsers } from '../../broker/users-file.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sortition-users-'));
  path = join(folder, 'users');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const GOOD = `scrypt$16384$8$1$${'A'.repeat(22)}==$${'A'.repeat(43)}=`;

it('who is added can come in, with that password alone', async () => {
  await addUser(path, 'ann', 'secret');
  await addUser(path, 'bob', 'sesame');
  const doorkeeper = new Doorkeeper(await readUsers(path));
  const admit = (user?: string, password?: string): Promise<number> =>
    doorkeeper.admit(user, password === undefined ? undefined : Buffer.from(password));
  expect(await admit('ann', 'secret')).toBe(0);
  expect(await admit('bob', 'sesame')).toBe(0);
  expect(await admit('ann', 'sesame')).toBe(4);
  expect(await admit('ann')).toBe(4);
  expect(await admit('eve', 'secret')).toBe(4);
  expect(await admit()).toBe(5);
  expect(await admit('')).toBe(5);
});

it('a second password replaces the first, and leaves the other lines alone', async () => {
  await writeFile(path, `# Our lab.\n\nbob:${GOOD}\nann:plain\n#ann:old\n\n`);
  await addUser(path, 'ann', 'secret');
  const lines = (await readFile(path, 'utf8')).split('\n');
  expect(lines.slice(0, 4)).toEqual(['# Our lab.', '', `bob:${GOOD}`, '#ann:old']);
  expect(lines[4]).toMatch(/^ann:scrypt\$16384\$8\$1\$/);
  expect(lines).toHaveLength(6);
  expect([...(await readUsers(path)).keys()]).toEqual(['bob', 'ann']);
});

it('a viewer is written with its role, and keeps it with another password', async () => {
  const roles = async (): Promise<readonly string[]> =>
    [...(await readUsers(path)).values()].map(({ role }) => role);
  await addUser(path, 'ann', 'secret');
  await addUser(path, 'eve', 'secret', 'viewer');
  expect(await roles()).toEqual(['peer', 'viewer']);
  const [ann = '', eve = ''] = (await readFile(path, 'utf8')).split('\n');
  expect(ann.split(':')).toHaveLength(2);
  expect(eve).toMatch(/^eve:scrypt\S+:viewer$/);
  await addUser(path, 'eve', 'sesame');
  expect(await roles()).toEqual(['peer', 'viewer']);
  const doorkeeper = new Doorkeeper(await readUsers(path));
  expect(await doorkeeper.admit('eve', Buffer.from('sesame'))).toBe(0);
  expect(doorkeeper.roleOf('eve')).toBe('viewer');
  expect(doorkeeper.roleOf('ann')).toBe('peer');
  expect(doorkeeper.roleOf('mallory')).toBe('viewer');
  await addUser(path, 'eve', 'sesame', 'peer');
  expect(await roles()).toEqual(['peer', 'peer']);
});

it('a new file is for its owner alone, and one that is there keeps its mode', async () => {
  const isUnix = process.platform !== 'win32';
  await addUser(path, 'ann', 'secret');
  if (isUnix) expect((await stat(path)).mode & 0o777).toBe(0o600);
  await chmod(path, 0o640);
  await addUser(path, 'ann', 'sesame');
  if (isUnix) expect((await stat(path)).mode & 0o777).toBe(0o640);
  expect(await readdir(folder)).toEqual(['users']);
});

it.skipIf(process.getuid?.() !== 0)(
  "the file stays its owner's when root adds a user",
  async () => {
    await addUser(path, 'ann', 'secret');
    await chown(path, 12_345, 23_456);
    const link = join(folder, 'link');
    await symlink('users', link);
    await addUser(link, 'bob', 'sesame');
    expect(await stat(path)).toMatchObject({ uid: 12_345, gid: 23_456 });
    expect([...(await readUsers(path)).keys()]).toEqual(['ann', 'bob']);
    expect(await readlink(link)).toBe('users');
  },
);

const NO_NAMES = ['', 'a b', 'a:b', '#a', 'a\n', 'a\u0007', 'a\u202e'];

it.each(NO_NAMES)('%j cannot be a user name', async (user) => {
  await expect(addUser(path, user, 'secret')).rejects.toMatchObject({ code: 'bad-user-name' });
  expect(await readdir(folder)).toEqual([]);
});

it('an empty password is none', async () => {
  await expect(addUser(path, 'ann', '')).rejects.toMatchObject({ code: 'bad-password' });
});

it('a byte order mark before the first user is not part of a name', async () => {
  await writeFile(path, `\uFEFFbob:${GOOD}\r\n`);
  expect([...(await readUsers(path)).keys()]).toEqual(['bob']);
});

it.each([
  ['a plain password', 'ann:secret', 'sortition broker --add-user ann'],
  ['no colon', 'ann', 'no user name before a colon'],
  ['no name', `:${GOOD}`, 'no user name before a colon'],
  ['a name twice', `bob:${GOOD}`, 'names the user "bob" a second time'],
  ['a cost that is no power of two', `ann:${GOOD.replace('16384', '16385')}`, 'not of the form'],
  ['a cost beyond reason', `ann:${GOOD.replace('16384', '67108864')}`, 'not of the form'],
  ['a role that there is not', `ann:${GOOD}:boss`, 'no role of peer or viewer'],
  ['something behind the role', `ann:${GOOD}:viewer:more`, 'no role of peer or viewer'],
  ['an empty role', `ann:${GOOD}:`, 'no role of peer or viewer'],
  ['a cut line', `ann:${GOOD.slice(0, 40)}`, 'not of the form'],
])('%s is refused, and its line named', async (_name, line, said) => {
  await writeFile(path, `# Users\r\nbob:${GOOD}\r\n${line}\r\n`);
  const error: unknown = await readUsers(path).catch((it: unknown) => it);
  expect(error).toMatchObject({ code: 'bad-users-file', facts: { path, line: 3 } });
  expect((error as Error).message).toContain('Line 3');
  expect((error as Error).message).toContain(said);
  expect((error as Error).message).not.toContain('secret');
});

it('a file that is not there, or names nobody, says how to make one', async () => {
  const remedy = /sortition broker --add-user NAME/;
  await expect(readUsers(path)).rejects.toMatchObject({ code: 'bad-users-file' });
  await expect(readUsers(path)).rejects.toThrow(remedy);
  await writeFile(path, '# nobody\n');
  await expect(readUsers(path)).rejects.toThrow(remedy);
});

it('one password gives other digests each time', async () => {
  const [one, two] = [await hashPassword('secret'), await hashPassword('secret')];
  expect(one).not.toBe(two);
  expect(parseHash(one)?.hash).toHaveLength(32);
});

it('users who are added at once are all there', async () => {
  const names = ['ann', 'bob', 'cat', 'dan'];
  await Promise.all(names.map((name) => addUser(path, name, 'secret')));
  expect([...(await readUsers(path)).keys()].toSorted()).toEqual(names);
});
