// Command lines of other callers of wasm-opt, as their sources have them: current emcc (tools/link.py, tools/building.py),
// wasm-pack, TinyGo, cargo-wasi, trunk, clang. Each is run by wring, in silence, on a module of emcc's; what comes out must
// behave as the module did or, where the line adds code to it, as what the pinned wasm-opt makes. Options: --only=SUBSTRING.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const { WRING, WRING_ROOT, WRING_WASM_OPT } = process.env;
const work = join(WRING_ROOT, 'build/dropin');
const only = process.argv.find(a => a.startsWith('--only='))?.slice(7) ?? '';

// Where a caller puts the files, if not at both ends of the line: IN FLAGS -o OUT.
const IN = '{in}', OUT = '{out}';

// What emcc 6 says of every module: the features that LLVM turns on by default.
const features = ['--mvp-features', '--enable-bulk-memory', '--enable-bulk-memory-opt', '--enable-call-indirect-overlong',
  '--enable-multivalue', '--enable-mutable-globals', '--enable-nontrapping-float-to-int', '--enable-reference-types', '--enable-sign-ext'];
const emcc = (...args) => ['--strip-target-features', '--post-emscripten', ...args, ...features];
const last = level => ['--minify-imports-and-exports-and-modules', ...level, '--optimize-stack-ir', ...features];
const immutable = '--pass-arg=directize-initial-contents-immutable';

const lines = [
  ['emcc -O2', emcc('-O2', '--low-memory-unused', '--zero-filled-memory', immutable, '--no-stack-ir')],
  ['emcc -O3', emcc('-O3', '--low-memory-unused', '--zero-filled-memory', immutable, '--no-stack-ir')],
  ['emcc -Os', emcc('-Os', '--low-memory-unused', '--zero-filled-memory', immutable, '--no-stack-ir')],
  ['emcc -Oz', emcc('-Oz', '--low-memory-unused', '--zero-filled-memory', immutable, '--no-stack-ir')],
  ['emcc -O3 -ffast-math', emcc('-O3', '--low-memory-unused', '--fast-math', '--zero-filled-memory', immutable, '--no-stack-ir')],
  ['emcc -O2, a side module', emcc('--pass-arg=post-emscripten-side-module', '-O2', immutable, '--no-stack-ir')],
  ['emcc -O2 -g2', [...emcc('-O2', '--low-memory-unused', '--zero-filled-memory', immutable, '--no-stack-ir'), '-g']],
  ['emcc -O2 -sBINARYEN_IGNORE_IMPLICIT_TRAPS', emcc('-O2', '--ignore-implicit-traps', '--zero-filled-memory', immutable, '--no-stack-ir')],
  ['emcc -O2 -sBINARYEN_EXTRA_PASSES', emcc('-O2', '--zero-filled-memory', immutable, '--one-caller-inline-max-function-size=5', '--flatten', '--no-stack-ir')],
  ['emcc -O2 -sASYNCIFY', emcc('-O2', '--low-memory-unused', '--asyncify', '--pass-arg=asyncify-imports@env.emscripten_sleep,wasi_snapshot_preview1.fd_write', '--zero-filled-memory', immutable, '--no-stack-ir')],
  ['emcc -Oz -sASYNCIFY_ONLY', emcc('-Oz', '--asyncify', '--pass-arg=asyncify-onlylist@main', '--pass-arg=asyncify-asserts', '--zero-filled-memory', immutable, '--no-stack-ir')],
  ['emcc -O2 -sSAFE_HEAP', ['--safe-heap', ...emcc('-O2', '--zero-filled-memory', immutable, '--no-stack-ir')]],
  ['emcc -O2 -sEMULATE_FUNCTION_POINTER_CASTS', ['--fpcast-emu', ...emcc('-O2', '--zero-filled-memory', immutable, '--no-stack-ir')]],
  ['emcc -O2 -sWASM_BIGINT=0', ['--legalize-js-interface', ...emcc('-O2', '--zero-filled-memory', immutable, '--no-stack-ir')]],
  ['emcc -O1 -sSTACK_OVERFLOW_CHECK=2', ['--stack-check', '--strip-target-features', '--post-emscripten', ...features]],
  ['emcc -O2 -sMIN_SAFARI_VERSION', ['--signext-lowering', '--llvm-nontrapping-fptoint-lowering', '--llvm-memory-copy-fill-lowering', ...emcc('-O2', '--no-stack-ir')]],
  ['emcc, the last tool at -O2', last(['--optimize-level=2', '--shrink-level=0'])],
  ['emcc, the last tool at -O3', last(['--optimize-level=3', '--shrink-level=0'])],
  ['emcc, the last tool at -Oz', last(['--optimize-level=2', '--shrink-level=2'])],
  ['emcc, the last tool, imports alone', ['--minify-imports', '--optimize-level=2', '--shrink-level=1', '--optimize-stack-ir', ...features]],
  ['emcc, the symbol map', ['--print-function-map', ...features]],
  ['emcc, stripping alone', ['--strip-debug', '--strip-producers', ...features]],
  ['wasm-pack', ['-O']],
  ['wasm-pack, with flags of its users', ['-O4', '--enable-bulk-memory', '--enable-nontrapping-float-to-int', '--enable-simd']],
  ['wasm-pack, -all', ['-Oz', '-all', '--enable-mutable-globals']],
  ['trunk', ['-Oz', '--enable-bulk-memory', '--enable-sign-ext']],
  // As `tinygo build -x` prints them (0.33); tinygo.mjs builds programs with it where there is one.
  ['TinyGo', ['--asyncify', '-Oz', '-g', IN, '--output', OUT]],
  ['TinyGo -opt=2', ['--asyncify', '-O2', '-g', IN, '--output', OUT]],
  ['TinyGo -opt=s', ['--asyncify', '-Os', '-g', IN, '--output', OUT]],
  ['TinyGo -opt=0', ['--asyncify', '-O0', '-g', IN, '--output', OUT]],
  ['TinyGo -scheduler=none', ['-Oz', '-g', IN, '--output', OUT]],
  ['TinyGo -scheduler=none -opt=2', ['-O2', '-g', IN, '--output', OUT]],
  ['TinyGo, with flags of a plugin\'s author', ['-O2', '-g', '--enable-gc', '--enable-reference-types', '--enable-multivalue']],
  ['cargo-wasi', ['-Os', '--strip-debug']],
  ['clang -O2', ['-O2']],
  ['clang -O4', ['-O4']],
  ['a list of passes', ['--dae-optimizing', '--vacuum', '--simplify-locals', '--coalesce-locals', '--reorder-locals', '--remove-unused-brs']],
  ['passes that wring has none for', ['-O1', '--gufa', '--local-subtyping', '-O2', '--once-reduction']],
  ['no passes', []],
];

