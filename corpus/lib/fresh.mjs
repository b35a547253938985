// How the group `fresh` is built: programs straight from the linker, as a build pipeline hands them to an optimizer.
// A row is called fresh-PROGRAM-COMPILER-LEVEL:
//   clang   Debian's clang and wasi-libc
//   zig     `zig cc` of the pinned ziglang: a current clang, its own wasi-libc and libc++
//   ziglang the same ziglang, for programs in Zig: its standard library, and LLVM's code as Zig's own modes ask for it
//   emcc    Debian's emcc; the module is what it hands to its wasm-opt, recorded by a program of that name before it in the PATH
//   asc     AssemblyScript's compiler (corpus/package.json), which optimizes nothing at O0
//   rust    cargo and rustc, for wasm32-unknown-unknown: a library whose function `run` the workload calls
// Sources of libraries come from corpus/sources.
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { corpusDir, importRoot, storeDir } from './corpus.mjs';

const here = join(corpusDir, 'src/fresh');
const crate = (name) => join(storeDir, 'sources/crates', name);
const rustCrates = join(storeDir, 'sources/rust');
const debian = (name) => join(storeDir, 'sources/debian', name);
const filesIn = (folder, pattern = /\.c$/, except = /^$/) => existsSync(folder)
  ? readdirSync(folder).filter((name) => pattern.test(name) && !except.test(name)).sort().map((name) => join(folder, name))
  : [];

const lua = join(crate('lua-src'), 'lua-5.4.7');
const sqlite = join(crate('libsqlite3-sys'), 'sqlite3');
const lz4 = join(crate('lz4-sys'), 'liblz4/lib');
const zlib = join(crate('libz-sys'), 'src/zlib');
const zstd = join(crate('zstd-sys'), 'zstd/lib');
const re2 = join(storeDir, 'sources/npm/re2/vendor');

// Errors of Lua end the program, since neither wasi-libc has setjmp; nothing depends on the time.
const luaFlags = ['-Dluai_jmpbuf=int', '-DLUAI_THROW(L,c)=__builtin_trap()', '-DLUAI_TRY(L,c,a)={a}', '-Dluai_makeseed(L)=17u', '-Dl_randomizePivot()=17u'];
const lz4Files = () => ['lz4', 'lz4hc', 'lz4frame', 'xxhash'].map((name) => join(lz4, `${name}.c`));

const programs = {
  lua: { files: () => filesIn(lua, /\.c$/, /^luac?\.c$|^onelua|^loslib\.c$|^liolib\.c$/), include: [lua], flags: [...luaFlags, '-D_WASI_EMULATED_SIGNAL'], own: ['lua.c', 'lua_wasi.c'] },
  sqlite: { files: () => [join(sqlite, 'sqlite3.c'), join(sqlite, 'wasm32-wasi-vfs.c')], include: [sqlite],
    flags: ['-DSQLITE_OS_OTHER=1', '-DSQLITE_THREADSAFE=0', '-DSQLITE_OMIT_LOAD_EXTENSION', '-DSQLITE_TEMP_STORE=3', '-DSQLITE_ENABLE_FTS5', '-DSQLITE_ENABLE_RTREE', '-DLONGDOUBLE_TYPE=double'] },
  lz4: { files: lz4Files, include: [lz4] },
  cjson: { files: () => [join(debian('cjson'), 'cJSON.c')], include: [debian('cjson')] },
  lzj: { files: () => [...lz4Files(), join(debian('cjson'), 'cJSON.c')], include: [lz4, debian('cjson')] },
  zlib: { files: () => filesIn(zlib, /\.c$/, /^gz/), include: [zlib] },
  zstd: { files: () => ['common', 'compress', 'decompress'].flatMap((folder) => filesIn(join(zstd, folder))), include: [zstd], flags: ['-DZSTD_DISABLE_ASM'] },
  miniz: { files: () => [join(crate('miniz-sys'), 'miniz.c')], include: [crate('miniz-sys')], flags: ['-DMINIZ_NO_TIME', '-DMINIZ_NO_STDIO'] },
  expat: { files: () => ['xmlparse', 'xmlrole', 'xmltok'].map((name) => join(debian('expat'), 'expat/lib', `${name}.c`)), include: [join(debian('expat'), 'expat/lib')], flags: ['-DXML_NS', '-DXML_DTD', '-DXML_POOR_ENTROPY', '-DXML_CONTEXT_BYTES=1024', '-DBYTEORDER=1234', '-DHAVE_MEMMOVE'] },
  tinyxml2: { files: () => [join(debian('tinyxml2'), 'tinyxml2.cpp')], include: [debian('tinyxml2')], cxx: true },
  re2: { files: () => [...filesIn(join(re2, 're2'), /\.cc$/, /^filtered|^prefilter_tree/), ...['rune', 'strutil'].map((name) => join(re2, 'util', `${name}.cc`))], include: [re2], cxx: true, locks: ['npm.tsv'] },
  cxx: { files: () => [], include: [], cxx: true },
  digest: { files: () => [], include: [], own: ['digest.zig'] },
  words: { files: () => [], include: [], own: ['words.ts'], locks: ['../../package-lock.json'] },
  text: { files: () => [], include: [rustCrates], own: ['rust/text.rs'], locks: ['rust/Cargo.lock', 'rust/Cargo.toml'] },
};

const versionOf = (command, ...args) => {
  const result = spawnSync(command, args, { encoding: 'utf8' });
  return result.status === 0 ? result.stdout.trim() : '';
};

