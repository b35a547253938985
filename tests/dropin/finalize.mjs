// wasm-emscripten-finalize as emcc calls it: what Debian's and wring's make of the same linker's output. What they print must be
// the same JSON, but for the order of features; the modules must have the same imports and exports, and behave the same.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const { WRING, WRING_ROOT } = process.env;
const REAL = '/usr/bin/wasm-emscripten-finalize';
const work = join(WRING_ROOT, 'build/dropin/finalize'), programs = join(WRING_ROOT, 'tests/dropin/programs');

const builds = [
  ['js.c'], ['throw.cpp', '-fexceptions'], ['core.c', '-sSTACK_OVERFLOW_CHECK=2'], ['core.c', '-sWASM_BIGINT'],
  ['thread.c', '-pthread', '-sPTHREAD_POOL_SIZE=2', '-sPROXY_TO_PTHREAD'], ['loader.c', '-fPIC', '-sMAIN_MODULE=2'],
  ['core.c', '-sSTANDALONE_WASM'], ['sleep.c', '-sASYNCIFY', '-sDYNCALLS'], ['core.c', '-g2'],
];

function call(program, args, env = {}) {
  const got = spawnSync(program, args, { encoding: 'utf8', timeout: 300_000, env: { ...process.env, WASM_OPT: '', NODE_PATH: '/usr/share/nodejs', WRING_WASM_OPT_VERSION: '108', ...env } });
  if (got.status !== 0) throw new Error(`${program} ${args.join(' ')}: ${got.status}\n${got.stdout}${got.stderr}`);
  return got.stdout;
}

// Stands before the real one on the PATH, and keeps what it is called with.
function record(build, dir) {
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(join(dir, 'bin'), { recursive: true });
  const script = join(dir, 'bin/wasm-emscripten-finalize');
  writeFileSync(script, `#!/bin/sh\nprintf '%s\\n' "$@" >${dir}/args\nfor a; do case $a in -*) ;; *.wasm) [ -e ${dir}/in.wasm ] || cp "$a" ${dir}/in.wasm ;; esac; done\nexec ${REAL} "$@"\n`);
  chmodSync(script, 0o755);
  const [source, ...flags] = build;
  call(source.endsWith('.cpp') ? 'em++' : 'emcc', ['-O0', ...flags, join(programs, source), '-o', join(dir, 'app.js')], { PATH: `${join(dir, 'bin')}:/usr/bin:/bin` });
  return readFileSync(join(dir, 'args'), 'utf8').trimEnd().split('\n').filter(a => !/source-map/.test(a));
}

const sorted = text => {
  const metadata = JSON.parse(text);
  metadata.features.sort();
  return JSON.stringify(Object.entries(metadata).sort());
};
const shape = file => {
  const module = new WebAssembly.Module(readFileSync(file));
  return JSON.stringify([WebAssembly.Module.imports(module).map(i => `${i.module} ${i.name} ${i.kind}`).sort(), WebAssembly.Module.exports(module).map(e => `${e.name} ${e.kind}`).sort()]);
};

function check(build, dir) {
  const args = record(build, dir), files = { theirs: join(dir, 'theirs.wasm'), ours: join(dir, 'ours.wasm') };
  const words = out => args.map((a, i) => (!/^[^-].*\.wasm$/.test(a) ? a : args[i - 1] === '-o' ? out : join(dir, 'in.wasm')));
  const theirs = call(REAL, words(files.theirs)), ours = call(WRING, ['wasm-emscripten-finalize', ...words(files.ours)]);
  if (sorted(theirs) !== sorted(ours)) throw new Error(`it prints\n${ours}\nand should print\n${theirs}`);
  if (existsSync(files.theirs) !== existsSync(files.ours)) throw new Error('only one writes a module');
  if (!existsSync(files.ours)) return;
  if (shape(files.theirs) !== shape(files.ours)) throw new Error(`imports and exports are ${shape(files.ours)} and should be ${shape(files.theirs)}`);
  call(join(WRING_ROOT, 'tests/differential/run'), [files.theirs, files.ours]);
}

if (!existsSync(REAL) || spawnSync('emcc', ['--version'], { env: { ...process.env, NODE_PATH: '/usr/share/nodejs' } }).status !== 0) {
  console.error('no emcc with its wasm-emscripten-finalize (Debian: emscripten)');
  process.exit(77);
}
let failed = 0;
builds.forEach((build, i) => {
  try {
    check(build, join(work, String(i)));
  } catch (error) {
    failed++;
    console.error(`FAILED ${build.join(' ')}: ${error.message}`);
  }
});
console.log(`${builds.length - failed} modules of emcc are finalized as by Binaryen, ${failed} are not`);
process.exit(failed ? 1 : 0);
