// The host that Go's modules get where their tables moved. A runtime that meets random errors soon reads words that nobody
// wrote for it, return addresses and pointers into those tables among them; so it gets one that answers as it expects.
//
// Imports for js read their arguments from Go's stack and write their results there: zeros here, at the offsets of Go's
// wasm_exec.js, from the stack pointer, which is the one argument. Those of WASI succeed.

const RESULTS = { // name: [offset, size]
  'runtime.nanotime1': [8, 8], 'runtime.walltime': [8, 12], 'runtime.scheduleTimeoutEvent': [16, 4],
  'syscall/js.stringVal': [24, 8], 'syscall/js.valueGet': [32, 8], 'syscall/js.valueIndex': [24, 8],
  'syscall/js.valueCall': [56, 9], 'syscall/js.valueInvoke': [40, 9], 'syscall/js.valueNew': [40, 9],
  'syscall/js.valueLength': [16, 8], 'syscall/js.valuePrepareString': [16, 16], 'syscall/js.valueInstanceOf': [24, 1],
  'syscall/js.copyBytesToGo': [40, 9], 'syscall/js.copyBytesToJS': [40, 9],
};

const isWasi = item => item.module === 'wasi_snapshot_preview1';
export const isGoImport = item => item.module === 'gojs' || item.module === 'go' || isWasi(item);

const has = (bytes, at, size) => at + size <= bytes.length;

function fillRandom(bytes, at, size, rng) {
  for (let i = at; i < Math.min(at + size, bytes.length); i++) bytes[i] = rng.u32();
}

function answerJs(name, bytes, sp, rng) {
  const result = RESULTS[name];
  if (result && has(bytes, sp + result[0], result[1])) bytes.fill(0, sp + result[0], sp + result[0] + result[1]);
  if (name !== 'runtime.getRandomData' || !has(bytes, sp, 24)) return;
  const view = new DataView(bytes.buffer);
  fillRandom(bytes, ...[8, 16].map(offset => Number(view.getBigUint64(sp + offset, true))), rng);
}

function answerWasi(name, bytes, [a, b, count, out], rng) {
  const view = new DataView(bytes.buffer);
  if (name === 'random_get') fillRandom(bytes, a, b, rng);
  if (name !== 'fd_write' || !has(bytes, b, 8 * count) || !has(bytes, out, 4)) return;
  let written = 0;
  for (let i = 0; i < count; i++) written += view.getUint32(b + 8 * i + 4, true);
  view.setUint32(out, written, true);
}

export const isExit = item => item.name === 'proc_exit' || item.name === 'runtime.wasmExit';

/** Whether a program is about to crash, or to end: it writes to standard error, or exits. */
export function isCrashing(item, bytes, args) {
  if (isExit(item)) return true;
  if (item.name === 'fd_write') return args[0] === 2;
  return item.name === 'runtime.wasmWrite' && has(bytes, args[0], 16) && bytes[args[0] + 8] === 2;
}

/** Writes to memory what the import gives; args: numbers. Returns the result for `type` as values. */
export function answerGo(item, type, bytes, args, rng) {
  if (isWasi(item)) answerWasi(item.name, bytes, args, rng);
  else answerJs(item.name, bytes, args[0], rng);
  return type.results.map(() => ({ bits: 0 }));
}
