/** Signatures for checks to judge. */

/** A signature that somebody made, and whether it holds. Bytes in hex. */
export type Vector = {
  readonly what: string;
  readonly key: string;
  readonly text: string;
  readonly signature: string;
  readonly holds: boolean;
};

export const inHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
export const numberOf = (bytes: Uint8Array): bigint => BigInt(`0x${inHex(bytes)}`);
