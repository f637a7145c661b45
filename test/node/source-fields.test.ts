import { describe, expect, it } from 'vitest';
import { parseSourceFields, USUAL_FIELDS } from '../../src/node/source-fields.ts';

describe('the names of fields', () => {
  it('are read as ours and theirs; what is not named is called as usual', () => {
    expect(parseSourceFields('previous=previous_block,zeroes=bits')).toEqual({
      ...USUAL_FIELDS,
      previous: 'previous_block',
      zeroes: 'bits',
    });
    expect(parseSourceFields(' digest = the hash , nonce=previous, timestamp=zeroes')).toEqual({
      ...USUAL_FIELDS,
      digest: 'the hash',
      nonce: 'previous',
      timestamp: 'zeroes',
    });
    // Two that change their names.
    expect(parseSourceFields('previous=zeroes,zeroes=previous').previous).toBe('zeroes');
  });

  it.each([
    ['', '"" is not of the form OURS=THEIRS'],
    ['previous', '"previous" is not of the form OURS=THEIRS'],
    ['previous=', '"previous=" is not of the form OURS=THEIRS'],
    ['previous=a=b', '"previous=a=b" is not of the form OURS=THEIRS'],
    ['previous=a,', '"" is not of the form OURS=THEIRS'],
    ['block=a', '"block" is none of our fields: previous, zeroes, timestamp, nonce, digest'],
    ['toString=a', '"toString" is none of our fields'],
    ['previous=a,previous=b', 'Previous is named twice'],
    ['previous=zeroes', 'Previous and zeroes would both be called "zeroes"'],
    ['nonce=a,digest=a', 'Nonce and digest would both be called "a"'],
    [`nonce=${'a'.repeat(65)}`, 'A name has up to 64 characters'],
    ['nonce=a\u0007', 'A name has up to 64 characters that can be shown'],
  ])('are refused with a sentence: %j', (text, sentence) => {
    expect(() => parseSourceFields(text)).toThrow(sentence);
    expect(() => parseSourceFields(text)).toThrow(/write them like previous=previous_block,/);
  });
});
