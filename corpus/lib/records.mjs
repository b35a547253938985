// Results that are kept in the cache, by a key that names all that they depend on.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { sha256 } from './sizes.mjs';

/**
 * A function (key, make) that gives what `make` gives, from the folder or made; null: not there, and not wanted or failed.
 * With `onlyKnown` nothing is made.
 */
export function recordsIn(folder, onlyKnown) {
  mkdirSync(folder, { recursive: true });
  return async (key, make) => {
    const record = path.join(folder, `${sha256(key)}.json`);
    if (existsSync(record)) return JSON.parse(readFileSync(record, 'utf8'));
    if (onlyKnown) return null;
    const result = await make();
    if (result) writeFileSync(record, JSON.stringify(result));
    return result;
  };
}
