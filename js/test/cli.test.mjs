// bin/wring.mjs: the program over the machine's files, with the native program's options, exit codes and output.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { assemble, CLI, inFolder, native, WRING } from './native.mjs';

const named = assemble('tests/cli/modules/named.wat');
const wring = (cwd, args, input) =>
  spawnSync(process.execPath, [CLI, ...args], { cwd, input, env: { ...process.env, WRING_NATIVE: '0' } });

test('paths: relative, absolute, upwards', () => inFolder((dir) => {
  mkdirSync(path.join(dir, 'sub'));
  writeFileSync(path.join(dir, 'in.wasm'), named);
  const expected = native(named, ['-Oz']);
  for (const [cwd, from, to] of [['.', 'in.wasm', 'sub/a.wasm'], ['sub', '../in.wasm', '../b.wasm'],
    ['.', path.join(dir, 'in.wasm'), path.join(dir, 'c.wasm')], ['.', './in.wasm', 'in2.wasm']]) {
    const { status, stderr } = wring(path.join(dir, cwd), [from, '-o', to, '-Oz']);
    assert.equal(status, 0, stderr.toString());
    assert.deepEqual(readFileSync(path.resolve(dir, cwd, to)), expected);
  }
  assert.deepEqual(readdirSync(path.join(dir, 'sub')), ['a.wasm']); // no temporary file stays
}));

test('standard input and output', () => {
  const { status, stdout } = wring('.', ['-', '-o', '-', '-q'], named);
  assert.equal(status, 0);
  assert.deepEqual(stdout, native(named, []));
});

test('exit codes and messages', () => inFolder((dir) => {
  writeFileSync(path.join(dir, 'bad.wasm'), named.subarray(0, 40));
  for (const [args, status] of [[['--no-such'], 1], [['bad.wasm', '-o', 'x.wasm'], 2], [['none.wasm', '-o', 'x.wasm'], 3]]) {
    const ours = wring(dir, args), theirs = spawnSync(WRING, args, { cwd: dir });
    assert.equal(ours.status, status);
    assert.equal(theirs.status, status);
    assert.equal(ours.stderr.toString(), theirs.stderr.toString());
  }
  assert.ok(!existsSync(path.join(dir, 'x.wasm')));
}));

test('the file replaced keeps its mode, and links are followed', () => inFolder((dir) => {
  const file = path.join(dir, 'in.wasm');
  writeFileSync(file, named);
  chmodSync(file, 0o640);
  symlinkSync('in.wasm', path.join(dir, 'link.wasm'));
  assert.equal(wring(dir, ['in.wasm', '-o', 'link.wasm', '-q']).status, 0);
  assert.equal(statSync(file).mode & 0o777, 0o640);
  assert.deepEqual(readFileSync(file), native(named, []));
}));

test('help is the native program\'s', () => {
  assert.equal(wring('.', ['--help']).stdout.toString(), spawnSync(WRING, ['--help']).stdout.toString());
});

test('what needs another program says that it cannot', () => inFolder((dir) => {
  writeFileSync(path.join(dir, 'in.wasm'), named);
  const { status, stderr } = wring(dir, ['verify', 'in.wasm', 'in.wasm']);
  assert.equal(status, 3);
  assert.ok(stderr.length > 10);
}));

test('the cache', () => inFolder((dir) => {
  writeFileSync(path.join(dir, 'in.wasm'), named);
  const runs = [1, 2].map((i) => wring(dir, ['in.wasm', '-o', `${i}.wasm`, '-Oz', '-v', '--cache=kept']).stderr.toString());
  assert.deepEqual(runs.map((text) => /from the cache/.test(text)), [false, true]);
  assert.deepEqual(readFileSync(path.join(dir, '2.wasm')), native(named, ['-Oz']));
  const ours = spawnSync(WRING, ['in.wasm', '-o', '3.wasm', '-Oz', '-v', '--cache=kept'], { cwd: dir });
  assert.match(ours.stderr.toString(), /from the cache/); // the native program's results are the same, so they are shared
}));
