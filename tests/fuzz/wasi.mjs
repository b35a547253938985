// Runs WASI programs one after the other: wasi.mjs OUTPUT MODULE... Each one's line of JSON: what it printed to OUTPUT, and
// how it ended. csmith.mjs starts this, since a program may run for ever.
import fs from 'node:fs';
import { WASI } from 'node:wasi';

const [output, ...files] = process.argv.slice(2);

function run(file) {
  const fd = fs.openSync(output, 'w');
  let end;
  try {
    const wasi = new WASI({ version: 'preview1', args: ['program'], stdout: fd, returnOnExit: true });
    const module = new WebAssembly.Module(fs.readFileSync(file));
    end = wasi.start(new WebAssembly.Instance(module, wasi.getImportObject()));
  } catch (error) {
    end = error.message;
  }
  fs.closeSync(fd);
  return { printed: fs.readFileSync(output, 'latin1'), end };
}

for (const file of files) console.log(JSON.stringify(run(file)));
