// Calls of the program in a worker, so that the page or the server stays free, progress arrives while it works, and an
// AbortSignal ends it at once. Where no worker can be started it runs here, and can be cancelled by no one.
import { load, run } from './program.mjs';

const url = new URL('./worker.mjs', import.meta.url);

async function startWorker() {
  if (typeof Worker === 'function') {
    const worker = new Worker(url, { type: 'module' });
    return {
      post: (message) => worker.postMessage(message),
      listen(onMessage, onError) {
        worker.onmessage = ({ data }) => onMessage(data);
        worker.onerror = (event) => onError(new Error(event.message ?? 'the worker failed'));
      },
      end: () => worker.terminate(),
    };
  }
  const { Worker: NodeWorker } = await import('node:worker_threads');
  const worker = new NodeWorker(url);
  return {
    post: (message) => worker.postMessage(message),
    listen(onMessage, onError) {
      worker.on('message', onMessage).on('error', onError);
    },
    end: () => worker.terminate(),
  };
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
  const thread = await startWorker();
  try {
    return await new Promise((resolve, reject) => {
      const abort = () => reject(signal.reason);
      if (signal?.aborted) return abort();
      signal?.addEventListener('abort', abort, { once: true });
      thread.listen((message) => {
        if (message.done) resolve(message.done);
        else if (message.failed) reject(new Error(message.failed));
        else progress(message.stage, message.fraction);
      }, reject);
      thread.post({ module, args, files, outputs, progress: !!progress });
    });
  } finally {
    thread.end();
  }
}
