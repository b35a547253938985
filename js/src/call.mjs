// Calls of the program in a worker, so that the page or the server stays free, progress arrives while it works, and an
// AbortSignal ends it at once. Where no worker can be started it runs here, and can be cancelled by no one. Threads that a
// call wants are started here as well, since its own worker is busy, and pages start none for busy workers.
import { load, run } from './program.mjs';

const url = new URL('./worker.mjs', import.meta.url);

function startWebWorker(message, onMessage, onError) {
  const worker = new Worker(url, { type: 'module' });
  worker.onmessage = ({ data }) => onMessage(data);
  worker.onerror = (event) => onError(new Error(event.message ?? 'the worker failed'));
  worker.postMessage(message);
  return worker;
}

// How this host starts workers, and how many processors it has.
async function findHost() {
  const processors = globalThis.navigator?.hardwareConcurrency;
  if (typeof Worker === 'function') return { startWorker: startWebWorker, processors };
  const [{ Worker: NodeWorker }, os] = await Promise.all([import('node:worker_threads'), import('node:os')]);
  const startWorker = (message, onMessage, onError) => {
    const worker = new NodeWorker(url).on('message', onMessage).on('error', onError);
    worker.postMessage(message);
    return worker;
  };
  return { startWorker, processors: processors ?? os.availableParallelism() };
}

function runHere(module, { args, files, outputs, progress }) {
  const { status, out, err, files: after } = run(module, { args, files, progress });
  const written = {};
  for (const name of outputs) {
    const bytes = after.get(name);
    if (bytes) written[name] = bytes.slice();
  }
  return { status, out, err, written };
}

// Runs `wring ARGS` on `files` (bytes by name) and gives { status, out, err, written }, the last being the bytes of those
// `outputs` that it wrote.
export async function call({ args, files = {}, outputs = [], progress, signal, worker = true }) {
  signal?.throwIfAborted();
  const module = await load();
  if (!worker) return runHere(module, { args, files, outputs, progress });
  const { startWorker, processors } = await findHost();
  const workers = [];
  try {
    return await new Promise((resolve, reject) => {
      const abort = () => reject(signal.reason);
      if (signal?.aborted) return abort();
      signal?.addEventListener('abort', abort, { once: true });
      const ignore = () => {}; // a thread that cannot be started is none
      const answer = (message) => {
        if (message.done) resolve(message.done);
        else if (message.failed) reject(new Error(message.failed));
        else if (message.thread) workers.push(startWorker(message, ignore, ignore));
        else progress(message.stage, message.fraction);
      };
      workers.push(startWorker({ module, args, files, outputs, progress: !!progress, processors }, answer, reject));
    });
  } finally {
    for (const worker of workers) worker.terminate();
  }
}
