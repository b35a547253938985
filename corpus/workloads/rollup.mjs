// Rollup: parses modules (the part that is wasm) and bundles two packages.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { importRoot } from '../lib/corpus.mjs';
import { workload } from '../lib/workload.mjs';

function sources(root, extension) {
  return readdirSync(root, { recursive: true }).sort().filter((name) => name.endsWith(extension)).map((name) => join(root, name));
}

await workload('rollup', async ({ require, print, scale }) => {
  const native = require('./dist/native.js');
  const { rollup } = require('./dist/rollup.js');
  const { parseAst } = require('./dist/parseAst.js');
  const three = join(importRoot('three'), 'build');
  const rxjs = importRoot('rxjs');
  const files = [...sources(three, '.js'), ...sources(join(rxjs, 'dist/esm/internal'), '.js')].map((file) => readFileSync(file, 'utf8'));
  const bundle = async (label, input) => {
    const build = await rollup({ input, logLevel: 'silent', treeshake: true });
    for (const format of ['es', 'iife']) {
      const { output } = await build.generate({ format, name: 'lib', sourcemap: true });
      print(`${label} ${format}`, output.map((part) => part.code ?? part.source).join(''));
    }
    await build.close();
  };
  return async () => {
    for (let round = 0; round < Math.max(1, 2 * scale); round++) {
      for (const file of files) {
        const tree = native.parse(file, false, false);
        if (!round && file.length > 20000) print(`parsed ${file.length}`, tree);
      }
    }
    print('hash', [native.xxhashBase64Url(Buffer.from(files[0])), native.xxhashBase36(Buffer.from(files[1])), native.xxhashBase16(Buffer.from(files[2]))].join());
    for (const bad of ['let a = ;', 'a => {', 'export { x }; import', '"\\u{110000}"', 'let z; let z', 'for (;;', '/(/', 'class { #a; #a }']) {
      try {
        parseAst(bad);
      } catch (error) {
        print(bad, error.message);
      }
    }
    const plain = (key, value) => (typeof value === 'bigint' ? `${value}n` : value);
    print('jsx', JSON.stringify(parseAst('const a = <b c="1">{...d}text</b>; async function* f({ g, ...h }) { for await (const i of j) yield* (i.k ??= 1n) }', { jsx: true }), plain));
    await bundle('rxjs', join(rxjs, 'dist/esm/index.js'));
  };
});
