// brotli-wasm: compresses and decompresses text, code and noise, at several qualities and in streams.
import { readFileSync } from 'node:fs';
import { prose, randomBytes } from '../lib/inputs.mjs';
import { workload } from '../lib/workload.mjs';

await workload('brotli', async ({ require, dir, print, scale }) => {
  const brotli = require('./index.node.js');
  const encode = new TextEncoder();
  const inputs = {
    prose: encode.encode(prose(200000 * scale, 21)),
    code: readFileSync(`${dir}/pkg.node/brotli_wasm.js`),
    noise: randomBytes(60000, 22),
    zeros: new Uint8Array(300000),
    module: new Uint8Array(readFileSync(`${dir}/pkg.web/brotli_wasm_bg.wasm`).subarray(0, 150000)),
  };
  const stream = (input) => {
    const compressor = new brotli.CompressStream(5);
    const decompressor = new brotli.DecompressStream();
    const parts = [];
    const pass = (piece) => parts.push(decompressor.decompress(compressor.compress(piece, 200000).buf, 400000).buf);
    for (let at = 0; at < input.length; at += 20000) pass(input.subarray(at, at + 20000));
    pass(undefined);
    return Buffer.concat(parts);
  };
  return () => {
    for (const [name, input] of Object.entries(inputs)) {
      for (const quality of [1, 4, 6, 9, 11]) {
        const packed = brotli.compress(input, { quality });
        print(`${name} ${quality}`, packed);
        if (!Buffer.from(brotli.decompress(packed)).equals(Buffer.from(input))) print('round trip failed');
      }
    }
    print('stream', stream(inputs.prose));
    try {
      brotli.decompress(inputs.noise);
    } catch (error) {
      print('error', String(error.message ?? error));
    }
  };
});
