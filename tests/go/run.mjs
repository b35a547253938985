// tests/go/run [--versions=1.22.12,…] [--levels=O2,O3,Os,Oz] [PROGRAM…]: builds corpus/src/go with every Go asked for, js
// and wasip1, and compares output, standard error and exit code before and after wring at each level: they must be the
// same, byte for byte, and so must initial memory with and without the passes that leave data to a start function. With
// --go-lean standard output and exit code must be the same, but for programs that print lines or
// function names themselves. Versions other than the local one come by GOTOOLCHAIN, or, as "1.19", from Debian's packages.
// JavaScript support comes with the version, or from the nearest one found that has the same imports. Exit code 77: no Go.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const sources = join(root, 'corpus/src/go');
const wring = process.env.WRING ?? join(root, 'build/wring');
const cache = join(process.env.WRING_CACHE ?? join(homedir(), '.cache/wring'), 'go');
const go = process.env.WRING_GO || 'go';

const options = { versions: '', levels: 'O2,O3,Os,Oz' };
const names = [];
for (const arg of process.argv.slice(2)) {
  const match = /^--(versions|levels)=(.+)$/.exec(arg);
  if (match) options[match[1]] = match[2];
  else names.push(arg);
}

// These print source lines or function names to standard output: lean may change them.
const printsLines = new Set(['caller', 'panics', 'profile']);
// These call methods by reflection, or have templates do so.
const callsMethods = new Set(['reflect', 'nilcall', 'text', 'bymethod', 'byname', 'bytype']);
const programs = names.length ? names : readdirSync(sources).filter((name) => statSync(join(sources, name)).isDirectory());

// Debian's Go of a version without a patch number, which may be older than GOTOOLCHAIN.
const packaged = (version) => `/usr/lib/${version.replace(/^go/, 'go-')}/bin/go`;
const isPackaged = (version) => /^go1\.\d+$/.test(version) && existsSync(packaged(version));

function goRun(version, args, env = {}) {
  return spawnSync(isPackaged(version) ? packaged(version) : go, args, { encoding: 'utf8', cwd: sources, env: { ...process.env, GOTOOLCHAIN: version || 'local', GOWORK: 'off', GOFLAGS: '', ...env } });
}

function hashOf(program) {
  const hash = createHash('sha256');
  for (const file of readdirSync(join(sources, program)).sort()) hash.update(file).update(readFileSync(join(sources, program, file)));
  return hash.digest('hex').slice(0, 8);
}

function build(version, os, program) {
  const out = join(cache, version || 'local', os, `${program}-${hashOf(program)}.wasm`);
  if (existsSync(out)) return out;
  mkdirSync(dirname(out), { recursive: true });
  const isLibrary = readFileSync(join(sources, program, 'main.go'), 'utf8').includes('//go:wasmexport');
  const mode = isLibrary && os === 'wasip1' ? ['-buildmode=c-shared'] : [];
  const result = goRun(version, ['build', ...mode, '-trimpath', '-buildvcs=false', '-ldflags=-s -w', '-o', out, `./${program}`], { GOOS: os, GOARCH: 'wasm' });
  return result.status === 0 ? out : null;
}

// Exported functions of `export`, called in an order that all hosts keep.
const callExports = `({ add, mix, busy, safe, tell }) => {
  console.log(add(2, 3), mix(-7n, 2.5, 1.5, 9), safe(3), safe(0), tell());
  return busy;
}`;

const wasiRunner = `
import fs from 'node:fs'; import { WASI } from 'node:wasi';
const wasi = new WASI({ version: 'preview1', args: ['program'], env: {}, returnOnExit: true });
const { instance } = await WebAssembly.instantiate(fs.readFileSync(process.argv[2]), wasi.getImportObject());
if (instance.exports._start) process.exitCode = wasi.start(instance);
else {
  wasi.initialize(instance);
  console.log((${callExports})(instance.exports)(5));
}`;

// What programs for js are called by: `jscall` hands its functions over when it is ready, `export` has exports. When
// nothing is left to wait for, wasm_exec_node.js wakes Go, which finds a deadlock.
const jsHost = `
const { instantiate } = WebAssembly;
let exported;
WebAssembly.instantiate = async (...args) => {
  const made = await instantiate(...args);
  exported = made.instance.exports;
  return made;
};
async function callBack(work, bytes, told) {
  for (let i = 0; i < 300; i++) {
    const { later, ...rest } = work(i, 'text ' + i, [i, 2, 3, i % 7]);
    if (i % 50 < 3) console.log(JSON.stringify(rest), await later);
  }
  const data = Uint8Array.from({ length: 70000 }, (_, i) => i * 7);
  console.log(bytes(data), data.reduce((sum, x) => (sum * 31 + x) % 65521));
  console.log(told());
}
globalThis.onGoReady = (...functions) => void setTimeout(() => functions.length ? callBack(...functions) : (${callExports})(exported));
`;

const glueOf = (goroot) => ['lib/wasm', 'misc/wasm'].map((dir) => join(goroot, dir, 'wasm_exec_node.js')).find(existsSync);

