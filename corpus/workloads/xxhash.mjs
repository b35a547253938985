// xxhash: 32- and 64-bit hashes, in one go and in pieces. Only its Workers build keeps the module in a file of its
// own; there an import gives the compiled module, so the import is answered that way here.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { prose, randomBytes } from '../lib/inputs.mjs';
import { workload } from '../lib/workload.mjs';

await workload('xxhash', async ({ bytes, dir, print, scale }) => {
  globalThis.xxhashModule = new WebAssembly.Module(bytes);
  const glue = readFileSync(join(dir, 'workerd/xxhash-wasm.js'), 'utf8')
    .replace(/import (\w+) from"\.\/xxhash\.wasm"/, 'const $1=globalThis.xxhashModule');
  const { default: xxhash } = await import(`data:text/javascript,${encodeURIComponent(glue)}`);
  const { h32, h64, h32Raw, h64Raw, create32, create64 } = await xxhash();
  const data = randomBytes(3 << 20, 51);
  const text = prose(50000, 52);
  return () => {
    for (let length = 0; length < 200; length++) print(`${length}`, `${h32Raw(data.subarray(0, length), length)} ${h64Raw(data.subarray(0, length), BigInt(length))}`);
    for (let round = 0; round < Math.max(1, 300 * scale); round++) {
      const sums = `${h32Raw(data.subarray(round))} ${h64Raw(data.subarray(round))}`;
      if (round < 3) print('long', sums);
    }
    print('text', `${h32(text)} ${h64(text)} ${h32('é日本'.repeat(99), 7)}`);
    const small = create32(5);
    const large = create64(5n);
    for (let at = 0, step = 1; at < 100000; at += step, step = (step * 3) % 1009 + 1) {
      small.update(data.subarray(at, at + step));
      large.update(data.subarray(at, at + step));
    }
    print('pieces', `${small.digest()} ${large.digest()}`);
  };
});
