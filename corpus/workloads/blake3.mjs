// BLAKE3: hashes, keyed hashes and derived keys, in one go, in pieces, and read at length.
import { randomBytes } from '../lib/inputs.mjs';
import { workload } from '../lib/workload.mjs';

await workload('blake3', async ({ require, print, scale }) => {
  const blake3 = require('./dist/node/index.js');
  await blake3.load();
  const bytes = randomBytes(4 << 20, 31);
  const key = bytes.subarray(0, 32);
  return () => {
    for (let length = 0; length < 5000; length += 1 + (length >> 2)) print(`hash ${length}`, blake3.hash(bytes.subarray(0, length)).toString('hex'));
    for (let round = 0; round < Math.max(1, 120 * scale); round++) {
      const digest = blake3.hash(bytes.subarray(round));
      if (round < 3) print('long', digest.toString('hex'));
    }
    print('keyed', blake3.keyedHash(key, bytes.subarray(7, 100007)).toString('hex'));
    print('derived', blake3.deriveKey('wring corpus', bytes.subarray(3, 999)).toString('hex'));
    const hasher = blake3.createHash();
    for (let at = 0, step = 1; at < 300000; at += step, step = (step * 3) % 7001) hasher.update(bytes.subarray(at, at + step));
    print('pieces', hasher.digest('hex', { length: 300 }));
    print('wide', blake3.hash(bytes.subarray(0, 10), { length: 100000 }).toString('base64'));
  };
});
