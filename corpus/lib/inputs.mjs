// Inputs for the workloads, made from a seed: the same on every machine and in every version of Node.

// A generator of unsigned 32-bit numbers (xorshift32 with a final multiply).
export function random(seed) {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return Math.imul(state, 0x9e3779b1) >>> 0;
  };
}

export function randomBytes(length, seed) {
  const next = random(seed);
  return Uint8Array.from({ length }, next);
}

const syllables = 'ba ce di fo gu la me ni po ru sa te vi zo an el in or um est qua tri ver con ment'.split(' ');

function word(next) {
  return Array.from({ length: 1 + (next() % 4) }, () => syllables[next() % syllables.length]).join('');
}

// A list of made-up words, and an index into a list that prefers its start, as real text does.
export function vocabulary(count, seed) {
  const next = random(seed);
  return Array.from({ length: count }, () => word(next));
}

export const skewed = (next, count) => Math.floor(((next() / 2 ** 32) ** 3) * count);

// About `length` characters of sentences and paragraphs.
export function prose(length, seed) {
  const next = random(seed);
  const words = vocabulary(2000, seed + 1);
  const out = [];
  for (let size = 0; size < length;) {
    const sentence = Array.from({ length: 4 + (next() % 14) }, () => words[skewed(next, words.length)]).join(' ');
    const line = `${sentence[0].toUpperCase()}${sentence.slice(1)}${next() % 5 ? '. ' : '.\n\n'}`;
    out.push(line);
    size += line.length;
  }
  return out.join('').slice(0, length);
}
