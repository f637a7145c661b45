/** Troubles in words: what the codes of systems mean, and what does not come back from a broker. */

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

/** Whose own words do not come back to it; a few topics are enough to find the rule. */
export function describeUnheard(topics: readonly string[]): string {
  const more = topics.length - MOST_NAMED;
  const named = topics.slice(-MOST_NAMED).join(', ') + (more > 0 ? ` and ${more} more topics` : '');
  return (
    `what we say on ${named} does not come back from the broker, so other peers do ` +
    'not hear it: its access rules must let us publish there'
  );
}

const MOST_NAMED = 3;
