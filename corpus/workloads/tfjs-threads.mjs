// TensorFlow.js's backend with threads and shared memory: the same work as tfjs-simd, on four threads.
// The backend starts its workers from Blob URLs, which Node's workers don't take; files stand in for them.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTensorflow, tensorflowWork } from '../lib/tfjs.mjs';
import { workload } from '../lib/workload.mjs';

function blobsAsFiles(main) {
  const folder = mkdtempSync(join(tmpdir(), 'wring-workload-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  globalThis.Blob = class extends Blob {
    constructor(parts, options) {
      super(parts, options);
      this.source = parts.join('');
    }
  };
  let workers = 0;
  URL.createObjectURL = (blob) => {
    const path = join(folder, `worker${workers++}.js`); // each its own: another worker may be reading the last
    writeFileSync(path, `URL.createObjectURL = () => ${JSON.stringify(main)}; URL.revokeObjectURL = () => {};\n${blob.source}`);
    return path;
  };
}

await workload('tfjs-threads', async (tools) => {
  blobsAsFiles(join(tools.dir, 'wasm-out/tfjs-backend-wasm-threaded-simd.js'));
  setInterval(() => {}, 1000); // the backend's workers alone don't keep Node waiting
  const tf = await startTensorflow({ ...tools, threads: 4 });
  return () => tensorflowWork(tf, tools);
});
