// ONNX Runtime: small models made here: a convolutional network, attention, a recurrent one, and many single operators; bad models.
import { random } from '../lib/inputs.mjs';
import { constant, model, node } from '../lib/onnx.mjs';
import { workload } from '../lib/workload.mjs';

const next = random(151);
const floats = (...dims) => Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => (next() % 20001) / 20000 - 0.5);
const weight = (name, ...dims) => constant(name, 'float32', dims, floats(...dims));
const whole = (name, ...numbers) => constant(name, 'int64', [numbers.length], BigInt64Array.from(numbers.map(BigInt)));

function convolutional() {
  const nodes = [];
  const constants = [];
  let from = 'x';
  for (const [i, [input, output, group]] of [[3, 16, 1], [16, 16, 16], [16, 32, 1], [32, 32, 32], [32, 32, 1]].entries()) {
    constants.push(weight(`w${i}`, output, input / group, 3, 3), weight(`b${i}`, output));
    nodes.push(node('Conv', [from, `w${i}`, `b${i}`], [`c${i}`], { kernel_shape: [3, 3], pads: [1, 1, 1, 1], strides: i % 2 ? [1, 1] : [2, 2], group }));
    nodes.push(node(['Relu', 'HardSwish', 'LeakyRelu', 'Elu', 'Sigmoid'][i], [`c${i}`], [`r${i}`]));
    from = `r${i}`;
  }
  constants.push(weight('dense', 32, 10), weight('bias', 10));
  nodes.push(node('GlobalAveragePool', [from], ['pooled']), node('Flatten', ['pooled'], ['flat']), node('Gemm', ['flat', 'dense', 'bias'], ['logits']), node('Softmax', ['logits'], ['y'], { axis: -1 }));
  return model({ nodes, constants, inputs: [['x', 'float32', [1, 3, 64, 64]]], outputs: [['y', 'float32', [1, 10]]] });
}

function attention() {
  const constants = ['q', 'k', 'v', 'o'].map((name) => weight(`w${name}`, 48, 48));
  constants.push(weight('gamma', 48), weight('beta', 48), constant('scale', 'float32', [1], Float32Array.of(0.1443)));
  const nodes = ['q', 'k', 'v'].map((name) => node('MatMul', ['n', `w${name}`], [name]));
  return model({
    constants,
    nodes: [node('LayerNormalization', ['x', 'gamma', 'beta'], ['n'], { axis: -1 }), ...nodes, node('Transpose', ['k'], ['kt'], { perm: [0, 2, 1] }), node('MatMul', ['q', 'kt'], ['raw']), node('Mul', ['raw', 'scale'], ['scaled']),
      node('Softmax', ['scaled'], ['p'], { axis: -1 }), node('MatMul', ['p', 'v'], ['mixed']), node('MatMul', ['mixed', 'wo'], ['out']), node('Add', ['out', 'x'], ['sum']), node('Erf', ['sum'], ['y'])],
    inputs: [['x', 'float32', [2, 40, 48]]], outputs: [['y', 'float32', [2, 40, 48]]],
  });
}

const recurrent = () => model({
  constants: [weight('w', 1, 64, 20), weight('r', 1, 64, 16), weight('b', 1, 128), weight('gw', 1, 48, 20), weight('gr', 1, 48, 16)],
  nodes: [node('LSTM', ['x', 'w', 'r', 'b'], ['y', 'h'], { hidden_size: 16 }), node('GRU', ['x', 'gw', 'gr'], ['z'], { hidden_size: 16 })],
  inputs: [['x', 'float32', [12, 2, 20]]], outputs: [['y', 'float32', [12, 1, 2, 16]], ['h', 'float32', [1, 2, 16]], ['z', 'float32', [12, 1, 2, 16]]],
});

// One operator on a 2x6x8x8 tensor (and a second one).
const single = (op, inputs = ['x'], attributes = {}, constants = [], dims = [2, 6, 8, 8], outputType = 'float32') => [op, model({
  constants, nodes: [node(op, inputs, ['y'], attributes)], inputs: [['x', 'float32', [2, 6, 8, 8]], ...(inputs.includes('z') ? [['z', 'float32', [2, 6, 8, 8]]] : [])], outputs: [['y', outputType, dims]],
})];

