// MediaInfo: reports on small files of many containers, in each of its report formats.
import { mediaFiles } from '../lib/media.mjs';
import { workload } from '../lib/workload.mjs';

await workload('mediainfo', async ({ load, print, scale }) => {
  const { default: mediaInfoFactory } = await load('dist/esm/index.js');
  const files = mediaFiles();
  return async () => {
    for (const format of ['JSON', 'XML', 'text', 'HTML']) {
      const info = await mediaInfoFactory({ format, full: format === 'JSON', chunkSize: 8192 });
      for (let round = 0; round < Math.max(1, scale); round++) {
        for (const [name, bytes] of files) {
          const report = await info.analyzeData(bytes.length, (size, offset) => new Uint8Array(bytes.subarray(offset, offset + size)));
          if (!round) print(`${name} ${format}`, report);
        }
      }
      info.close();
    }
  };
});
