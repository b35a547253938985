// A real font for the workloads that draw text: DejaVu Sans out of its npm package, unpacked from WOFF to plain sfnt.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import zlib from 'node:zlib';
import { importRoot } from './corpus.mjs';

// WOFF 1: a table directory with each table deflated; sfnt wants the same tables padded to four bytes.
function unpackWoff(woff) {
  const count = woff.readUInt16BE(12);
  const head = Buffer.alloc(12 + 16 * count);
  head.write('00010000', 'hex');
  head.writeUInt16BE(count, 4);
  const parts = [head];
  let offset = head.length;
  for (let i = 0; i < count; i++) {
    const entry = 44 + 20 * i;
    const [start, packed, length] = [4, 8, 12].map((at) => woff.readUInt32BE(entry + at));
    const stored = woff.subarray(start, start + packed);
    const table = packed < length ? zlib.inflateSync(stored) : stored;
    woff.copy(head, 12 + 16 * i, entry, entry + 4);
    woff.copy(head, 16 + 16 * i, entry + 16, entry + 20);
    head.writeUInt32BE(offset, 20 + 16 * i);
    head.writeUInt32BE(length, 24 + 16 * i);
    parts.push(table, Buffer.alloc(-length & 3));
    offset += length + (-length & 3);
  }
  return Buffer.concat(parts);
}

export const font = (weight = 400) => unpackWoff(readFileSync(join(importRoot('@fontsource/dejavu-sans'), `files/dejavu-sans-latin-${weight}-normal.woff`)));
