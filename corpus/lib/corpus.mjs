// The corpus as data: manifest rows, where packages and modules lie in the cache, picking rows by name.
// Every corpus script and workload goes through here, so that the cache's layout is known in one place:
//   CACHE/corpus/npm/NAME@VERSION/   an extracted npm package, exactly as published
//   CACHE/corpus/node_modules/       the JavaScript those packages import (corpus/package.json), found by
//                                    Node's upward search from npm/
//   CACHE/corpus/built/              modules built here from source
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const corpusDir = dirname(dirname(fileURLToPath(import.meta.url)));
export const cacheDir = process.env.WRING_CACHE || join(homedir(), '.cache/wring');
export const storeDir = join(cacheDir, 'corpus');

const columns = ['name', 'package', 'version', 'file', 'sha256', 'toolchain', 'licence', 'workload', 'note'];

export function readManifest() {
  return readFileSync(join(corpusDir, 'manifest.tsv'), 'utf8')
    .split('\n')
    .filter((line) => line && !line.startsWith('#'))
    .map((line) => {
      const cells = line.split('\t');
      if (cells.length !== columns.length) throw new Error(`manifest.tsv: ${cells.length} columns in: ${line}`);
      return Object.fromEntries(columns.map((column, i) => [column, cells[i]]));
    });
}

export const isLocal = (row) => row.package === 'local';

export const packageDir = (row) => join(storeDir, 'npm', `${row.package}@${row.version}`);

export const modulePath = (row) => join(isLocal(row) ? join(storeDir, 'built') : packageDir(row), row.file);

export const workloadPath = (row) => (row.workload === '-' ? null : join(corpusDir, 'workloads', row.workload.split(' ')[0]));

// Rows by exact name, or by a glob with `*`; all rows when no name is given. An unknown name is an error.
export function selectRows(rows, names) {
  if (!names.length) return rows;
  const wanted = new Set();
  for (const name of names) {
    const pattern = new RegExp(`^${name.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`);
    const found = rows.filter((row) => pattern.test(row.name));
    if (!found.length) throw new Error(`no corpus module is called ${name} (see corpus/manifest.tsv)`);
    found.forEach((row) => wanted.add(row));
  }
  return rows.filter((row) => wanted.has(row));
}

// The fast subset for continuous integration: every toolchain, small and middling modules.
export const quickNames = ['sql.js', 'quickjs', 're2', 'zxing', 'tfjs-simd', 'blake3', 'brotli', 'rollup', 'gofmt', 'xxhash', 'yoga',
  'c-crunch-O0', 'c-words-O2', 'c-lisp-Os-g', 'go-panics-js-stripped', 'go-reflect-wasip1'];

// Runs `work(item, index)` over items, at most `width` at a time; results in order.
export async function mapLimit(items, width, work) {
  const results = new Array(items.length);
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const i = next++;
      results[i] = await work(items[i], i);
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker));
  return results;
}

// The packages of corpus/package.json: their folders, and importing one by its CommonJS entry.
export const importRoot = (name) => join(storeDir, 'node_modules', name);
export const requireImport = createRequire(join(storeDir, 'package.json'));
