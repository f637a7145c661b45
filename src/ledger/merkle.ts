/** The Merkle root of a list of texts: the Merkle Tree Hash of RFC 9162 section 2.1.1. */

import type { Hasher } from '../domain/crypto.ts';
import type { Digest } from '../domain/names.ts';
import { bytesOfHex } from './hex.ts';

/** What a leaf and an inner node begin with, so that neither can be passed off as the other. */
const LEAF = 0x00;
const NODE = 0x01;

const utf8 = new TextEncoder();

/**
 * Of nothing: the SHA-256 of the empty text. An odd leaf at the end is not doubled (two lists
 * would have one root): the larger half is always a full tree, the rest a tree of its own.
 */
export function merkleRoot(texts: readonly string[], hasher: Hasher): Digest {
  if (texts.length === 0) return hasher.sha256('');
  return treeHash(
    texts.map((text) => hash(LEAF, utf8.encode(text), hasher)),
    hasher,
  );
}

function treeHash(leaves: readonly Digest[], hasher: Hasher): Digest {
  const [first] = leaves;
  if (leaves.length === 1 && first !== undefined) return first;
  // The largest power of two that is smaller than their number.
  const full = 2 ** (31 - Math.clz32(leaves.length - 1));
  const left = treeHash(leaves.slice(0, full), hasher);
  const right = treeHash(leaves.slice(full), hasher);
  return hash(NODE, bytesOfHex(left + right), hasher);
}

function hash(kind: number, content: Uint8Array, hasher: Hasher): Digest {
  const bytes = new Uint8Array(1 + content.length);
  bytes[0] = kind;
  bytes.set(content, 1);
  return hasher.sha256(bytes);
}
