// The package's wring.wasm is what wring makes of its own build, and it works as the unshrunk one does.
import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { run } from '../src/program.mjs';
import { assemble, native, ROOT } from './native.mjs';

const built = readFileSync(path.join(ROOT, 'build-wasi/wring.wasm'));
const shrunk = readFileSync(path.join(ROOT, 'js/wring.wasm'));

test('it is the native program\'s output', () => assert.ok(native(built, ['-Oz', '--low-memory-unused']).equals(shrunk)));

test('both give the same bytes', () => {
  const modules = { named: assemble('tests/cli/modules/named.wat'), small: assemble('tests/cli/modules/small.wat'), itself: shrunk };
  const [before, after] = [new WebAssembly.Module(built), new WebAssembly.Module(shrunk)];
  for (const [name, module] of Object.entries(modules))
    for (const level of name === 'itself' ? ['s'] : ['1', '3', 's', 'z']) {
      const request = { args: ['in.wasm', '-o', 'out.wasm', '-q', `-O${level}`], files: { 'in.wasm': module } };
      const [a, b] = [before, after].map((program) => run(program, request).files.get('out.wasm'));
      assert.ok(Buffer.from(a).equals(Buffer.from(b)), `${name} at -O${level}`);
    }
});

test('it keeps to its size', () => {
  const { size } = statSync(path.join(ROOT, 'js/wring.wasm'));
  assert.ok(size <= 1.32e6, `${size} bytes`);
});
