// The body of a worker: gets one call, answers with progress and the result, and is ended by who started it.
import { run } from './program.mjs';

function answer(post, { module, args, files, outputs, progress }) {
  try {
    const report = progress && ((stage, fraction) => post({ stage, fraction }));
    const { status, out, err, files: after } = run(module, { args, files, progress: report });
    const written = {};
    for (const name of outputs) {
      const bytes = after.get(name);
      if (bytes) written[name] = bytes.slice();
    }
    post({ done: { status, out, err, written } }, Object.values(written).map((bytes) => bytes.buffer));
  } catch (error) {
    post({ failed: String(error?.message ?? error) });
  }
}

if (typeof self === 'object' && typeof self.postMessage === 'function') {
  self.onmessage = ({ data }) => answer((message, transfer = []) => self.postMessage(message, transfer), data);
} else {
  const { parentPort } = await import('node:worker_threads');
  parentPort.once('message', (data) => answer((message, transfer) => parentPort.postMessage(message, transfer), data));
}