const asc = join(importRoot('assemblyscript'), 'bin/asc.js');
const zig = join(storeDir, 'sources/zig/ziglang/zig');
const versions = {};
const probes = {
  clang: () => versionOf('clang', '--version'),
  zig: () => versionOf(zig, 'version'),
  ziglang: () => versionOf(zig, 'version'),
  emcc: () => versionOf('emcc', '--version'),
  asc: () => versionOf(process.execPath, asc, '--version'),
  rust: () => (existsSync(join(versionOf('rustc', '--print', 'sysroot'), 'lib/rustlib/wasm32-unknown-unknown')) ? versionOf('rustc', '--version') : ''),
};

// The wasm-opt that emcc finds first: keeps what it is asked to optimize, then does as the real one would.
function recorder(folder) {
  const real = spawnSync('sh', ['-c', 'command -v wasm-opt'], { encoding: 'utf8' }).stdout.trim();
  const script = join(folder, 'wasm-opt');
  writeFileSync(script, `#!/bin/bash
for arg; do
    case $arg in
        -O*) optimizes=1 ;;
        *.wasm) [ -n "\${input:-}" ] || input=$arg ;;
    esac
done
[ -z "\${optimizes:-}" ] || [ -e "$WRING_RECORD" ] || cp "$input" "$WRING_RECORD"
exec ${real} "$@"
`);
  chmodSync(script, 0o755);
}

async function compile(run, command, options, files, work) {
  const objects = files.map((_, i) => join(work, `${i}.o`));
  for (const [i, file] of files.entries()) await run(command, [...options, '-w', '-c', file, '-o', objects[i]]);
  return objects;
}

const compilers = {
  async clang({ run, level, files, flags, out, work }) {
    const target = '--target=wasm32-wasi';
    const objects = await compile(run, 'clang', [target, `-${level}`, ...flags], files, work);
    await run('clang', [target, '-Wl,--strip-all', ...objects, '-lm', '-lwasi-emulated-getpid', '-lwasi-emulated-signal', '-o', out]);
  },
  async ziglang({ run, level, files, out, work }) {
    const env = { ZIG_GLOBAL_CACHE_DIR: join(storeDir, 'zig-cache'), ZIG_LOCAL_CACHE_DIR: join(work, 'zig') };
    const mode = { O0: 'Debug', O2: 'ReleaseFast', Os: 'ReleaseSmall' }[level];
    await run(zig, ['build-exe', '-target', 'wasm32-wasi', '-O', mode, '-fstrip', ...files, `-femit-bin=${out}`], env);
  },
  async zig({ run, cxx, level, files, flags, out, work }) {
    const env = { ZIG_GLOBAL_CACHE_DIR: join(storeDir, 'zig-cache'), ZIG_LOCAL_CACHE_DIR: join(work, 'zig') };
    await run(zig, [cxx ? 'c++' : 'cc', '-target', 'wasm32-wasi', `-${level}`, '-w', '-s', ...flags, ...files, '-lm', '-o', out], env);
  },
  async emcc({ run, cxx, level, files, flags, out, work }) {
    recorder(work);
    const command = cxx ? 'em++' : 'emcc';
    const objects = await compile(run, command, [`-${level}`, ...flags], files, work);
    await run(command, [`-${level}`, '-sSTANDALONE_WASM', '-sINITIAL_MEMORY=64MB', ...objects, '-o', join(work, 'program.wasm')],
      { PATH: `${work}${delimiter}${process.env.PATH}`, WRING_RECORD: out });
  },
  async asc({ run, level, files, out }) {
    await run(process.execPath, [asc, ...files, '--optimizeLevel', level.slice(1), '--use', 'abort=', '--outFile', out]);
  },
  async rust({ run, level, out, work }) {
    const vendored = ['source.crates-io.replace-with="vendored"', `source.vendored.directory="${rustCrates}"`];
    const settings = [...vendored, `profile.release.opt-level=${/\d/.test(level) ? level.slice(1) : `"${level.slice(1)}"`}`, 'profile.release.strip=true'];
    await run('cargo', ['build', '--quiet', '--release', '--locked', '--offline', '--target=wasm32-unknown-unknown', `--target-dir=${work}`,
      `--manifest-path=${join(here, 'rust/Cargo.toml')}`, ...settings.flatMap((setting) => ['--config', setting])]);
    copyFileSync(join(work, 'wasm32-unknown-unknown/release/wring_fresh.wasm'), out);
  },
};

// Files that say what the sources are.
const sourceLocks = ['crates/Cargo.lock', 'debian.tsv', 'requirements.txt'];

const ownFiles = ({ own, cxx }, program) => (own ?? [`${program}.${cxx ? 'cpp' : 'c'}`]).map((name) => join(here, name));

// A plan as build.mjs makes them: which compiler, what it depends on, and how.
export function freshPlan(name, out, run) {
  const [, program, compiler, level] = /^fresh-([a-z0-9]+)-([a-z]+)-(.+)$/.exec(name);
  const { files, include, flags = [], cxx = false, locks = sourceLocks } = programs[program];
  versions[compiler] ??= probes[compiler]();
  const own = ownFiles(programs[program], program);
  return {
    compiler: { version: versions[compiler] },
    source: [...own, ...filesIn(here, /\.h$/), ...locks.map((name) => join(here, name))],
    flags: [level, ...flags],
    async make() {
      if (include.some((folder) => !existsSync(folder))) throw new Error('its sources are not there; run corpus/sources');
      const work = mkdtempSync(join(storeDir, '.fresh-'));
      rmSync(out, { force: true });
      try {
        const all = [`-I${here}`, `-I${join(here, 'standin')}`, ...include.map((folder) => `-I${folder}`), ...flags, ...(cxx ? ['-std=c++17', '-fno-exceptions'] : [])];
        await compilers[compiler]({ run, cxx, level, files: [...own, ...files()], flags: all, out, work });
      } finally {
        rmSync(work, { recursive: true, force: true });
      }
    },
  };
}
