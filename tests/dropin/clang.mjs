// clang's own call of wasm-opt when it links for wasm32, with wring in the folder that -B names, and the program run under
// WASI; and `clang -r`, which gives it an object file.
import { spawnSync } from 'node:child_process';
import { mkdirSync, openSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { WASI } from 'node:wasi';

const { WRING, WRING_ROOT } = process.env;
const dir = join(WRING_ROOT, 'build/dropin/clang');
const program = join(WRING_ROOT, 'tests/dropin/programs/core.c');
const clang = (...args) => spawnSync('clang', ['--target=wasm32-wasi', ...args], { encoding: 'utf8', env: { ...process.env, PATH: '/usr/bin:/bin' } });

if (clang('-c', '-x', 'c', '/dev/null', '-o', '/dev/null').status !== 0) {
  console.error('no clang for wasm32');
  process.exit(77);
}
rmSync(dir, { recursive: true, force: true });
mkdirSync(dir, { recursive: true });
symlinkSync(WRING, join(dir, 'wasm-opt'));
let failed = 0;
const fail = (what, why) => { failed++; console.error(`FAILED clang ${what}: ${why}`); };

async function run(file) {
  const out = join(dir, 'printed');
  const wasi = new WASI({ version: 'preview1', args: ['app'], stdout: openSync(out, 'w') });
  const { instance } = await WebAssembly.instantiate(readFileSync(file), wasi.getImportObject());
  const status = wasi.start(instance);
  return `${status}\n${readFileSync(out, 'utf8')}`;
}

// Without optimization clang calls no wasm-opt, and prints what every level must.
const plain = join(dir, 'plain.wasm');
if (clang(program, '-O0', '-o', plain).status !== 0) {
  console.error('clang can\'t link for wasm32: wasi-libc is missing');
  process.exit(77);
}
const printed = await run(plain);
for (const level of ['-O', '-O1', '-O2', '-O3', '-O4', '-Os', '-Oz']) {
  const file = join(dir, `app${level}.wasm`);
  const made = clang('-B', dir, program, level, '-o', file);
  if (made.status !== 0 || made.stdout || (made.stderr && !/-O4 is equivalent/.test(made.stderr))) fail(level, made.stdout + made.stderr);
  else if (readFileSync(file).includes('__wasm_call_ctors')) fail(level, 'wasm-opt was not called, or names are left');
  else if (await run(file) !== printed) fail(level, 'the program prints something else');
}
const object = join(dir, 'two.o'), one = join(dir, 'one.o');
clang('-c', '-O2', program, '-o', one);
const made = clang('-B', dir, '-O2', '-r', '-nostdlib', one, '-o', object);
if (made.status !== 0) fail('-r', made.stderr);
else if (clang('-B', dir, '-O2', object, '-o', join(dir, 'app.wasm')).status !== 0) fail('-r', 'what it made can\'t be linked');
else if (await run(join(dir, 'app.wasm')) !== printed) fail('-r', 'the program prints something else');
console.log(`clang's own calls of wasm-opt: ${failed ? `${failed} fail` : 'all well'}`);
process.exit(failed ? 1 : 0);
