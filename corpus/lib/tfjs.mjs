// What the two TensorFlow.js modules do: a small network forward, and most kernels once, on seeded tensors.
import { random } from './inputs.mjs';
import { requireImport } from './corpus.mjs';

// Loads the package's backend; `threads` asks for the module with threads.
export async function startTensorflow({ require, threads = 0 }) {
  const tf = requireImport('@tensorflow/tfjs-core');
  const backend = require('./dist/tf-backend-wasm.node.js');
  tf.env().set('WASM_HAS_SIMD_SUPPORT', true);
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', threads > 0);
  if (threads) backend.setThreadsCount(threads);
  await tf.setBackend('wasm');
  await tf.ready();
  return tf;
}

const unary = ['abs', 'ceil', 'cos', 'elu', 'exp', 'floor', 'leakyRelu', 'neg', 'relu', 'relu6', 'round', 'rsqrt', 'sigmoid', 'sin', 'softmax', 'sqrt', 'square', 'tanh', 'erf', 'log1p', 'softplus', 'sign', 'isNaN', 'reciprocal', 'atan', 'asinh', 'expm1', 'selu', 'step', 'tan'];
const binary = ['add', 'sub', 'mul', 'div', 'floorDiv', 'maximum', 'minimum', 'pow', 'squaredDifference', 'prelu', 'atan2', 'mod', 'equal', 'greater', 'lessEqual', 'notEqual'];
const reductions = ['sum', 'mean', 'max', 'min', 'prod', 'argMax', 'argMin', 'cumsum', 'cumprod', 'logSumExp'];

export async function tensorflowWork(tf, { print, scale }) {
  const next = random(111);
  const tensor = (...shape) => {
    const size = shape.reduce((a, b) => a * b, 1);
    return tf.tensor(Float32Array.from({ length: size }, () => (next() % 20001) / 10000 - 1), shape);
  };
  // A kernel that the backend lacks is said so: that too must stay the same.
  const show = (label, make) => {
    let result;
    try {
      result = tf.tidy(make);
    } catch (error) {
      print(label, error.message.split('\n')[0].slice(0, 100));
      return;
    }
    const tensors = Array.isArray(result) ? result : [result];
    for (const each of tensors) {
      const data = each.dataSync();
      print(`${label} ${each.shape}`, data);
    }
    tf.dispose(tensors);
  };
  const a = tensor(4, 30, 40);
  const b = tensor(4, 30, 40);
  const image = tensor(1, 64, 64, 8);
  for (const op of unary) show(op, () => tf[op](a));
  for (const op of binary) show(op, () => tf[op](tf.add(tf.abs(a), 0.5), tf.add(tf.abs(b), 0.25)));
  for (const op of reductions) show(op, () => tf[op](a, 1));
  show('matMul', () => tf.matMul(tensor(200, 150), tensor(150, 170)));
  show('batch', () => tf.matMul(a, b, true, false));
  for (const [stride, pad, activation] of [[1, 'same', 'relu'], [2, 'valid', 'relu6'], [1, 'valid', 'sigmoid']]) {
    show(`conv2d ${activation}`, () => tf.fused.conv2d({ x: image, filter: tensor(3, 3, 8, 16), strides: stride, pad, activation, bias: tensor(16) }));
    show(`depthwise ${activation}`, () => tf.fused.depthwiseConv2d({ x: image, filter: tensor(3, 3, 8, 1), strides: stride, pad, activation, bias: tensor(8) }));
  }
  show('conv2dTranspose', () => tf.conv2dTranspose(tensor(1, 20, 20, 6), tensor(3, 3, 4, 6), [1, 40, 40, 4], 2, 'same'));
  show('conv3d', () => tf.conv3d(tensor(1, 8, 8, 8, 3), tensor(2, 2, 2, 3, 4), 1, 'same'));
  show('pool', () => [tf.maxPool(image, 3, 2, 'same'), tf.avgPool(image, 2, 2, 'valid')]);
  show('resize', () => [tf.image.resizeBilinear(image, [50, 90], true), tf.image.resizeNearestNeighbor(image, [30, 20])]);
  show('image', () => [tf.image.flipLeftRight(image), tf.image.rotateWithOffset(image, 0.7, 0.3), tf.image.cropAndResize(image, tf.tensor2d([[0.1, 0.2, 0.7, 0.9]]), tf.tensor1d([0], 'int32'), [20, 20])]);
  show('suppression', () => tf.image.nonMaxSuppression(tf.abs(tensor(50, 4)), tf.abs(tensor(50)), 10, 0.3, 0.1));
  show('shape', () => [tf.transpose(a, [2, 0, 1]), tf.pad(a, [[1, 2], [0, 1], [3, 0]], 0.5), tf.concat([a, b], 2), tf.tile(a, [2, 1, 2]), tf.reverse(a, 1), tf.mirrorPad(a, [[0, 0], [2, 2], [1, 3]], 'reflect')]);
  show('slice', () => [tf.slice(a, [1, 2, 3], [2, 20, 30]), tf.stridedSlice(a, [0, 28, 1], [4, 2, 39], [2, -3, 5]), ...tf.split(a, 4, 2)]);
  show('gather', () => [tf.gather(a, tf.tensor1d([5, 1, 29, 7], 'int32'), 1), tf.gatherND(a, tf.tensor2d([[1, 2], [3, 4]], [2, 2], 'int32')), tf.oneHot(tf.tensor1d([1, 0, 3], 'int32'), 5)]);
  show('topk', () => { const { values, indices } = tf.topk(a, 7); return [values, indices]; });
  show('norm', () => tf.batchNorm(image, tensor(8), tf.abs(tensor(8)), tensor(8), tensor(8)));
  show('where', () => [tf.where(tf.greater(a, b), a, b), tf.clipByValue(a, -0.3, 0.6), tf.cast(tf.mul(a, 100), 'int32'), tf.spaceToBatchND(image, [2, 2], [[0, 0], [0, 0]]), tf.depthToSpace(image, 2)]);
  show('einsum', () => [tf.einsum('bij,bkj->bik', a, b), tf.linalg.bandPart(a, 3, 5), tf.localResponseNormalization(image)]);
  for (let round = 0; round < Math.max(1, 80 * scale); round++) {
    const output = tf.tidy(() => {
      let x = tf.fused.conv2d({ x: tensor(1, 96, 96, 3), filter: tensor(3, 3, 3, 24), strides: 2, pad: 'same', activation: 'relu6' });
      for (let layer = 0; layer < 3; layer++) {
        const y = tf.depthwiseConv2d(x, tensor(3, 3, 24, 1), 1, 'same');
        x = tf.add(x, tf.fused.conv2d({ x: y, filter: tensor(1, 1, 24, 24), strides: 1, pad: 'same', activation: 'relu' }));
      }
      return tf.softmax(tf.matMul(tf.mean(x, [1, 2]), tensor(24, 100)));
    });
    if (round < 3) print('network', output.dataSync());
    output.dispose();
  }
}
