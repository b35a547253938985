// TinyGo, as it is found on the PATH, with wring in wasm-opt's place: the programs in tinygo/ are built by `tinygo build` with
// Binaryen's wasm-opt and with wring, by WASMOPT and by the PATH. Both modules must print the same, and wring's be smaller: to
// 0.85 where the scheduler is asyncify. Exits 77 without a tinygo. Options: --only=SUBSTRING, --sizes prints each size.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const { WRING, WRING_ROOT, WRING_WASM_OPT } = process.env;
const work = join(WRING_ROOT, 'build/dropin/tinygo');
const sources = join(WRING_ROOT, 'tests/dropin/tinygo');
const only = process.argv.find(a => a.startsWith('--only='))?.slice(7) ?? '';

// Program, target, -opt, and the other flags of `tinygo build`.
const builds = [
  ['tasks', 'wasm', 'z'], ['tasks', 'wasm', '2', '-no-debug'], ['tasks', 'wasip1', 's', '-no-debug'],
  ['sieve', 'wasm', 'z'], ['sieve', 'wasm', '2', '-no-debug'], ['sieve', 'wasip1', '1'],
  ['browser', 'wasm', 'z'], ['browser', 'wasm', '2', '-no-debug'],
  ['text', 'wasm', 'z', '-no-debug'], ['text', 'wasip1', '2', '-no-debug'],
  ['text', 'wasm', 'z', '-scheduler=none'], ['text', 'wasip1', 's', '-scheduler=none', '-no-debug'],
  ['panic', 'wasm', 'z'], ['panic', 'wasip1', '2'],
];

function call(program, args, env = {}) {
  return spawnSync(program, args, { encoding: 'utf8', timeout: 600_000, env: { ...process.env, ...env } });
}

function must(program, args, env) {
  const r = call(program, args, env);
  if (r.status !== 0) throw new Error(`${program} ${args.join(' ')}: ${r.error ?? `exit status ${r.status}`}\n${r.stdout}${r.stderr}`);
  return r.stdout + r.stderr;
}

const found = call('tinygo', ['env', 'TINYGOROOT']);
if (found.status !== 0) {
  console.error('no tinygo on the PATH');
  process.exit(77);
}
const root = found.stdout.trim().replace(/^TINYGOROOT="(.*)"$/, '$1');

rmSync(work, { recursive: true, force: true });
mkdirSync(work, { recursive: true });
const links = join(work, 'bin');
must(WRING, ['install-into', links]);
const ours = join(links, 'wasm-opt');

// What TinyGo takes by itself, else the pinned one; without either, wring alone is tested.
function rival() {
  if (call('wasm-opt', ['--version']).status === 0) return {};
  if (!WRING_WASM_OPT) return undefined;
  const pinned = join(work, 'pinned-wasm-opt');
  writeFileSync(pinned, `#!/bin/sh\nexec "${process.execPath}" "${WRING_WASM_OPT}" "$@"\n`);
  chmodSync(pinned, 0o755);
  return { WASMOPT: pinned };
}

function make(name, [program, target, level, ...flags], env) {
  const file = join(work, `${name}.wasm`);
  const said = must('tinygo', ['build', '-x', `-target=${target}`, `-opt=${level}`, ...flags, '-o', file, join(sources, program, 'main.go')], env);
  return { file, bytes: statSync(file).size, line: said.split('\n').find(l => /wasm-opt .*--output/.test(l)) };
}

function run(target, { file }) {
  const host = target === 'wasm' ? join(root, 'targets/wasm_exec.js') : join(sources, 'wasi.mjs');
  const r = call(process.execPath, ['--no-warnings', host, file]);
  return `${r.stdout}exit status ${r.status}`;
}

function check(build, number, theirs) {
  const env = number % 2 ? { WASMOPT: ours } : { WASMOPT: '', PATH: links + delimiter + process.env.PATH };
  const mine = make('wring', build, env);
  if (!mine.line?.includes(ours)) throw new Error(`TinyGo ran ${mine.line}`);
  if (!theirs) return 1;
  const other = make('binaryen', build, theirs);
  const [want, got] = [run(build[1], other), run(build[1], mine)];
  if (got !== want) throw new Error(`it prints ${got} instead of ${want}`);
  const ratio = mine.bytes / other.bytes;
  if (process.argv.includes('--sizes')) console.log(`${build.join(' ').padEnd(40)} ${other.bytes} → ${mine.bytes} (${ratio.toFixed(3)})`);
  if (ratio > (mine.line.includes('--asyncify') ? 0.85 : 1)) throw new Error(`wring makes ${mine.bytes} bytes, Binaryen ${other.bytes}`);
  return ratio;
}

const theirs = rival();
let failed = 0, n = 0, logs = 0;
for (const [number, build] of builds.entries()) {
  if (!build.join(' ').includes(only)) continue;
  try {
    logs += Math.log(check(build, number, theirs));
    n++;
  } catch (error) {
    failed++;
    console.error(`FAILED tinygo ${build.join(' ')}: ${error.message}`);
  }
}
console.log(`${n} builds by TinyGo print the same with wring in wasm-opt's place, ${failed} don't; they are ${Math.exp(logs / n).toFixed(3)} of those by Binaryen`);
process.exit(failed ? 1 : 0);
