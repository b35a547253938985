// Debian's emcc with wring in the place of Binaryen's tools: each setting is built twice, with Binaryen and with wring, and both
// programs must print the same. With wring there is no Binaryen on the PATH, unless the setting says that it needs one. Options: --only=SUBSTRING, --sizes prints what .wasm and .js come to,
// --fresh builds with Binaryen again what the cache has of it.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { codeStart, lookUp, readSourceMap } from '../debug/maps.mjs';
import { settings } from './settings.mjs';

const { WRING, WRING_ROOT, WRING_CACHE } = process.env;
const here = join(WRING_ROOT, 'tests/dropin');
const programs = join(here, 'programs');
const work = join(WRING_ROOT, 'build/dropin');
const cache = join(WRING_CACHE, 'dropin');
const option = name => process.argv.find(a => a.startsWith(`--${name}`));
const only = option('only=')?.slice(7) ?? '';

// What emcc finds: acorn where Debian has it, and nothing of the caller's.
const env = (path, extra = {}, system = '/usr/bin:/bin') => {
  const clean = Object.fromEntries(Object.entries(process.env).filter(([k]) => !/^(WASM_OPT|EMCC_|EM_|WRING_)/.test(k)));
  return { ...clean, NODE_PATH: '/usr/share/nodejs', PATH: `${path}${system}`, ...extra };
};

function call(command, args, options) {
  const got = spawnSync(command, args, { encoding: 'utf8', timeout: 300_000, ...options });
  return { ...got, said: `${got.stdout}${got.stderr}${got.error ?? ''}` };
}

function emcc(args, path, extra, system) {
  const got = call(args.some(a => a.endsWith('.cpp') || a === '-x++') ? 'em++' : 'emcc', args.filter(a => a !== '-x++'), { env: env(path, extra, system) });
  if (got.status !== 0) throw new Error(`emcc ${args.join(' ')}\n${got.said}`);
  return got.said;
}

// Objects are the same for both.
function compile(setting, dir) {
  return setting.sources.map(source => {
    const object = join(dir, `${source}.o`);
    emcc([...setting.flags, '-c', join(programs, source), '-o', object], '');
    return object;
  });
}

function link(setting, objects, dir, path, extra, system) {
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
  const cpp = setting.sources[0].endsWith('.cpp') ? ['-x++'] : [];
  if (setting.side)
    emcc([...setting.flags, join(programs, setting.side), '-sSIDE_MODULE=1', '-o', join(dir, 'side.wasm')], path, extra, system);
  const preload = setting.side ? ['--preload-file', `${join(dir, 'side.wasm')}@side.wasm`] : [];
  return emcc([...cpp, ...setting.flags, ...(setting.link ?? []), ...objects, ...preload, '-o', join(dir, 'app.js')], path, extra, system);
}

// Node 18 and later have a fetch that this emcc takes for a browser's.
function run(dir) {
  const got = call('node', ['-r', join(here, 'no_fetch.cjs'), 'app.js'], { cwd: dir, env: env(''), timeout: 60_000 });
  return { status: got.status, printed: got.stdout, errors: got.stderr };
}

const size = dir => readdirSync(dir).filter(f => /\.(wasm|js)$/.test(f)).reduce((n, f) => n + readFileSync(join(dir, f)).length, 0);

// Binaryen's side of a setting changes only with its sources and flags.
function expected(setting, objects) {
  const hash = createHash('sha256').update(JSON.stringify(setting)).update(call('emcc', ['--version'], { env: env('') }).stdout);
  for (const f of [...setting.sources, setting.side].filter(Boolean)) hash.update(readFileSync(join(programs, f)));
  const file = join(cache, `${setting.name}-${hash.digest('hex').slice(0, 16)}.json`);
  if (existsSync(file) && !option('fresh')) return JSON.parse(readFileSync(file));
  const dir = join(work, setting.name, 'binaryen');
  link(setting, objects(), dir, '');
  const result = { ...run(dir), size: size(dir) };
  mkdirSync(cache, { recursive: true });
  writeFileSync(file, JSON.stringify(result));
  return result;
}

