// corpus/build [--quick] [NAME…]: builds the manifest's `local` modules into the cache, those whose source or compiler changed.
// A name says how:
//   c-PROGRAM-VARIANT          src/c/PROGRAM.c with Debian's clang and wasi-libc; VARIANT is a key of `cFlags`
//   go-PROGRAM-OS[-stripped]   src/go/PROGRAM with the `go` found, GOOS js or wasip1; stripped: -s -w
//   fresh-…                    see fresh.mjs
// C is compiled and linked in two steps, without -O in the second: clang would run any wasm-opt it finds. What comes
// out is what the linker wrote. A missing compiler is a message, not an error.
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { availableParallelism } from 'node:os';
import { corpusDir, isLocal, mapLimit, modulePath, quickNames, readManifest, selectRows, storeDir } from './corpus.mjs';
import { freshPlan } from './fresh.mjs';
import { complaint, measure } from './measure.mjs';
import { sha256 } from './sizes.mjs';

const cFlags = {
  O0: ['-O0'],
  O2: ['-O2'],
  'Os-g': ['-Os', '-g'],
  'O2-simd': ['-O2', '-msimd128', '-mbulk-memory', '-msign-ext', '-mnontrapping-fptoint'],
};

const versionOf = (command, ...args) => {
  const result = command ? spawnSync(command, args, { encoding: 'utf8' }) : { status: 1 };
  return result.status === 0 ? result.stdout.trim() : '';
};

const clang = { command: 'clang', version: versionOf('clang', '--version') };
const go = { command: process.env.WRING_GO, version: versionOf(process.env.WRING_GO, 'env', 'GOVERSION') };

function sourceText(path) {
  if (!statSync(path).isDirectory()) return readFileSync(path, 'utf8');
  return readdirSync(path).sort().map((name) => `${name}\n${readFileSync(join(path, name), 'utf8')}`).join('\n');
}

async function run(command, args, env = {}) {
  const result = await measure(command, args, { env: { ...process.env, ...env } });
  if (!result.ok) throw new Error(`${command} ${args.join(' ')}: ${complaint(result)}\n${result.stderr}`);
}

function cPlan(name, out) {
  const [, program, variant] = /^c-([a-z]+)-(.+)$/.exec(name);
  const source = join(corpusDir, 'src/c', `${program}.c`);
  const object = `${out}.o`;
  const target = '--target=wasm32-wasi';
  return {
    compiler: clang,
    source,
    flags: cFlags[variant],
    async make() {
      await run('clang', [target, ...cFlags[variant], '-Wall', '-c', source, '-o', object, `-ffile-prefix-map=${dirname(source)}=.`]);
      await run('clang', [target, object, '-lm', '-o', out]);
      rmSync(object);
    },
  };
}

// -trimpath and no build id from the path: the same bytes in every checkout.
function goPlan(name, out) {
  const [, program, os, stripped] = /^go-([a-z]+)-(js|wasip1)(-stripped)?$/.exec(name);
  const source = join(corpusDir, 'src/go', program);
  const reactor = readFileSync(join(source, 'main.go'), 'utf8').includes('//go:wasmexport');
  const flags = ['-trimpath', '-buildvcs=false', ...(stripped ? ['-ldflags=-s -w'] : []), ...(reactor ? ['-buildmode=c-shared'] : [])];
  return {
    compiler: go,
    source,
    flags,
    async make() {
      await run(go.command, ['build', '-C', join(corpusDir, 'src/go'), ...flags, '-o', out, `./${program}`], { GOOS: os, GOARCH: 'wasm', GOFLAGS: '', GOTOOLCHAIN: 'local', GOWORK: 'off', CGO_ENABLED: '0' });
    },
  };
}

// Go's own JavaScript, of the same version, beside the modules; workloads/go-js.mjs runs them with it.
function copyGoGlue() {
  const root = versionOf(go.command, 'env', 'GOROOT');
  const glue = [join(root, 'lib/wasm/wasm_exec.js'), join(root, 'misc/wasm/wasm_exec.js')].find(existsSync);
  if (!glue) throw new Error(`no wasm_exec.js in ${root}`);
  mkdirSync(join(storeDir, 'built/go'), { recursive: true });
  copyFileSync(glue, join(storeDir, 'built/go/wasm_exec.js'));
}

function planOf(name, out) {
  if (name.startsWith('fresh-')) return freshPlan(name, out, run);
  return name.startsWith('go-') ? goPlan(name, out) : cPlan(name, out);
}

async function build(row) {
  const out = modulePath(row);
  const plan = planOf(row.name, out);
  if (!plan.compiler.version) return 'skipped';
  const stamp = `${out}.stamp`;
  const key = sha256([plan.compiler.version, plan.flags, ...[plan.source].flat().map(sourceText)].join('\n'));
  if (existsSync(out) && existsSync(stamp) && readFileSync(stamp, 'utf8') === key) return 'current';
  mkdirSync(dirname(out), { recursive: true });
  await plan.make();
  writeFileSync(stamp, key);
  return 'built';
}

async function main(args) {
  const names = args.includes('--quick') ? quickNames : args;
  const rows = selectRows(readManifest(), names).filter(isLocal);
  if (!clang.version) console.error('build: no clang; C programs are left out (scripts/setup installs it)');
  if (!go.version) console.error('build: no go; Go programs are left out');
  else if (rows.some((row) => row.name.startsWith('go-'))) copyGoGlue();
  const states = await mapLimit(rows, availableParallelism(), async (row) => {
    try {
      const state = await build(row);
      if (state === 'built') console.error(`built ${row.name}`);
      return state;
    } catch (error) {
      console.error(`build: ${row.name}: ${error.message}`);
      return 'failed';
    }
  });
  const count = (state) => states.filter((each) => each === state).length;
  console.error(`${count('built')} built, ${count('current')} current, ${count('skipped')} skipped, ${count('failed')} failed`);
  return count('failed') ? 1 : 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(`build: ${error.message}`);
  process.exitCode = 1;
}
