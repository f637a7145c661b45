/** Finds fields that nobody knows: a payload has them, and its message, said by us, has not. */

/** The first of them, as `Block.Colour`; null if there are none. */
export function strangeField(raw: unknown, known: unknown, path = ''): string | null {
  if (typeof raw !== 'object' || raw === null) return null;
  const fields = typeof known === 'object' && known !== null ? known : {};
  for (const [name, value] of Object.entries(raw)) {
    const place = placeOf(raw, name, path);
    const isKnown = Array.isArray(raw) || Object.hasOwn(fields, name);
    const found = isKnown ? strangeField(value, Reflect.get(fields, name), place) : place;
    if (found !== null) return found;
  }
  return null;
}

/** Items of a list are called as the list is. */
function placeOf(parent: object, name: string, path: string): string {
  if (Array.isArray(parent)) return path;
  return path === '' ? name : `${path}.${name}`;
}
