// The build for hosts that know nothing but WASI (`cmake --preset wasi-plain`), in Wasmtime: the native program's bytes.
// Building it takes minutes, so it is tested where somebody has built it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { assemble, corpusModule, inFolder, native, ROOT } from './native.mjs';

const program = path.join(ROOT, 'build-wasi-plain/wring.wasm');
const skip = existsSync(program) ? false : 'cmake --preset wasi-plain && cmake --build --preset wasi-plain';

test('in Wasmtime the bytes are the native program\'s', { skip }, () => inFolder((dir) => {
  const modules = { named: assemble('tests/cli/modules/named.wat'), large: corpusModule('re2-wasm') ?? readFileSync(program) };
  const runs = Object.keys(modules).flatMap((name) => ['s', 'z'].map((level) => ({ name, level, out: `${name}-${level}.wasm` })));
  for (const [name, module] of Object.entries(modules)) writeFileSync(path.join(dir, `${name}.wasm`), module);
  const lists = runs.map(({ name, level, out }) => JSON.stringify([`${name}.wasm`, '-o', out, '-q', `-O${level}`]));
  execFileSync('python3', [path.join(ROOT, 'js/test/run_plain.py'), program, dir, ...lists],
    { env: { ...process.env, PYTHONPATH: process.env.WRING_PYTHON_PACKAGES } });
  for (const { name, level, out } of runs)
    assert.ok(native(modules[name], [`-O${level}`]).equals(readFileSync(path.join(dir, out))), `${name} at -O${level}`);
}));
