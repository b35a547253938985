// The CMake package and the pkg-config file of an installation: wring_optimize() on programs of clang's for WASI, and the
// library, shared and static, in a program of this machine's.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const { WRING, WRING_ROOT } = process.env;
const work = join(WRING_ROOT, 'build/dropin/cmake'), prefix = join(work, 'moved');
const source = join(WRING_ROOT, 'tests/dropin/cmake');

function run(command, args, options = {}) {
  const r = spawnSync(command, args, { encoding: 'utf8', timeout: 300_000, ...options });
  if (r.status === 0) return r.stdout;
  console.error(`FAILED ${command} ${args.join(' ')}\n${r.stdout}${r.stderr}${r.error ?? ''}`);
  process.exit(1);
}

function build(name, ...args) {
  const dir = join(work, name);
  run('cmake', ['-S', source, '-B', dir, `-Dwring_DIR=${join(libraries, 'cmake/wring')}`, ...args]);
  run('cmake', ['--build', dir]);
  return dir;
}

const fail = why => { console.error(`FAILED ${why}`); process.exit(1); };

rmSync(work, { recursive: true, force: true });
run('cmake', ['--install', join(WRING_ROOT, 'build'), '--prefix', join(work, 'first')], { env: { ...process.env, DESTDIR: '' } });
run('mv', [join(work, 'first'), prefix]);
const libraries = run('sh', ['-c', `ls -d ${prefix}/lib*/pkgconfig ${prefix}/lib*/*/pkgconfig 2>/dev/null | head -1`]).trim().replace(/\/pkgconfig$/, '');
if (!existsSync(join(prefix, 'bin/wring-wasm-opt'))) fail('wring-wasm-opt is not installed');
if (!/^wasm-opt version \d+ /.test(run(join(prefix, 'bin/wring-wasm-opt'), ['--version']))) fail('wring-wasm-opt is not wasm-opt');

const wasi = build('wasi', '-DCMAKE_SYSTEM_NAME=WASI', '-DCMAKE_C_COMPILER=clang', '-DCMAKE_C_COMPILER_TARGET=wasm32-wasi',
  '-DCMAKE_C_COMPILER_WORKS=1', `-DCMAKE_MODULE_PATH=${source}`, '-DCMAKE_BUILD_TYPE=MinSizeRel');
for (const [name, flags] of [['small', ['-Oz']], ['fast', ['-O3', '-g']]]) {
  const want = join(work, `${name}.wasm`);
  run(WRING, ['-q', ...flags, join(wasi, 'plain.wasm'), '-o', want]);
  if (!readFileSync(want).equals(readFileSync(join(wasi, `${name}.wasm`)))) fail(`wring_optimize(${name}) is not wring ${flags.join(' ')}`);
}

const host = build('host');
for (const kind of ['shared', 'static']) {
  const out = join(work, `${kind}.wasm`);
  run(join(host, kind), [join(wasi, 'plain.wasm'), out]);
  if (!existsSync(out)) fail(`the example with the ${kind} library wrote nothing`);
}
const pc = run('pkg-config', ['--cflags', '--libs', '--static', 'wring'], { env: { ...process.env, PKG_CONFIG_PATH: join(libraries, 'pkgconfig') } });
if (!pc.includes('-lbrotlienc') || !pc.includes('/moved/')) fail(`pkg-config says ${pc}`);
console.log('the CMake package and the pkg-config file work, moved elsewhere too');
