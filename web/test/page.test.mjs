// The page in headless Chromium, from a plain static server on this machine: a file is dropped, audited and shrunk at each
// level to the native program's bytes; then the server goes, and the page opens again. A server that isolates its pages lets
// them have threads. With WRING_SHOTS=DIR pictures are kept to look at: light, dark, and as a phone has it. Skipped where
// there is no Chromium.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { assemble, corpusModule, native, ROOT } from '../../js/test/native.mjs';
import { findChromium, startBrowser } from '../../tests/lib/browser.mjs';

const chromium = findChromium();
const skip = chromium ? false : 'no Chromium is installed';
const shots = process.env.WRING_SHOTS;
const given = process.env.WRING_WEB_MODULE; // a larger one, for pictures
const module = given ? readFileSync(given) : assemble('tests/cli/modules/named.wat');
const large = corpusModule('re2-wasm') ?? readFileSync(path.join(ROOT, 'build-wasi/wring.wasm')); // threads have the time to start
const TYPES = { html: 'text/html', css: 'text/css', mjs: 'text/javascript', wasm: 'application/wasm' };

// Serves build-web/, and the modules under test.
const modules = { '/under-test.wasm': module, '/large.wasm': large };
const ISOLATION = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' };
function serve(headers = {}) {
  const server = createServer((request, response) => {
    const name = request.url === '/' ? '/index.html' : request.url.split('?')[0];
    try {
      const bytes = modules[name] ?? readFileSync(path.join(ROOT, 'build-web', path.normalize(name)));
      response.writeHead(200, { 'content-type': TYPES[name.split('.').at(-1)] ?? 'application/octet-stream', ...headers }).end(bytes);
    } catch {
      response.writeHead(404).end();
    }
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

const drop = (name, source) => `(async () => {
  const bytes = await (await ${source}).arrayBuffer();
  const moved = new DataTransfer();
  moved.items.add(new File([bytes], '${name}'));
  window.dispatchEvent(Object.assign(new Event('drop', { cancelable: true }), { dataTransfer: moved }));
})()`;
const waitFor = (condition) => `(async () => {
  const end = performance.now() + 240000;
  while (!(${condition})) {
    if (performance.now() > end) throw new Error('never: ' + ${JSON.stringify(condition)});
    await new Promise((done) => setTimeout(done, 50));
  }
})()`;

let server, browser, url;
before(async () => {
  if (skip) return;
  server = await serve();
  url = `http://127.0.0.1:${server.address().port}/`;
  browser = await startBrowser(chromium, mkdtempSync(path.join(tmpdir(), 'wring-web-')));
});
after(async () => {
  server?.closeAllConnections();
  server?.close();
  await browser?.stop();
});

async function shot(page, name) {
  if (!shots) return;
  mkdirSync(shots, { recursive: true });
  writeFileSync(path.join(shots, `${name}.png`), await page.screenshot());
}

async function open(options, at = url) {
  const page = await browser.open(at, options);
  await page.evaluate(waitFor("document.getElementById('version')?.textContent"));
  return page;
}

test('a module is audited and shrunk at each level', { skip }, async () => {
  const page = await open();
  await shot(page, 'empty');
  const start = Date.now();
  await page.evaluate(drop('app.wasm', "fetch('under-test.wasm')"));
  await page.evaluate(waitFor("document.querySelector('#audit table')"));
  console.log(`audit of ${module.length} bytes shown after ${Date.now() - start} ms`);
  await page.evaluate(waitFor("document.body.dataset.done"));
  assert.equal(await page.evaluate("document.getElementById('error').textContent"), '');
  const rows = await page.evaluate(`[...document.querySelectorAll('#levels tbody tr')].map((row) =>
    [...row.cells].slice(1, 4).map((cell) => Number(cell.firstChild.textContent.replaceAll(',', ''))))`);
  assert.deepEqual(rows.map(([raw]) => raw), [module.length, ...['1', '3', 's', 'z'].map((level) => native(module, [`-O${level}`]).length)]);
  for (const sizes of rows) for (const size of sizes) assert.ok(size > 0);
  assert.deepEqual(await page.evaluate("[...document.querySelectorAll('#levels a')].map((link) => link.download)"),
    ['app-O1.wasm', 'app-O3.wasm', 'app-Os.wasm', 'app-Oz.wasm']);
  await shot(page, 'light');
  for (const [name, options] of [['dark', { dark: true }], ['phone', { width: 390, height: 844 }]]) {
    const other = await open(options);
    await other.evaluate(drop('app.wasm', "fetch('under-test.wasm')"));
    await other.evaluate(waitFor("document.querySelector('#audit table')"));
    if (shots) await other.evaluate(waitFor("document.querySelectorAll('#levels a').length > 1"));
    assert.ok(await other.evaluate('document.documentElement.scrollWidth <= innerWidth'), `${name}: no scrolling sideways`);
    await shot(other, name);
    await other.close();
  }
  await page.close();
});

test('what is no module is refused with the program\'s words', { skip }, async () => {
  const page = await open();
  await page.evaluate(drop('photo.wasm', "new Response('not a module')"));
  await page.evaluate(waitFor("!document.getElementById('error').hidden"));
  assert.match(await page.evaluate("document.getElementById('error').textContent"), /WebAssembly|wasm|magic/i);
  assert.equal(await page.evaluate("document.getElementById('result').hidden"), true);
  await page.close();
});

// Shrinks the large module in a page, and counts the workers that were started for it.
const SHRINK = `(async () => {
  let workers = 0;
  globalThis.Worker = class extends Worker { constructor(...args) { super(...args); workers++; } };
  const { optimize } = await import('./wring/src/index.mjs');
  const out = await optimize(await (await fetch('large.wasm')).arrayBuffer(), { level: 'z', jobs: 3 });
  const hash = await crypto.subtle.digest('SHA-256', out);
  return { isolated: crossOriginIsolated, workers, hash: [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, '0')).join('') };
})()`;

test('isolated pages have threads, others the same bytes without', { skip }, async (t) => {
  const hash = createHash('sha256').update(native(large, ['-Oz'])).digest('hex');
  const isolating = await serve(ISOLATION);
  t.after(() => {
    isolating.closeAllConnections();
    isolating.close();
  });
  for (const [at, isolated, workers] of [[url, false, 1], [`http://127.0.0.1:${isolating.address().port}/`, true, 3]]) {
    const page = await open({}, at);
    assert.deepEqual(await page.evaluate(SHRINK), { isolated, workers, hash });
    await page.close();
  }
});

test('without the server it opens all the same', { skip }, async () => {
  const page = await open();
  await page.evaluate("navigator.serviceWorker.ready.then(() => true)");
  await page.evaluate(waitFor('navigator.serviceWorker.controller'));
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
  const again = await open();
  assert.match(await again.evaluate("document.getElementById('version').textContent"), /^\d+\.\d+\.\d+/);
  await again.close();
  await page.close();
});