// Archives of 1.20 to 1.23 lack wasm_exec_node.js. Go's own functions are imported from "go" up to 1.20, then from "gojs".
function findGlue(version) {
  const own = glueOf(goRun(version, ['env', 'GOROOT']).stdout.trim());
  return own ?? glueOf(Number(version.split('.')[1]) < 21 ? '/usr/share/go-1.19' : goRun('', ['env', 'GOROOT']).stdout.trim());
}

function runModule(version, os, module, scratch) {
  const glue = os === 'js' && findGlue(version);
  if (os === 'js' && !glue) return null;
  writeFileSync(join(scratch, 'wasi.mjs'), wasiRunner);
  writeFileSync(join(scratch, 'host.cjs'), jsHost);
  const script = os === 'js' ? ['-r', join(scratch, 'host.cjs'), glue] : [join(scratch, 'wasi.mjs')];
  const result = spawnSync(process.execPath, ['--no-warnings', '--stack-size=4096', ...script, module], { maxBuffer: 1 << 28, timeout: 300000 });
  return { out: result.stdout.toString('latin1'), err: result.stderr.toString('latin1'), code: result.status };
}

const differs = (a, b, keys) => keys.find((key) => a[key] !== b[key]);

// The memory that a module has before anything of it was called.
async function initialMemory(bytes) {
  const module = new WebAssembly.Module(bytes);
  const imports = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module)) (imports[from] ??= {})[name] = () => 0;
  const { mem, memory } = new WebAssembly.Instance(module, imports).exports;
  return Buffer.from((mem ?? memory).buffer);
}

// What go-pack and go-findfunc leave to the start function must be there before anything runs, and nothing else.
async function checkMemory(module, target) {
  const memories = [];
  for (const skipped of [[], ['--skip-pass=go-pack,go-findfunc']]) {
    const made = spawnSync(wring, ['opt', '-q', '-O2', ...skipped, '-o', target, module], { encoding: 'utf8' });
    if (made.status !== 0) throw new Error(`wring: ${made.stderr}`);
    memories.push(await initialMemory(readFileSync(target)));
  }
  if (!memories[0].equals(memories[1])) throw new Error('initial memory differs');
}

const runVerify = (module, target, args) =>
  spawnSync(wring, ['verify', `--node=${process.execPath}`, ...args.filter((arg) => arg.startsWith('--')), module, target], { encoding: 'utf8' });

function verify(module, target, args) {
  const { status, stdout, stderr } = runVerify(module, target, args);
  if (status !== 0) throw new Error(`wring verify, after ${args.join(' ')}: ${stdout}${stderr}`);
}

// A byte right behind pclntab, which passes rewrote: the last byte of the data segment that holds most, but one.
function plantChange(module, target) {
  const bytes = readFileSync(target);
  bytes[bytes.length - 2] ^= 1;
  if (!WebAssembly.validate(bytes)) throw new Error('the planted change is not valid');
  writeFileSync(target, bytes);
  if (runVerify(module, target, []).status !== 6) throw new Error('wring verify: a planted change was not seen');
}

async function check(version, os, program, scratch) {
  const module = build(version, os, program);
  if (!module) return 'not built';
  const before = runModule(version, os, module, scratch);
  if (!before) return 'cannot be run';
  const again = runModule(version, os, module, scratch);
  if (differs(before, again, ['out', 'err', 'code'])) return 'differs from run to run';
  const target = join(scratch, 'out.wasm');
  const tries = options.levels.split(',').map((level) => [[`-${level}`], ['out', 'err', 'code']]);
  tries.push([['-Os', '--go-lean'], printsLines.has(program) ? ['code'] : ['out', 'code']]);
  if (!callsMethods.has(program)) tries.push([['-Oz', '--go-assume-no-reflect-methods'], ['out', 'err', 'code']]);
  for (const [args, keys] of tries) {
    const made = spawnSync(wring, ['opt', '-q', ...args, '-o', target, module], { encoding: 'utf8' });
    if (made.status !== 0) throw new Error(`wring ${args.join(' ')}: ${made.stderr}`);
    const key = differs(before, runModule(version, os, target, scratch), keys);
    if (key) throw new Error(`wring ${args.join(' ')}: ${key} differs`);
    verify(module, target, args);
  }
  plantChange(module, target);
  await checkMemory(module, target);
  return 'same';
}

if (goRun('', ['version']).status !== 0) {
  console.error('no Go: set WRING_GO or install one');
  process.exit(77);
}
const scratch = mkdtempSync(join(tmpdir(), 'wring-go-'));
let failures = 0;
for (const version of options.versions ? options.versions.split(',').map((v) => `go${v}`) : [''])
  for (const os of ['js', 'wasip1'])
    for (const program of programs) {
      let verdict;
      try {
        verdict = await check(version, os, program, scratch);
      } catch (error) {
        verdict = `FAILED: ${error.message}`;
        failures++;
      }
      console.log(`${version || 'local'} ${os} ${program}: ${verdict}`);
    }
rmSync(scratch, { recursive: true });
process.exit(failures ? 1 : 0);