// Each line of a symbol map names a function that is there.
function checkSymbols(dir) {
  const lines = readFileSync(join(dir, 'app.js.symbols'), 'utf8').trim().split('\n');
  if (!lines.some(l => /^\d+:main$/.test(l))) throw new Error('main is not in the symbol map');
  const module = new WebAssembly.Module(readFileSync(join(dir, 'app.wasm')));
  if (WebAssembly.Module.customSections(module, 'name').length) throw new Error('names were kept');
}

// Where the program traps, as its source map or its DWARF has it.
function placeOf(setting, dir, at) {
  const module = join(dir, 'app.wasm');
  if (setting.crash === 'map') return lookUp(readSourceMap(`${module}.map`), at)?.line;
  const address = (at - codeStart(readFileSync(module))).toString(16);
  const said = call('llvm-symbolizer', [`--obj=${module}`, '--output-style=JSON', `0x${address}`]);
  return said.error ? undefined : JSON.parse(said.stdout)[0].Symbol[0].Line;
}

// Given an argument, the program traps at the line that says so.
function checkCrash(setting, dir) {
  const got = call('node', ['-r', join(here, 'no_fetch.cjs'), 'app.js', 'long'], { cwd: dir, env: env('') });
  const at = /:0x([0-9a-f]+)/.exec(got.said);
  if (!at) throw new Error(`it does not trap: ${got.said}`);
  const marked = readFileSync(join(programs, setting.sources[0]), 'utf8').split('\n').findIndex(l => l.endsWith('// HERE')) + 1;
  const line = placeOf(setting, dir, parseInt(at[1], 16));
  if (line !== marked) throw new Error(`it traps at line ${marked}, and its ${setting.crash} says ${line}`);
}

function check(setting, tools) {
  const dir = join(work, setting.name);
  mkdirSync(dir, { recursive: true });
  let made;
  const objects = () => (made ??= compile(setting, dir));
  const want = expected(setting, objects);
  if (want.status !== 0) throw new Error(`with Binaryen it ends with ${want.status}: ${want.errors}`);
  const out = join(dir, 'wring');
  const bare = setting.binaryen ? undefined : tools.bare;
  const said = link(setting, objects(), out, `${tools.dir}:`, bare && { WRING_WASM_OPT_VERSION: '108' }, bare);
  const got = run(out);
  if (got.status !== want.status || got.printed !== want.printed)
    throw new Error(`it ends with ${got.status} and prints\n${got.printed}${got.errors}\nand should print\n${want.printed}`);
  if (/wring:/.test(said)) console.log(`${setting.name}: ${said.trim()}`);
  if (setting.symbols) checkSymbols(out);
  if (setting.crash) checkCrash(setting, out);
  return { before: want.size, after: size(out) };
}

// Links to wring, and in another folder to what else emcc looks for on the PATH.
function linkTools() {
  const folder = (name, entries) => {
    const dir = join(work, name);
    rmSync(dir, { recursive: true, force: true });
    mkdirSync(dir, { recursive: true });
    for (const [tool, target] of entries) symlinkSync(target, join(dir, tool));
    return dir;
  };
  const tools = ['wasm-opt', 'wasm-metadce', 'wasm-ctor-eval', 'wasm-emscripten-finalize'];
  const others = ['emcc', 'em++', 'python3', 'node', 'sh', 'basename', 'env'];
  return { dir: folder('bin', tools.map(tool => [tool, WRING])), bare: folder('bare', others.map(tool => [tool, `/usr/bin/${tool}`])) };
}

if (call('emcc', ['--version'], { env: env('') }).status !== 0) {
  console.error('no emcc (Debian: emscripten)');
  process.exit(77);
}
const tools = linkTools();
let failed = 0, logs = 0, n = 0;
for (const setting of settings.filter(s => s.name.includes(only))) {
  try {
    const { before, after } = check(setting, tools);
    logs += Math.log(after / before);
    n++;
    if (option('sizes')) console.log(`${setting.name.padEnd(26)} ${String(before).padStart(8)} ${String(after).padStart(8)} ${(after / before).toFixed(3)}`);
  } catch (error) {
    failed++;
    console.error(`FAILED ${basename(setting.name)}: ${error.message}`);
  }
}
console.log(`${n} settings of emcc print the same, ${failed} don't; .wasm and .js are ${Math.exp(logs / n).toFixed(3)} of those by Binaryen`);
process.exit(failed ? 1 : 0);
