/**
 * The value and two that look like it, in an order that differs from request to request.
 * @param seed  the same for the same request: the choice does not change while one looks
 */
export function decoys(value: string, seed: string): string[] {
  const random = generator(seed);
  const options = new Set([value]);
  for (let tries = 0; options.size < 3 && tries < 200; tries += 1) options.add(change(value, random));
  for (let n = 1; options.size < 3; n += 1) options.add(`${value}${n}`);
  return shuffle([...options], random);
}

/** One digit or letter changed for another of its kind, or two neighbours swapped. */
function change(value: string, random: () => number): string {
  const characters = [...value];
  const places = characters.flatMap((character, index) => (/[a-z0-9]/i.test(character) ? [index] : []));
  const at = places[Math.floor(random() * places.length)];
  if (at === undefined) return value;
  const next = characters[at + 1];
  const here = characters[at] ?? "";
  if (next !== undefined && /[a-z0-9]/i.test(next) && next !== here && random() < 0.5) {
    characters[at] = next;
    characters[at + 1] = here;
  } else characters[at] = other(here, random);
  return characters.join("");
}

function other(character: string, random: () => number): string {
  const kind = /\d/.test(character) ? "0123456789" : /[a-z]/.test(character) ? "abcdefghijklmnopqrstuvwxyz" : "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  return kind[Math.floor(random() * kind.length)] ?? character;
}

function shuffle(items: string[], random: () => number): string[] {
  const left = [...items];
  const out: string[] = [];
  while (left.length) out.push(...left.splice(Math.floor(random() * left.length), 1));
  return out;
}

/** A small repeatable generator (mulberry32): nothing secret hangs on it. */
function generator(seed: string): () => number {
  let state = [...seed].reduce((sum, character) => (Math.imul(sum, 31) + (character.codePointAt(0) ?? 0)) | 0, 7);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
