// Threads of wring.wasm, as wasi-threads has them: each is an instance of the module over the memory of the program, in a
// worker of its own. The program asks for one by thread-spawn and doesn't wait for it (support/wasi/threads.c); threads
// then take work from the program until their workers are ended with it.
import { Wasi } from './wasi.mjs';

const PAGES = { initial: 64, least: 4096, maximum: 65535 }; // of memory, as cmake/target.cmake has them
const PATIENCE_MS = 300; // before that the engine's compiler, which has threads of its own, is as busy as the program
const MOST_PROCESSORS = 8; // more threads start for longer than they help
const TRAPPED = 4; // a state of threads.c

// Memory is shared even without threads, for the module declares that. Hosts that can't set so many addresses aside get
// less.
function newMemory() {
  for (let { initial, maximum, least } = PAGES; ; maximum >>= 1) {
    try {
      return new WebAssembly.Memory({ initial, maximum, shared: true });
    } catch (error) {
      if (maximum < least) throw error;
    }
  }
}

// Whether workers may share memory: pages have to be isolated for that.
export const canShare = () => typeof SharedArrayBuffer === 'function' && globalThis.crossOriginIsolated !== false;

// Runs the program and gives its exit status. `startThread(thread)` has a worker call runThread(); without it the program
// is the only thread.
export function start(module, { startThread, processors = 1, env, ...options }) {
  const memory = newMemory();
  const failure = startThread && new Uint8Array(new SharedArrayBuffer(256));
  const begun = performance.now();
  let id = 0;
  const spawn = (record) => {
    if (!startThread || performance.now() - begun < PATIENCE_MS) return -1;
    startThread({ module, memory, failure, id: ++id, record });
    return id;
  };
  const told = startThread && { WRING_PROCESSORS: Math.min(processors, MOST_PROCESSORS) };
  const wasi = new Wasi({ ...options, memory, spawn, env: { ...env, ...told } });
  try {
    return wasi.start(new WebAssembly.Instance(module, wasi.imports()));
  } catch (error) {
    if (failure?.[0]) error.message = new TextDecoder().decode(failure.slice(0, failure.indexOf(0)));
    throw error;
  }
}

// The life of a thread. Threads have no files. A trap is told to the program, which then traps as well.
export function runThread({ module, memory, failure, id, record }) {
  try {
    const wasi = new Wasi({ memory });
    new WebAssembly.Instance(module, wasi.imports()).exports.wasi_thread_start(id, record);
  } catch (error) {
    failure.set(new TextEncoder().encode(String(error?.message ?? error)).subarray(0, failure.length - 1));
    Atomics.store(new Int32Array(memory.buffer), record >>> 2, TRAPPED);
  }
}
