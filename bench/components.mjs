// The corpus of components (corpus/components.tsv): makes each with wasm-tools, optimizes it, validates the output, and runs both in
// Wasmtime, which must print the same. Prints raw bytes and brotli's (quality 11). Options:
//   NAME…           only these            --level=-Oz     how they are optimized
//   --add=FILE…     components that somebody else made, measured and validated, but not run
//   --jco=DIR       jco's package: also what `jco opt -- -Oz` makes of each, and commands run through jco in Node
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { brotliCompressSync, constants as z } from 'node:zlib';
import { corpusDir, modulePath, readManifest } from '../corpus/lib/corpus.mjs';
import { ROOT, WRING } from '../tests/lib/wring.mjs';

const options = process.argv.slice(2), names = options.filter((o) => !o.startsWith('--'));
const given = (name) => options.filter((o) => o.startsWith(`--${name}=`)).map((o) => o.slice(name.length + 3));
const level = given('level')[0] ?? '-Oz', jco = given('jco')[0];
const work = mkdtempSync(join(tmpdir(), 'wring-components-bench-')), at = (name) => join(work, name);
const sources = join(corpusDir, 'src/component'), tests = join(ROOT, 'tests/components');
const manifest = new Map(readManifest().map((row) => [row.name, row]));

function call(command, args, env = {}) {
  const r = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 28, env: { ...process.env, ...env } });
  return { status: r.status, text: `${r.stdout}${r.stderr}` };
}

function must(command, args) {
  const { status, text } = call(command, args);
  if (status !== 0) throw new Error(`${basename(command)} ${args.join(' ')}: status ${status}: ${text}`);
  return text;
}

const wasmTools = (...args) => must(process.env.WRING_WASM_TOOLS, args);

/** A program of tests/dropin/tinygo, by the tinygo on the PATH. */
function makeByTinyGo(program) {
  const folder = at('tinygo'), core = join(folder, 'core.wasm');
  mkdirSync(folder);
  cpSync(join(ROOT, 'tests/dropin/tinygo', program, 'main.go'), join(folder, 'main.go'));
  cpSync(join(sources, 'realloc.go'), join(folder, 'realloc.go'));
  writeFileSync(join(folder, 'go.mod'), 'module program\ngo 1.22\n');
  const built = spawnSync('tinygo', ['build', '-target=wasip1', '-opt=s', '-gc=leaking', '-o', core, '.'], { cwd: folder, encoding: 'utf8' });
  if (!built.error && built.status !== 0) throw new Error(`tinygo: ${built.stderr}`);
  return core;
}

function make({ name, module, world }) {
  const file = at(`${name}.wasm`), program = module.startsWith('tinygo:') && module.slice(7);
  const core = program ? makeByTinyGo(program) : modulePath(manifest.get(module));
  if (!existsSync(core)) return null;
  if (world === 'command') {
    wasmTools('component', 'new', core, '--adapt', `wasi_snapshot_preview1=${join(tests, 'wasi_snapshot_preview1.command.wasm')}`, '-o', file);
  } else {
    wasmTools('component', 'embed', join(sources, `${world}.wit`), core, '--world', world, '-o', at('embedded.wasm'));
    wasmTools('component', 'new', at('embedded.wasm'), '-o', file);
  }
  return file;
}

/** What a component prints in Wasmtime. */
function run({ world, args }, file) {
  const scratch = at('scratch');
  rmSync(scratch, { recursive: true, force: true });
  cpSync(sources, scratch, { recursive: true });
  const script = join(tests, world === 'command' ? 'run_wasi.py' : 'run_exports.py');
  const { status, text } = call('python3', [script, file, ...args], { PYTHONPATH: process.env.WRING_PYTHON_PACKAGES, WRING_SCRATCH: scratch });
  return `${text}status ${status}`;
}

const runner = 'const { run } = await import(process.argv[1]); try { run.run(); } catch (error) { console.log(String(error)); }';

/** What a command prints in Node, made JavaScript by jco; without arguments. */
function runThroughJco(file) {
  const out = join(jco, '../../..', `wring-bench-${process.pid}`); // where Node finds jco's shim
  must(process.execPath, [join(jco, 'dist/jco.js'), 'transpile', file, '-q', '-o', out]);
  writeFileSync(join(out, 'package.json'), '{ "type": "module" }');
  const { status, text } = call(process.execPath, ['--input-type=module', '-e', runner, join(out, basename(file).replace(/\.wasm$/, '.js'))]);
  rmSync(out, { recursive: true });
  return `${text}status ${status}`;
}

function rival(file, out) {
  const { status } = call(process.execPath, [join(jco, 'dist/jco.js'), 'opt', file, '-o', out, '--', '-Oz', '--all-features', '--strip-debug', '--strip-producers']);
  return status === 0 && existsSync(out) ? out : null;
}

function sizes(file) {
  if (!file) return [0, 0];
  const bytes = readFileSync(file), params = { [z.BROTLI_PARAM_QUALITY]: 11, [z.BROTLI_PARAM_LGWIN]: 24, [z.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  return [bytes.length, brotliCompressSync(bytes, { params }).length];
}

const sums = [];
function check(row, file) {
  const out = at(`out/${basename(file)}`);
  must(WRING, ['-q', level, file, '-o', out]);
  wasmTools('validate', '--features=all', out);
  const ways = [(f) => run(row, f), jco && row.world === 'command' && runThroughJco].filter((way) => way && row.args && row.args[0] !== '-');
  for (const way of ways) {
    const [before, after] = [way(file), way(out)];
    if (!before.endsWith('status 0')) throw new Error(`it does not run: ${before}`);
    if (before !== after) throw new Error(`it prints\n${after}\ninstead of\n${before}`);
  }
  const found = [sizes(file), sizes(out), sizes(jco && rival(file, at('rival.wasm')))].flat();
  found.forEach((n, i) => { sums[i] = (sums[i] ?? 0) + n; });
  print(row.name, found);
}

function print(name, [raw, brotli, ours, oursBrotli, theirs, theirsBrotli]) {
  const columns = [raw, brotli, ours, oursBrotli, (ours / raw).toFixed(3), (oursBrotli / brotli).toFixed(3)];
  if (theirs) columns.push(theirs, theirsBrotli, (ours / theirs).toFixed(3), (oursBrotli / theirsBrotli).toFixed(3));
  console.log(name.padEnd(16), columns.map((n) => String(n).padStart(11)).join(' '));
}

mkdirSync(at('out'));
const rows = readFileSync(join(corpusDir, 'components.tsv'), 'utf8').split('\n').filter((line) => line && !line.startsWith('#')).map((line) => {
  const [name, module, world, args] = line.split('\t');
  return { name, module, world, args: args ? args.split(' ') : [] };
});
let failed = 0;
function attempt(row, file) {
  try {
    const made = file ?? make(row);
    if (made) check(row, made);
    else console.log(`${row.name}: its module is not in the cache, or its compiler not on the PATH`);
  } catch (error) {
    failed++;
    console.log(`${row.name}: ${error.message}`);
  }
}
console.log('component'.padEnd(16), ['input', 'brotli', 'wring', 'brotli', 'raw', 'brotli', ...(jco ? ['jco opt', 'brotli', 'raw', 'brotli'] : [])].map((n) => n.padStart(11)).join(' '));
for (const row of rows) if (!names.length || names.includes(row.name)) attempt(row);
for (const file of given('add')) attempt({ name: basename(file, '.wasm') }, resolve(file));
if (sums.length) print('sum', sums);
rmSync(work, { recursive: true });
process.exitCode = failed ? 1 : 0;
