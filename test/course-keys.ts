/** Keys on P-256 that the course about FEDCoin publishes for everybody to try with. */

import type { AccountKey } from '../src/domain/names.ts';

/** SubjectPublicKeyInfo, as in the file `public_key.txt`. */
export const GENESIS_KEY = ('3059301306072a8648ce3d020106082a8648ce3d03010703420004' +
  '3f3bd6d16ce4bde95a8237170aaa106388485498234a3dca5d0c273d907c03c3' +
  'e72017bec13cf6e893e96da0f9d6c7037c79b40cb006aff12ae88adae1b0bb7e') as AccountKey;

/** PKCS #8, which holds the public key once more. */
export const GENESIS_PRIVATE_KEY =
  '308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b0201010420' +
  '12bbcc17335fa7345f7be65b01a5d6dca706d8f2ba99691f314697f288d678c0' +
  'a14403420004' +
  '3f3bd6d16ce4bde95a8237170aaa106388485498234a3dca5d0c273d907c03c3' +
  'e72017bec13cf6e893e96da0f9d6c7037c79b40cb006aff12ae88adae1b0bb7e';

export const KEY_OF_A = ('3059301306072a8648ce3d020106082a8648ce3d03010703420004' +
  'a557c098f9fd58388690eb4633bc81f2a4e2ae341f2b81dbaef27f8aef686fb7' +
  '93632412ad7d557d8f5d57077d59b9491997cbf4480dabf980f675a29a3ce370') as AccountKey;
