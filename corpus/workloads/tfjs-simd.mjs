// TensorFlow.js's SIMD backend: most kernels and a small network; see lib/tfjs.mjs.
import { startTensorflow, tensorflowWork } from '../lib/tfjs.mjs';
import { workload } from '../lib/workload.mjs';

await workload('tfjs-simd', async (tools) => {
  const tf = await startTensorflow(tools);
  return () => tensorflowWork(tf, tools);
});
