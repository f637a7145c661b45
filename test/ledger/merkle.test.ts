import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyRoot } from '../../src/ledger/block.ts';
import { merkleRoot } from '../../src/ledger/merkle.ts';
import { nodeHasher } from '../../src/node/crypto.ts';

const root = (texts: readonly string[]): string => merkleRoot(texts, nodeHasher);

/** The leaves of the reference tests of Certificate Transparency (RFC 6962) that are ASCII. */
const leaves = ['', '\x00', '\x10', '\x20\x21', '\x30\x31', '@ABC', 'PQRSTUVW', '`abcdefghijklmno'];

describe('the root of a batch', () => {
  it('is that of the reference tests of RFC 6962, with one leaf to eight', () => {
    const roots = leaves.map((_, index) => root(leaves.slice(0, index + 1)));
    expect(roots).toEqual([
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
      'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
      'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
      '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
      '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
      'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
      '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
    ]);
  });

  it('is the SHA-256 of the empty text where there is nothing, as blocks say today', () => {
    expect(root([])).toBe(createHash('sha256').update('').digest('hex'));
    expect(root([])).toBe(emptyRoot(nodeHasher));
  });

  it('differs where anything differs: a text, their order, their number', () => {
    const lists = fc.array(fc.string({ maxLength: 3 }), { maxLength: 6 });
    fc.assert(
      fc.property(lists, lists, (one, other) => {
        const areSame = JSON.stringify(one) === JSON.stringify(other);
        expect(root(one) === root(other)).toBe(areSame);
      }),
    );
  });

  it('is not that of the list whose odd last leaf is doubled', () => {
    expect(root(['a', 'b', 'c'])).not.toBe(root(['a', 'b', 'c', 'c']));
  });
});
