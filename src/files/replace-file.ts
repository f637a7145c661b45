/** Puts another text in the place of a file's, and leaves the file itself what it was. */

import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  lstatSync,
  openSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';
import { codeIn } from './error-code.ts';

/** As many links in a row as Linux follows. */
const LINKS_MOST = 40;

/**
 * Makes `text` all that is in the file at `path`, durably. Its owner, group and mode stay, and so
 * do links to it; a file that is not there yet gets `newMode`. Whoever reads it, after a loss of
 * power too, finds the old text or the new one: it is written beside the file and renamed. Where
 * that cannot be (a file that is mounted by itself, a folder that is not ours to write to, several
 * hard links, an owner that we cannot give it), it is written over. Throws the system's error.
 */
export function replaceFile(path: string, text: string, newMode: number): void {
  const target = targetOf(path);
  const before = statSync(target, { throwIfNoEntry: false }) ?? null;
  const bytes = Buffer.from(text);
  if (before !== null && !before.isFile()) throw new Error('it is no file');
  if (before === null || before.nlink === 1) {
    const problem = renameOver(target, before, bytes, newMode);
    if (problem === null) return;
    // A full disk would take even less of what is written over.
    if (before === null || !DENIALS.has(codeIn(problem))) throw problem;
  }
  writeOver(target, bytes);
}

/** Answers to a draft, its new owner or its rename, that say nothing against the file itself. */
const DENIALS: ReadonlySet<unknown> = new Set([
  'EACCES',
  'EPERM',
  'EROFS',
  'EBUSY',
  'EXDEV',
  'EINVAL',
  'ENOTSUP',
  'ENAMETOOLONG',
]);

/** Where a chain of links ends, also if nothing is there yet. Throws the system's error. */
export function targetOf(path: string): string {
  let target = path;
  for (let links = 0; links < LINKS_MOST; links += 1) {
    const status = lstatSync(target, { throwIfNoEntry: false });
    if (status?.isSymbolicLink() !== true) break;
    target = resolve(realpathSync(dirname(target)), readlinkSync(target));
  }
  return target;
}

/** Null if the file has its new text; otherwise why not, and the file is as it was. */
function renameOver(target: string, before: Stats | null, bytes: Buffer, newMode: number): unknown {
  const draft = draftOf(target);
  try {
    const file = openSync(draft, 'wx', before === null ? newMode : 0o600);
    try {
      writeAll(file, bytes);
      if (before !== null) makeAlike(file, before);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(draft, target);
    syncFolder(dirname(target));
    return null;
  } catch (error) {
    return error;
  } finally {
    discard(draft);
  }
}

/** A name beside a file that no other has: what is written there is put in its place when whole. */
export function draftOf(path: string): string {
  return `${path}.${randomBytes(6).toString('hex')}.tmp`;
}

/** Also where its folder is none, or its name too long: why it was not written says more. */
export function discard(draft: string): void {
  try {
    rmSync(draft, { force: true });
  } catch {}
}

/** Windows knows neither. */
function makeAlike(file: number, { uid, gid, mode }: Stats): void {
  if (process.platform === 'win32') return;
  const now = fstatSync(file);
  if (now.uid !== uid || now.gid !== gid) fchownSync(file, uid, gid);
  // After the owner: a change of that takes some bits of the mode away.
  fchmodSync(file, mode & 0o7777);
}

/** Some file systems sync no folders; then the rename is as durable as they make it. */
function syncFolder(folder: string): void {
  try {
    const file = openSync(folder, 'r');
    try {
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  } catch {}
}

/** If the disk fills up on the way, the old text is put back. */
function writeOver(target: string, bytes: Buffer): void {
  const file = openSync(target, 'r+');
  try {
    const old = readFileSync(file);
    try {
      fill(file, bytes);
    } catch (error) {
      fill(file, old);
      throw error;
    }
  } finally {
    closeSync(file);
  }
}

function fill(file: number, bytes: Buffer): void {
  writeAll(file, bytes, 0);
  ftruncateSync(file, bytes.byteLength);
  fsyncSync(file);
}

/** A disk that is almost full takes a part of it first. */
function writeAll(file: number, bytes: Buffer, position: number | null = null): void {
  for (let at = 0; at < bytes.byteLength; ) {
    const place = position === null ? null : position + at;
    at += writeSync(file, bytes, at, bytes.byteLength - at, place);
  }
}
