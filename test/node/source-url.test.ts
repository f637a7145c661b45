import { describe, expect, it } from 'vitest';
import { parseSourceUrl, parseSubmitUrl, submitPlaceOf } from '../../src/node/source-url.ts';

describe('the URL of a service', () => {
  it('is asked for as it is, without user, password and fragment', () => {
    expect(parseSourceUrl('http://127.0.0.1:8080/work?unit=hex&team=7#top')).toEqual({
      url: 'http://127.0.0.1:8080/work?unit=hex&team=7',
      authorization: null,
      bitsPerZero: 4,
      text: 'http://127.0.0.1:8080/work',
    });
    expect(parseSourceUrl('https://ann:a%3Ab%C3%A9@host/?unit=bits')).toEqual({
      url: 'https://host/?unit=bits',
      // RFC 7617: base64 of "ann:a:bé" in UTF-8.
      authorization: 'Basic YW5uOmE6YsOp',
      bitsPerZero: 1,
      text: 'https://host/',
    });
  });

  it.each([
    ['127.0.0.1:8080', 'write it like http://'],
    ['http://[fe80::1%25eth0]:8080/work', 'an address with its interface'],
    ['nonsense', 'write it like http://'],
    ['ftp://host/', 'ftp is neither http nor https'],
    ['http://host/?unit=bytes', 'its unit must be bits or hex'],
    ['http://host/?unit=hex&unit=bits', 'its unit must be bits or hex, once'],
    ['http://ann:secret%@host/', 'a % in its user or password'],
  ])('is refused with a sentence if it is %s', (text, sentence) => {
    expect(() => parseSourceUrl(text)).toThrow(sentence);
    expect(() => parseSourceUrl(text)).not.toThrow('secret');
  });
});

describe('the URL that finds are handed in at', () => {
  const source = parseSourceUrl('https://ann:secret@host:8443/work');

  it('takes the user of the source where it names none, and never to another server', () => {
    const submitOf = (text: string): string | null =>
      submitPlaceOf(parseSubmitUrl(text), source).authorization;
    expect(submitOf('https://host:8443/take')).toBe(source.authorization);
    expect(submitOf('https://bob:b@host:8443/take')).toBe('Basic Ym9iOmI=');
    expect(submitOf('https://other:8443/take')).toBeNull();
    expect(submitOf('https://host/take')).toBeNull();
    expect(submitOf('http://host:8443/take')).toBeNull();
  });

  it('is refused like the other, but its query is its own', () => {
    expect(() => parseSubmitUrl('ftp://host/')).toThrow('ftp is neither http nor https');
    expect(() => parseSubmitUrl('take')).toThrow('write it like http://');
    expect(parseSubmitUrl('http://host/take?unit=bytes#x').url).toBe('http://host/take?unit=bytes');
  });
});
