// Raw, gzip -9, brotli -11 and zstd -19 sizes of a file's bytes. The compressed ones are kept in the cache by the
// SHA-256 of the content: a file that was seen before costs a hash.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import zlib from 'node:zlib';
import { cacheDir } from './corpus.mjs';

const { constants: c } = zlib;
const gzip = promisify(zlib.gzip);
const brotli = promisify(zlib.brotliCompress);
const zstd = zlib.zstdCompress && promisify(zlib.zstdCompress);

export const compressions = ['gzip', 'brotli', 'zstd'];

export const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

const compressors = {
  gzip: (bytes) => gzip(bytes, { level: 9 }),
  brotli: (bytes) => brotli(bytes, { params: { [c.BROTLI_PARAM_QUALITY]: 11, [c.BROTLI_PARAM_LGWIN]: 24, [c.BROTLI_PARAM_SIZE_HINT]: bytes.length } }),
  zstd: (bytes) => zstd?.(bytes, { params: { [c.ZSTD_c_compressionLevel]: 19 }, pledgedSrcSize: bytes.length }),
};

async function compress(bytes) {
  const each = await Promise.all(compressions.map((name) => compressors[name](bytes)));
  return Object.fromEntries(compressions.map((name, i) => [name, each[i]?.length ?? null]));
}

// Written beside and renamed: another process never reads half a file.
function remember(path, value) {
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(value));
  renameSync(draft, path);
}

// -> { sha, raw, gzip, brotli, zstd }; compressed sizes are null when not wanted and not known already.
export async function sizesOf(bytes, wantCompressed = true) {
  const sha = sha256(bytes);
  const path = join(cacheDir, 'sizes', sha.slice(0, 2), `${sha}.json`);
  let compressed = Object.fromEntries(compressions.map((name) => [name, null]));
  if (existsSync(path)) compressed = JSON.parse(readFileSync(path, 'utf8'));
  else if (wantCompressed) remember(path, (compressed = await compress(bytes)));
  return { sha, raw: bytes.length, ...compressed };
}
