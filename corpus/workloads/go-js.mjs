// Any Go js/wasm program, run by Go's own wasm_exec.js of the version that built the module (corpus/build puts it in
// the cache). The digest is what the program writes, line by line with its stream, and the exit code. A program that
// calls onGoReady with functions (src/go/jscall) has them called; what they return is printed, and that ends the run.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { storeDir } from '../lib/corpus.mjs';
import { workload } from '../lib/workload.mjs';

// Node's fs, but with what goes to the standard streams kept.
function capture(log) {
  const note = (fd, bytes) => log.push([fd, Buffer.from(bytes)]);
  return {
    ...fs,
    writeSync(fd, buffer) {
      note(fd, buffer);
      return buffer.length;
    },
    write(fd, buffer, offset, length, position, callback) {
      note(fd, buffer.subarray(offset, offset + length));
      callback(null, length);
    },
  };
}

function printLog(log, print) {
  for (const [fd, label] of [[1, 'out'], [2, 'err']]) {
    const text = Buffer.concat(log.filter(([from]) => from === fd).map(([, bytes]) => bytes)).toString();
    text.split('\n').forEach((line) => line && print(`${label}: ${line}`));
  }
}

async function callBack(work, bytes, told, { print, scale }) {
  for (let i = 0; i < Math.max(1, 2000 * scale); i++) {
    const { later, ...rest } = work(i, `text ${i}`, [i, 2, 3, i % 7]);
    if (i % 200 < 3) print(JSON.stringify({ ...rest, later: await later }));
  }
  const data = Uint8Array.from({ length: 70000 }, (_, i) => i * 7);
  print(`bytes ${bytes(data)}`, data);
  print('told', told());
}

await workload(null, async ({ bytes, print, scale }) => {
  const log = [];
  globalThis.fs = capture(log);
  globalThis.require = createRequire(import.meta.url);
  globalThis.path = globalThis.require('node:path');
  globalThis.require(join(storeDir, 'built/go/wasm_exec.js'));
  const go = new globalThis.Go();
  go.argv = ['program'];
  go.env = {};
  let code = 'exit 0';
  go.exit = (status) => { code = `exit ${status}`; };
  const module = new WebAssembly.Module(bytes);
  const instance = new WebAssembly.Instance(module, go.importObject);
  // Nothing left to wait for: Go is woken to find its deadlock, as its wasm_exec_node.js does.
  process.on('beforeExit', () => {
    go._pendingEvent = { id: 0 };
    go._resume();
  });
  return async () => {
    const asked = new Promise((resolve) => {
      globalThis.onGoReady = (...functions) => resolve(functions);
    });
    const functions = await Promise.race([asked, go.run(instance)]);
    if (functions) await callBack(...functions, { print, scale });
    printLog(log, print);
    print(code);
  };
});
