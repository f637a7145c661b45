/** What the codes of systems mean that a journal, an output or a thread meets. */

const troubles: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'our share of the disk is used up',
  EFBIG: 'the file may not grow any more',
  EROFS: 'the disk is read-only',
  EIO: 'the disk fails',
  EACCES: 'we may not write there',
  EAGAIN: 'this user may have no more threads or processes',
  EMFILE: 'this process may open no more files',
};

/** `ENOSPC: the disk is full`; the code alone where there is no more to say. */
export function explainCode(code: string): string {
  const trouble = troubles[code];
  return trouble === undefined ? code : `${code}: ${trouble}`;
}
