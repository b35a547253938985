// The plugin in each bundler: a project with one module is built with and without it; the emitted module is the native
// program's output, smaller, and the bundle still gives the same answer. Run by js/unplugin/test/run, which installs the
// bundlers.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { assemble, native } from '../../test/native.mjs';
import { load, work, wring } from './project.mjs';

const module = assemble('js/unplugin/test/answer.wat');
const small = native(module, ['-Oz']);

writeFileSync(path.join(work, 'answer.wasm'), module);

// A program that reads the module at `url`, an expression, and asks it.
const source = (url, before = '') => `
import { readFile } from 'node:fs/promises';
${before}
export const answer = readFile(${url})
  .then((bytes) => WebAssembly.instantiate(bytes)).then(({ instance }) => instance.exports.answer());
`;

const modulesIn = (folder) => readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.wasm'));

async function check(folder, entry) {
  const [name, ...others] = modulesIn(folder);
  assert.deepEqual(others, []);
  const bytes = readFileSync(path.join(folder, name));
  const { answer } = await import(pathToFileURL(path.join(folder, entry)).href);
  assert.equal(await answer, 42);
  return bytes;
}

async function both(name, build, entry) {
  const plain = path.join(work, `${name}-plain`), shrunk = path.join(work, `${name}-shrunk`);
  await build(plain, []);
  assert.ok((await check(plain, entry)).equals(module), `${name} keeps the module without the plugin`);
  await build(shrunk, true);
  assert.ok((await check(shrunk, entry)).equals(small), `${name} emits the shrunk module`);
}

// A plugin of the project's own that emits the file, as plugins for .wasm do.
const emits = {
  name: 'emits',
  resolveId: (id) => (id === 'virtual:answer' ? '\0answer' : null),
  load(id) {
    if (id !== '\0answer') return null;
    const reference = this.emitFile({ type: 'asset', name: 'answer.wasm', source: readFileSync(path.join(work, 'answer.wasm')) });
    return `export default import.meta.ROLLUP_FILE_URL_${reference};`;
  },
};

test('rollup', async () => {
  const { rollup } = await load('rollup');
  writeFileSync(path.join(work, 'rollup.mjs'), source('new URL(place)', "import place from 'virtual:answer';"));
  await both('rollup', async (dir, on) => {
    const bundle = await rollup({ input: path.join(work, 'rollup.mjs'), external: /^node:/, plugins: [emits, on === true && wring.rollup({ report: false })] });
    await bundle.write({ dir, format: 'es', entryFileNames: 'main.mjs' });
    await bundle.close();
  }, 'main.mjs');
});

test('vite', async () => {
  const { build } = await load('vite');
  writeFileSync(path.join(work, 'vite.mjs'), source("new URL(place.replace(/^\\.?\\//, './'), import.meta.url)", "import place from './answer.wasm?url&no-inline';"));
  await both('vite', (outDir, on) => build({
    root: work, configFile: false, logLevel: 'error', base: './', plugins: [on === true && wring.vite({ report: false })],
    build: { outDir, emptyOutDir: true, ssr: path.join(work, 'vite.mjs'), ssrEmitAssets: true, rollupOptions: { output: { entryFileNames: 'main.mjs', assetFileNames: '[name].[ext]' } } },
  }), 'main.mjs');
});

test('webpack', async () => {
  const { default: webpack } = await load('webpack');
  writeFileSync(path.join(work, 'webpack.mjs'), source("new URL('./answer.wasm', import.meta.url)"));
  await both('webpack', (dir, on) => new Promise((resolve, reject) => webpack({
    mode: 'production', target: 'node', context: work, entry: './webpack.mjs', experiments: { outputModule: true },
    output: { path: dir, filename: 'main.mjs', module: true, library: { type: 'module' } },
    module: { rules: [{ test: /\.wasm$/, type: 'asset/resource' }] }, plugins: on === true ? [wring.webpack({ report: false })] : [],
  }, (error, stats) => (error || stats.hasErrors() ? reject(error ?? new Error(stats.toString())) : resolve()))), 'main.mjs');
});

test('esbuild, with and without files', async () => {
  const esbuild = await load('esbuild');
  writeFileSync(path.join(work, 'esbuild.mjs'), source('new URL(place, import.meta.url)', "import place from './answer.wasm';"));
  const options = { entryPoints: [path.join(work, 'esbuild.mjs')], bundle: true, format: 'esm', platform: 'node', loader: { '.wasm': 'file' }, absWorkingDir: work, logLevel: 'silent' };
  await both('esbuild', (dir, on) => esbuild.build({ ...options, outfile: path.join(dir, 'main.mjs'), plugins: on === true ? [wring.esbuild({ report: false })] : [] }), 'main.mjs');
  const { outputFiles } = await esbuild.build({ ...options, write: false, outfile: path.join(work, 'none/main.mjs'), plugins: [wring.esbuild({ report: false })] });
  assert.ok(small.equals(Buffer.from(outputFiles.find(({ path: name }) => name.endsWith('.wasm')).contents)));
});

test('the cache gives the same again, and other options are other results', async () => {
  const { rollup } = await load('rollup');
  const cache = path.join(work, 'cache');
  const build = async (dir, options) => {
    const bundle = await rollup({ input: path.join(work, 'rollup.mjs'), external: /^node:/, plugins: [emits, wring.rollup({ report: false, cache, ...options })] });
    await bundle.write({ dir: path.join(work, dir), format: 'es', entryFileNames: 'main.mjs' });
    await bundle.close();
  };
  await build('cached-1', {});
  const kept = readdirSync(cache);
  assert.equal(kept.length, 1);
  writeFileSync(path.join(cache, kept[0]), native(module, ['-O1'])); // to see that it is taken from there
  await build('cached-2', {});
  assert.ok((await check(path.join(work, 'cached-2'), 'main.mjs')).equals(native(module, ['-O1'])));
  await build('cached-3', { level: 's' });
  assert.equal(readdirSync(cache).length, 2);
});

test('what is no module, or broken, stays', async () => {
  const { rollup } = await load('rollup');
  const broken = Buffer.concat([module.subarray(0, 20), Buffer.alloc(8, 0xff)]);
  const warnings = [];
  const bundle = await rollup({
    input: path.join(work, 'rollup.mjs'), external: /^node:/, onwarn: (warning) => warnings.push(warning.message),
    plugins: [{ ...emits, load(id) { return id === '\0answer' ? emits.load.call({ emitFile: (file) => this.emitFile({ ...file, source: broken }) }, id) : null; } }, wring.rollup({ report: false })],
  });
  const { output } = await bundle.generate({ format: 'es' });
  assert.ok(broken.equals(Buffer.from(output.find(({ type }) => type === 'asset').source)));
  assert.ok(warnings.some((text) => /stays as it is/.test(text)));
  await bundle.close();
});
