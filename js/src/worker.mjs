// The body of a worker. It gets one call, which it answers with progress, threads that it wants and the result, or is one
// of the threads of a call. It is ended by who started it.
import { run } from './program.mjs';
import { canShare, runThread } from './threads.mjs';

function answer(post, { module, args, files, outputs, progress, processors }) {
  try {
    const report = progress && ((stage, fraction) => post({ stage, fraction }));
    const threads = canShare() && { processors, startThread: (thread) => post({ thread }) };
    const { status, out, err, files: after } = run(module, { args, files, progress: report, threads });
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

const take = (post, data) => (data.thread ? runThread(data.thread) : answer(post, data));

// Where there is Node's port it is used, also by hosts that have the other: Bun gives a worker of Node's kind nothing by
// `self` as long as its maker is busy.
const isNode = Boolean(globalThis.process?.versions?.node);
const { parentPort } = isNode ? await import('node:worker_threads') : {};
if (parentPort) {
  parentPort.once('message', (data) => take((message, transfer) => parentPort.postMessage(message, transfer), data));
} else {
  self.onmessage = ({ data }) => take((message, transfer = []) => self.postMessage(message, transfer), data);
}
