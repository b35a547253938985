// A reader of source maps, written apart from the C one so that a mistake there isn't repeated here, and of where a
// module's code section begins.
import { readFileSync } from 'node:fs';

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function decode(text) {
  const numbers = [];
  let value = 0, shift = 0;
  for (const c of text) {
    const digit = DIGITS.indexOf(c);
    value += (digit & 31) * 2 ** shift;
    shift += 5;
    if (digit & 32) continue;
    numbers.push(value % 2 ? -Math.floor(value / 2) : value / 2);
    value = shift = 0;
  }
  return numbers;
}

/** The mappings of a map: rows { at, file, line, column, name } in the order of the module; no file: from nowhere. */
export function readSourceMap(file) {
  const map = JSON.parse(readFileSync(file, 'utf8')), sum = [0, 0, 0, 0, 0];
  return map.mappings.split(';')[0].split(',').filter(Boolean).map((text) => {
    const numbers = decode(text);
    numbers.forEach((n, i) => { sum[i] += n; });
    const row = { at: sum[0] };
    if (numbers.length > 3) Object.assign(row, { file: (map.sourceRoot ?? '') + map.sources[sum[1]], line: sum[2] + 1, column: sum[3] + 1 });
    if (numbers.length > 4) row.name = map.names[sum[4]];
    return row;
  });
}

/** The row that holds at an offset; undefined if that is from nowhere. */
export function lookUp(rows, at) {
  let low = 0, high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rows[middle].at <= at) low = middle + 1;
    else high = middle;
  }
  return low && rows[low - 1].file !== undefined ? rows[low - 1] : undefined;
}

/** Where the contents of the code section begin, which DWARF counts from. */
export function codeStart(bytes) {
  for (let at = 8; at < bytes.length;) {
    const id = bytes[at++];
    let size = 0, shift = 0, byte;
    do {
      byte = bytes[at++];
      size += (byte & 127) * 2 ** shift;
      shift += 7;
    } while (byte & 128);
    if (id === 10) return at;
    at += size;
  }
  return 0;
}
