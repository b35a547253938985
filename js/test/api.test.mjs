// The API on small modules made of text, against the native program: same bytes, same reports.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { audit, auditPage, compare, diff, optimize, optimizeWithSymbols, run, symbolicate, toArguments, WringError } from '../src/index.mjs';
import { assemble, corpusModule, native } from './native.mjs';

const named = assemble('tests/cli/modules/named.wat');

for (const level of [1, 2, 3, 's', 'z'])
  test(`optimize at -O${level} gives the native program's bytes`, async () => {
    const small = await optimize(named, { level });
    assert.deepEqual(Buffer.from(small), native(named, [`-O${level}`]));
    assert.ok(small.length <= named.length);
  });

test('a real module comes out with the same bytes', async (t) => {
  const module = corpusModule('re2-wasm');
  if (!module) return t.skip('the corpus is not here');
  for (const level of ['s', 'z'])
    assert.ok(native(module, [`-O${level}`]).equals(Buffer.from(await optimize(module, { level }))), `-O${level}`);
});

test('options are those of the command line', async () => {
  assert.deepEqual(toArguments({ level: 'z', for: 'brotli', keepExports: ['a', 'b*'], debugNames: true, keepImports: false }),
    ['-Oz', '--for=brotli', '--keep-exports=a,b*', '--debug-names']);
  const kept = await optimize(named, { debugNames: true });
  assert.deepEqual(Buffer.from(kept), native(named, ['--debug-names']));
});

test('ArrayBuffer and views are taken as well', async () => {
  const buffer = named.buffer.slice(named.byteOffset, named.byteOffset + named.length);
  assert.deepEqual(await optimize(buffer), await optimize(named));
  await assert.rejects(optimize('text'), TypeError);
});

test('progress arrives from the worker', async () => {
  const seen = [];
  await optimize(named, { level: 'z', onProgress: (stage, fraction) => seen.push([stage, fraction]) });
  assert.ok(seen.length >= 1);
  for (const [stage, fraction] of seen) assert.ok(typeof stage === 'string' && fraction >= 0 && fraction <= 1, `${stage} ${fraction}`);
});

test('a signal ends the call', async () => {
  const controller = new AbortController();
  const call = optimize(named, { signal: controller.signal, level: 'z' });
  controller.abort(new Error('enough'));
  await assert.rejects(call, /enough/);
  await assert.rejects(optimize(named, { signal: AbortSignal.abort() }), { name: 'AbortError' });
});

test('in this thread, progress can cancel', async () => {
  await assert.rejects(optimize(named, { worker: false, onProgress: () => false }), WringError);
  assert.deepEqual(await optimize(named, { worker: false }), await optimize(named));
});

test('bad input is an error with the program\'s words', async () => {
  await assert.rejects(optimize(new Uint8Array([0, 97, 115, 109, 9, 0, 0, 0])),
    (error) => error instanceof WringError && error.status === 2 && error.kind === 'bad-input' && error.message.length > 10);
  await assert.rejects(optimize(named, { noSuchOption: true }), (error) => error.status === 1 && /no-such-option/.test(error.message));
});

test('audit and its page', async () => {
  const report = await audit(named);
  assert.deepEqual(report, JSON.parse(native(named, [], ['audit', 'in.wasm', '--json']).toString()));
  assert.match(await auditPage(named), /^<!doctype html>/i);
});

test('diff and compare', async () => {
  const after = await optimize(named, { level: 'z' });
  const changes = await diff(named, after);
  assert.equal(typeof changes, 'object');
  const sizes = await compare(named);
  assert.equal(sizes.variants.length, 4);
  assert.equal(sizes.variants.at(-1).bytes.raw, after.length);
});

test('any command runs on files in memory', async () => {
  const { status, out } = await run(['--version']);
  assert.equal(status, 0);
  assert.match(out, /^wring \d+\.\d+\.\d+/);
  const made = await run(['in.wasm', '-o', 'dir.wasm', '-q'], { files: { 'in.wasm': named }, outputs: ['dir.wasm'] });
  assert.deepEqual(Buffer.from(made.written['dir.wasm']), native(named, []));
});

test('a trace of the shrunk module gets the names of functions', async () => {
  const { module, symbols, sourceMap } = await optimizeWithSymbols(named, { level: 'z' });
  assert.deepEqual(Buffer.from(module), native(named, ['-Oz']));
  assert.equal(sourceMap, undefined);
  const place = (index) => `    at wasm://wasm/0a1b:wasm-function[${index}]`;
  const { lines, module_size } = await symbolicate(symbols, `Error: x\n${place(2)}:0x${(module.length - 20).toString(16)}\n`, { json: true });
  assert.equal(module_size, module.length);
  assert.equal(lines[0].text, 'Error: x');
  assert.ok(Array.isArray(lines[1].frames));
  assert.match(await symbolicate(symbols, 'Error: x\n'), /^Error: x\n$/);
  await assert.rejects(symbolicate(named, ''), WringError);
});
