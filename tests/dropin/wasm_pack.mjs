// `wasm-pack build` of a crate, with wring in wasm-opt's place: first where the PATH decides, then where wasm-pack keeps the
// one that it has unpacked (`wring install-into wasm-pack`). The package must print what it does without any wasm-opt, and its
// module be smaller, also than by the pinned wasm-opt. Needs scripts/setup-wasm-pack.
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, readdirSync, readlinkSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const { WRING, WRING_ROOT, WRING_WASM_OPT } = process.env;
const work = join(WRING_ROOT, 'build/dropin/wasm-pack');
const crate = join(work, 'crate'), cache = join(work, 'cache');

const setup = spawnSync(join(WRING_ROOT, 'scripts/setup-wasm-pack'), ['--check'], { encoding: 'utf8' });
if (setup.status !== 0) {
  console.error('no wasm-pack: run scripts/setup-wasm-pack');
  process.exit(77);
}
const tools = setup.stdout.trim();

function run(program, args, env = {}) {
  const r = spawnSync(program, args, { encoding: 'utf8', cwd: crate, timeout: 600_000, env: { ...process.env, ...env } });
  if (r.status !== 0) throw new Error(`${program} ${args.join(' ')}: exit status ${r.status}\n${r.stderr}`);
  return r.stdout + r.stderr;
}

// The PATH without any wasm-opt: the folders that have one are replaced by links to all else in them.
function pathWithoutWasmOpt() {
  const dirs = [tools, ...process.env.PATH.split(delimiter)].filter(existsSync);
  return dirs.map((dir, k) => {
    if (!existsSync(join(dir, 'wasm-opt'))) return dir;
    const copy = join(work, `path${k}`);
    mkdirSync(copy);
    for (const name of readdirSync(dir)) if (name !== 'wasm-opt') symlinkSync(join(dir, name), join(copy, name));
    return copy;
  }).join(delimiter);
}

function build(name, path) {
  const out = join(work, name);
  const said = run(join(tools, 'wasm-pack'), ['build', '--target', 'nodejs', '--mode', 'no-install', '-d', out],
    { PATH: path, WASM_PACK_CACHE: cache, CARGO_TARGET_DIR: join(work, 'target') });
  const printed = run(process.execPath, [join(crate, 'use.cjs'), join(out, 'sample.js')]);
  return { said, printed, bytes: statSync(join(out, 'sample_bg.wasm')).size };
}

// Where this version of wasm-pack unpacks wasm-opt. The name has a hash of the address that it would come from; a build that
// found none has left a lock file of that name.
function unpackedIn() {
  const lock = readdirSync(cache).find(name => name.startsWith('.wasm-opt-') && name.endsWith('.lock'));
  if (!lock) throw new Error(`wasm-pack looked for no wasm-opt in ${cache}`);
  return join(cache, lock.slice(1, -'.lock'.length));
}

rmSync(work, { recursive: true, force: true });
mkdirSync(cache, { recursive: true });
cpSync(join(WRING_ROOT, 'tests/dropin/crate'), crate, { recursive: true });
const bare = pathWithoutWasmOpt();
const links = join(work, 'wring');
run(WRING, ['install-into', links]);

const failures = [];
const check = (holds, what) => { if (!holds) failures.push(what); };
const plain = build('plain', bare);
const ours = build('wring-in-path', links + delimiter + bare);
check(!plain.said.includes('found wasm-opt'), 'a wasm-opt is on the PATH of the build that has none');
check(ours.said.includes(join(links, 'wasm-opt')), 'wasm-pack did not run wring');
check(ours.printed === plain.printed, `the package prints ${ours.printed} instead of ${plain.printed}`);
check(ours.bytes < plain.bytes, `${plain.bytes} bytes became ${ours.bytes}`);
let sizes = `${plain.bytes} bytes, ${ours.bytes} by wring`;

if (WRING_WASM_OPT) {
  const theirs = join(work, 'binaryen');
  mkdirSync(theirs);
  writeFileSync(join(theirs, 'wasm-opt'), `#!/bin/sh\nexec "${process.execPath}" "${WRING_WASM_OPT}" "$@"\n`);
  chmodSync(join(theirs, 'wasm-opt'), 0o755);
  const binaryen = build('binaryen-in-path', theirs + delimiter + bare);
  check(ours.bytes <= binaryen.bytes, `wring makes ${ours.bytes} bytes, Binaryen ${binaryen.bytes}`);
  sizes += `, ${binaryen.bytes} by Binaryen`;
}

const unpacked = unpackedIn();
mkdirSync(join(unpacked, 'bin'), { recursive: true });
symlinkSync('/bin/false', join(unpacked, 'bin/wasm-opt'));
run(WRING, ['install-into', 'wasm-pack'], { WASM_PACK_CACHE: cache });
const installed = build('wring-unpacked', bare);
const modules = ['wring-unpacked', 'wring-in-path'].map(name => readFileSync(join(work, name, 'sample_bg.wasm')));
check(modules[0].equals(modules[1]) && installed.printed === plain.printed, 'wring in the place of the unpacked wasm-opt makes something else');
run(WRING, ['install-into', 'wasm-pack', '--undo'], { WASM_PACK_CACHE: cache });
check(readlinkSync(join(unpacked, 'bin/wasm-opt')) === '/bin/false', '--undo does not bring the unpacked one back');

for (const failure of failures) console.error(`FAILED wasm-pack: ${failure}`);
console.log(`wasm-pack build, with wring in wasm-opt's place: ${sizes}`);
process.exit(failures.length ? 1 : 0);
