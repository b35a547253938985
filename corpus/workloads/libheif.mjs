// libheif: decodes a picture (HEVC, with transparency and a thumbnail) to several colour spaces, and broken copies of it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { corpusDir } from '../lib/corpus.mjs';
import { random } from '../lib/inputs.mjs';
import { workload } from '../lib/workload.mjs';

await workload('libheif', async ({ require, bytes, print, scale }) => {
  console.log = () => {}; // the package says each broken picture there
  const libheif = require('./libheif-wasm/libheif.js')({ wasmBinary: bytes });
  await libheif.ready;
  const picture = readFileSync(join(corpusDir, 'inputs/picture.heic'));
  const decode = async (file) => {
    const images = new libheif.HeifDecoder().decode(file);
    const out = [];
    for (const image of images) {
      const width = image.get_width();
      const height = image.get_height();
      const target = { data: new Uint8ClampedArray(width * height * 4), width, height };
      const shown = await new Promise((resolve) => image.display(target, resolve));
      out.push(`${width}x${height} ${image.is_primary()} ${image.has_alpha_channel()}`, shown ? target.data : 'not shown');
      image.free();
    }
    return out;
  };
  return async () => {
    for (let round = 0; round < Math.max(1, 25 * scale); round++) {
      for (const result of await decode(picture)) if (!round) print('image', result);
    }
    const next = random(121);
    for (let i = 0; i < 30; i++) {
      const broken = Buffer.from(picture);
      for (let k = 0; k < 3; k++) broken[next() % broken.length] ^= 1 << next() % 8;
      let results;
      try {
        results = await decode(i % 5 ? broken : broken.subarray(0, next() % broken.length));
      } catch (error) {
        results = [error.name];
      }
      print(`broken ${i}: ${results.length}`, results.length ? results.at(-1) : 'none');
    }
  };
});
