// Writes a source map for named.wasm, for audit.test: functions by turns from two files.
import { readFileSync, writeFileSync } from 'node:fs';

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const [, , module, map, ...names] = process.argv;

function vlq(n) {
  let text = '';
  for (let rest = n < 0 ? (-n << 1) | 1 : n << 1, first = true; first || rest; first = false, rest >>>= 5) text += DIGITS[(rest & 31) | (rest >>> 5 ? 32 : 0)];
  return text;
}

/** Where the bodies of a small module begin. */
function bodies(bytes) {
  const places = [];
  for (let at = 8; at < bytes.length; at += 2 + bytes[at + 1]) {
    if (bytes[at] !== 10) continue;
    for (let i = 0, body = at + 3; i < bytes[at + 2]; body += 1 + bytes[body], i++) places.push(body + 1);
  }
  return places;
}

let last = [0, 0, 0, 0, 0];
const mappings = bodies(readFileSync(module)).map((offset, i) => {
  const now = [offset, i % 2, i, 0, i % names.length], text = now.map((n, k) => vlq(n - last[k])).join('');
  last = now;
  return text;
});
writeFileSync(map, JSON.stringify({ version: 3, sources: ['src/even.c', 'src/odd.c'], names, mappings: mappings.join(',') }));
