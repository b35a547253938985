// Sample projects for a browser, built by each bundler without the plugin, with it, and with exports dropped that the bundle
// does not touch. Each build is served from this machine and run in headless Chromium. Prints the sizes of the modules.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { findChromium, startBrowser } from '../../../tests/lib/browser.mjs';
import { assemble, native } from '../../test/native.mjs';
import { load, work, wring } from './project.mjs';

const chromium = findChromium();
const skip = chromium ? false : 'no Chromium is installed';
const TYPES = { html: 'text/html', js: 'text/javascript', wasm: 'application/wasm' };
const module = assemble('js/unplugin/test/exports.wat');
const small = native(module, ['-Oz']), least = native(module, ['-Oz', '--keep-exports=answer,memory']);

// A program as wasm-bindgen's glue makes it, with the module's place as each bundler has it.
writeFileSync(path.join(work, 'answer.wasm'), module);
writeFileSync(path.join(work, 'glue.js'), `
let wasm;
async function load(response) { return await WebAssembly.instantiate(await response.arrayBuffer(), {}); }
function finish(instance) { wasm = instance.exports; return wasm; }
export async function init(place) { const { instance } = await load(await fetch(place)); return finish(instance); }
export const answer = (x) => wasm.answer(x);
export const other = (x) => wasm.other(x);
export const pages = () => wasm.memory.buffer.byteLength >> 16;
`);
const program = (place, before = '') => `${before}
import { answer, init, pages } from './glue.js';
init(${place}).then(() => { document.title = 'answer ' + answer(40) + ' ' + pages(); }, (error) => { document.title = String(error); });
`;
const asUrl = "new URL('./answer.wasm', import.meta.url)";
writeFileSync(path.join(work, 'url.js'), program(asUrl));
writeFileSync(path.join(work, 'import.js'), program('new URL(place, import.meta.url)', "import place from './answer.wasm';"));
writeFileSync(path.join(work, 'emitted.js'), program('place', "import place from 'virtual:answer';"));
writeFileSync(path.join(work, 'index.html'), '<!doctype html><script type="module" src="./url.js"></script>');

const emits = {
  name: 'emits',
  resolveId: (id) => (id === 'virtual:answer' ? '\0answer' : null),
  load(id) {
    if (id !== '\0answer') return null;
    return `export default import.meta.ROLLUP_FILE_URL_${this.emitFile({ type: 'asset', name: 'answer.wasm', source: module })};`;
  },
};

// By bundler: builds the project into a folder; `options` are the plugin's, or undefined for a build without it.
const BUNDLERS = {
  async rollup(dir, options) {
    const { rollup } = await load('rollup');
    const bundle = await rollup({ input: path.join(work, 'emitted.js'), plugins: [emits, options && wring.rollup(options)] });
    await bundle.write({ dir, format: 'es', entryFileNames: 'main.js' });
    await bundle.close();
  },
  async vite(outDir, options) {
    const { build } = await load('vite');
    await build({ root: work, configFile: false, logLevel: 'error', base: './', plugins: options ? [wring.vite(options)] : [], build: { outDir, emptyOutDir: true, assetsInlineLimit: 0 } });
  },
  async webpack(dir, options) {
    const { default: webpack } = await load('webpack');
    await new Promise((resolve, reject) => webpack({
      mode: 'production', context: work, entry: './url.js', output: { path: dir, filename: 'main.js' },
      module: { rules: [{ test: /\.wasm$/, type: 'asset/resource' }] }, plugins: options ? [wring.webpack(options)] : [],
    }, (error, stats) => (error || stats.hasErrors() ? reject(error ?? new Error(stats.toString())) : resolve())));
  },
  async esbuild(dir, options) {
    const esbuild = await load('esbuild');
    await esbuild.build({
      entryPoints: [path.join(work, 'import.js')], bundle: true, minify: true, format: 'esm', loader: { '.wasm': 'file' }, absWorkingDir: work,
      logLevel: 'silent', outfile: path.join(dir, 'main.js'), plugins: options ? [wring.esbuild(options)] : [],
    });
  },
};

let server, browser;
before(async () => {
  if (skip) return;
  server = createServer((request, response) => {
    const name = path.normalize(decodeURIComponent(request.url.split('?')[0]));
    try {
      const bytes = name.endsWith('/main.html') ? '<!doctype html><script type="module" src="main.js"></script>' : readFileSync(path.join(work, name));
      response.writeHead(200, { 'content-type': TYPES[name.split('.').at(-1)] ?? 'application/octet-stream' }).end(bytes);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  browser = await startBrowser(chromium, mkdtempSync(path.join(tmpdir(), 'wring-bundlers-')));
});
after(async () => {
  server?.closeAllConnections();
  server?.close();
  await browser?.stop();
});

async function titleOf(folder, page) {
  const tab = await browser.open(`http://127.0.0.1:${server.address().port}/${folder}/${page}`);
  const title = await tab.evaluate(`(async () => {
    const end = performance.now() + 60000;
    while (!document.title && performance.now() < end) await new Promise((done) => setTimeout(done, 20));
    return document.title;
  })()`);
  await tab.close();
  return title;
}

for (const [name, build] of Object.entries(BUNDLERS))
  test(name, { skip }, async (t) => {
    const sizes = [];
    for (const [way, options, expected] of [['plain', undefined, module], ['shrunk', { report: false }, small], ['least', { report: false, dropExports: true }, least]]) {
      const folder = `${name}-${way}`;
      await build(path.join(work, folder), options);
      const [file, ...more] = readdirSync(path.join(work, folder), { recursive: true }).filter((entry) => entry.endsWith('.wasm'));
      const bytes = readFileSync(path.join(work, folder, file));
      assert.deepEqual(more, []);
      assert.ok(bytes.equals(expected), `${folder}: ${bytes.length} bytes, expected ${expected.length}`);
      assert.equal(await titleOf(folder, name === 'vite' ? 'index.html' : 'main.html'), 'answer 42 1', folder);
      sizes.push(bytes.length);
    }
    t.diagnostic(`${name}: ${sizes.join(' → ')} bytes: as built, shrunk, without what the bundle never touches`);
  });