const operators = () => [
  ...['Abs', 'Exp', 'Tanh', 'Sqrt', 'Floor', 'Round', 'Sin', 'Cos', 'Atan', 'Softplus', 'Softsign', 'Reciprocal', 'Sign', 'Selu', 'HardSigmoid', 'Neg'].map((op) => single(op)),
  ...['Sub', 'Div', 'Pow', 'Min', 'Max', 'PRelu'].map((op) => single(op, ['x', 'z'])),
  ...['ReduceMean', 'ReduceMax', 'ReduceL2', 'ReduceLogSumExp', 'ReduceProd'].map((op) => single(op, ['x'], { axes: [1, 3] }, [], [2, 1, 8, 1])),
  single('ArgMax', ['x'], { axis: 2, keepdims: 0 }, [], [2, 6, 8], 'int64'), single('CumSum', ['x', 'axis'], {}, [constant('axis', 'int64', [], BigInt64Array.of(2n))]),
  single('MaxPool', ['x'], { kernel_shape: [3, 3], strides: [2, 2] }, [], [2, 6, 3, 3]), single('AveragePool', ['x'], { kernel_shape: [2, 2], pads: [0, 0, 1, 1] }),
  single('Resize', ['x', '', 'scales'], { mode: 'linear' }, [constant('scales', 'float32', [4], Float32Array.of(1, 1, 2, 1.5))], [2, 6, 16, 12]), single('DepthToSpace', ['x'], { blocksize: 1 }),
  single('Slice', ['x', 's', 'e', 'a', 't'], {}, [whole('s', 1, -1), whole('e', 6, -9), whole('a', 1, 3), whole('t', 2, -1)], [2, 3, 8, 8]), single('Pad', ['x', 'pads'], { mode: 'reflect' }, [whole('pads', 0, 1, 0, 2, 0, 1, 0, 3)], [2, 8, 8, 13]),
  single('Transpose', ['x'], { perm: [3, 1, 0, 2] }, [], [8, 6, 2, 8]), single('Gather', ['x', 'i'], { axis: 1 }, [whole('i', 5, 0, 3)], [2, 3, 8, 8]), single('Tile', ['x', 'n'], {}, [whole('n', 1, 2, 1, 1)], [2, 12, 8, 8]),
  single('InstanceNormalization', ['x', 'g', 'b'], {}, [weight('g', 6), weight('b', 6)]), single('LpNormalization', ['x'], { axis: 1 }), single('LRN', ['x'], { size: 3 }), single('ConvTranspose', ['x', 'w'], { strides: [2, 2] }, [weight('w', 6, 4, 3, 3)], [2, 4, 17, 17]),
  single('Einsum', ['x', 'z'], { equation: 'abij,abjk->abik' }), single('Trilu', ['x'], { upper: 0 }), single('Concat', ['x', 'z'], { axis: 3 }, [], [2, 6, 8, 16]), single('NoSuchOperator'), ['broken', Buffer.from('not a model')],
];

await workload('onnxruntime', async ({ load, print, scale }) => {
  const ort = await load('dist/ort.node.min.mjs');
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = 'fatal';
  const run = async (label, bytes, feeds, rounds = 1) => {
    try {
      const session = await ort.InferenceSession.create(bytes, { executionProviders: ['wasm'], graphOptimizationLevel: 'all', logSeverityLevel: 4 });
      let results;
      for (let i = 0; i < rounds; i++) results = await session.run(Object.fromEntries(session.inputNames.map((name) => [name, feeds[name]])));
      for (const name of session.outputNames) print(`${label} ${name} ${results[name].dims}`, results[name].data);
      await session.release();
    } catch (error) {
      print(`${label} error`, String(error.message ?? error).split('\n')[0].slice(0, 100));
    }
  };
  const tensor = (...dims) => new ort.Tensor('float32', floats(...dims), dims);
  const first = ort.InferenceSession.create(attention(), { executionProviders: ['wasm'] });
  await (await first).release();
  return async () => {
    await run('convolutional', convolutional(), { x: tensor(1, 3, 64, 64) }, 60 * scale);
    await run('attention', attention(), { x: tensor(2, 40, 48) }, 60 * scale);
    await run('recurrent', recurrent(), { x: tensor(12, 2, 20) }, 60 * scale);
    for (const [op, bytes] of operators()) await run(op, bytes, { x: tensor(2, 6, 8, 8), z: tensor(2, 6, 8, 8) });
  };
});