function run(program, args) {
  const r = spawnSync(program, args, { encoding: 'utf8', timeout: 300_000, env: { ...process.env, WASM_OPT: WRING_WASM_OPT, WRING_WASM_OPT_VERSION: '' } });
  if (r.status !== 0) throw new Error(`${program} ${args.join(' ')}: exit status ${r.status}\n${r.stderr.slice(0, 2000)}`);
  return r;
}

// Every name that the module has now is in the map that was printed.
function checkMap(printed, module) {
  const map = JSON.parse(printed);
  const imports = new Set(map.imports.map(i => i[2])), exports = new Set(map.exports.map(e => e[1]));
  for (const i of WebAssembly.Module.imports(module)) if (i.module === 'a' && !imports.has(i.name)) throw new Error(`import ${i.name} is not in the map`);
  for (const e of WebAssembly.Module.exports(module)) if (exports.size && !exports.has(e.name)) throw new Error(`export ${e.name} is not in the map`);
}

const adds = /^--(safe-heap|fpcast-emu|legalize|stack-check)/;
// What is suspended by chance saves what happens to be in locals; programs that mean it are in settings.mjs.
const suspends = args => args.includes('--asyncify');
const asyncifyExports = ['start_unwind', 'stop_unwind', 'start_rewind', 'stop_rewind', 'get_state'].map(name => `asyncify_${name}`);

function check(args, input) {
  const ours = join(work, 'line.wasm'), theirs = join(work, 'line.binaryen.wasm');
  const line = (from, to) => args.includes(IN) ? args.map(a => a === IN ? from : a === OUT ? to : a) : [from, ...args, '-o', to];
  const said = run(WRING, ['wasm-opt', ...line(input, ours)]);
  if (said.stderr) throw new Error(`it says ${said.stderr}`);
  if (args.some(a => a.startsWith('--minify'))) {
    checkMap(said.stdout, new WebAssembly.Module(readFileSync(ours)));
    return;
  }
  if (suspends(args)) {
    const exports = WebAssembly.Module.exports(new WebAssembly.Module(readFileSync(ours))).map(e => e.name);
    if (!asyncifyExports.every(name => exports.includes(name))) throw new Error('asyncify\'s exports are missing');
    return;
  }
  const instrumented = args.some(a => adds.test(a));
  if (instrumented) run(WRING_WASM_OPT, [input, ...args, '-o', theirs]);
  // Two optimizers may merge different functions: only against the input must those that the host sees stay apart.
  const pair = instrumented ? ['--any-identity', theirs, ours] : [input, ours];
  run(join(WRING_ROOT, 'tests/differential/run'), pair);
}

function makeInput() {
  const file = join(work, 'lines', 'app.wasm');
  if (existsSync(file)) return file;
  mkdirSync(join(work, 'lines'), { recursive: true });
  const program = join(WRING_ROOT, 'tests/dropin/programs/core.c');
  const made = spawnSync('emcc', ['-O1', '--profiling-funcs', program, '-o', join(work, 'lines/app.js')], { encoding: 'utf8', env: { ...process.env, NODE_PATH: '/usr/share/nodejs' } });
  if (made.status === 0) return file;
  console.error(`no emcc (Debian: emscripten)${made.stderr ?? ''}`);
  process.exit(77);
}

if (!WRING_WASM_OPT) {
  console.error('no pinned wasm-opt: run scripts/setup');
  process.exit(77);
}
// The table has each flag that the pinned wasm-opt lists, and no other.
function checkTable() {
  const help = run(WRING_WASM_OPT, ['--help']).stdout;
  const theirs = new Set([...help.matchAll(/^ {2,3}(--?[A-Za-z0-9][^ ,]*)/gm)].map(m => m[1].replace(/^--?/, '')));
  const ours = new Set([...readFileSync(join(WRING_ROOT, 'cli/wasm_opt/flags.def'), 'utf8').matchAll(/^FLAG\(\w+, "([^"]+)"/gm)].map(m => m[1]));
  const odd = [...theirs].filter(f => !ours.has(f)).concat([...ours].filter(f => !theirs.has(f)));
  if (odd.length) throw new Error(`flags.def and wasm-opt --help differ in ${odd.join(' ')}`);
}

const input = makeInput();
let failed = 0, n = 0;
try {
  checkTable();
} catch (error) {
  failed++;
  console.error(`FAILED ${error.message}`);
}
for (const [name, args] of lines.filter(l => l[0].includes(only))) {
  try {
    check(args, input);
    n++;
  } catch (error) {
    failed++;
    console.error(`FAILED ${name}: ${error.message}`);
  }
}
console.log(`${n} command lines of other callers do what wasm-opt does, ${failed} don't`);
process.exit(failed ? 1 : 0);
