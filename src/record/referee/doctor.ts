/** Knows the words of `sortition doctor`, which examines a broker and is nobody in the network. */

/** As `Ward.mark` writes them: peers and clients of the labs refuse them without a word. */
const BEGINNING = new TextEncoder().encode('{"ClientID":null,"Doctor":"');

export function isOfDoctor(payload: Uint8Array): boolean {
  return BEGINNING.every((byte, index) => payload[index] === byte);
}
